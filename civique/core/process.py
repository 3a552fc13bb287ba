"""What one process holds: its connections and what it knows of the communes. A child made by a fork makes its own."""

import os
from functools import cache

from sqlalchemy.exc import ArgumentError

import civique.core.state  # noqa: F401 (each session of this process counts its changes)
from civique.core.config import NotConfigured, config
from civique.core.registry import modules
from tenants.engines import Engines
from tenants.provision import Provisioner
from tenants.registry import Registry


@cache
def engines() -> Engines:
    """Connections of this process, which then knows the tables of every module: a row may refer to any of them.

    Raises:
        NotConfigured: ``DATABASE_URL`` is no address of a database.
    """
    modules()
    settings = config()
    try:
        return Engines(settings.database_url, settings.tenant_keys, threads=settings.threads)
    except ArgumentError as error:
        raise NotConfigured("DATABASE_URL is not the address of a database") from error


@cache
def registry() -> Registry:
    """Communes, as this process knows them."""
    return Registry(engines().platform, config().base_domain, config().registry_seconds)


@cache
def provisioner() -> Provisioner:
    """What opens, extends and removes communes."""
    return Provisioner(engines(), registry(), modules().plan)


def _after_fork() -> None:
    """The parent's connections are not the child's."""
    for made in (engines, registry, provisioner):
        made.cache_clear()


os.register_at_fork(after_in_child=_after_fork)
