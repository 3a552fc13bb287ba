"""The modules of this deployment: found by their manifests, asked by everybody."""

import importlib
import pkgutil
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import cast

from sqlalchemy import Table

from civique.core import events, i18n
from civique.core.base import Base
from civique.core.config import config
from civique.core.imports.declarations import Importer
from civique.core.indicators.declarations import IndicatorDeclaration
from civique.core.manifest import Job, Manifest, Permission
from tenants.plan import MIGRATIONS, SchemaPlan
from tenants.tenant import Tenant


class Modules:
    """Manifests by name, the core's first."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        self.by_name = {manifest.name: manifest for manifest in manifests}
        self.permissions: dict[str, Permission] = {p.code: p for m in self for p in m.permissions}
        self.jobs: dict[str, Job] = {job.name: job for m in self for job in m.jobs}
        self.importers: dict[str, Importer] = {i.name: i for m in self for i in m.importers}
        self.indicators: dict[str, IndicatorDeclaration] = {i.code: i for m in self for i in m.indicators}

    def __iter__(self) -> Iterator[Manifest]:
        return iter(self.by_name.values())

    def __getitem__(self, name: str) -> Manifest:
        return self.by_name[name]

    def of(self, tenant: Tenant) -> Iterator[Manifest]:
        """Manifests that are on for a commune: the core and what it switched on. The apex has the core alone."""
        return self.on(tenant.modules)

    def on(self, names: Collection[str]) -> Iterator[Manifest]:
        """Manifest of the core and of the modules of these names."""
        return (manifest for manifest in self if manifest.name == "core" or manifest.name in names)

    @property
    def optional(self) -> list[Manifest]:
        """Modules that a commune may switch on and off."""
        return [manifest for manifest in self if manifest.name not in {"core", "platform"}]

    @property
    def plan(self) -> SchemaPlan:
        """Tables and migration branches of every module, for the tenancy."""
        order = Base.metadata.sorted_tables
        tables = {
            m.name: tuple(sorted((table_of(model) for model in m.models), key=order.index))
            for m in self
            if m.name != "platform"
        }
        branches = {m.name: m.migrations or MIGRATIONS / "tenant" / m.name for m in self if m.models}
        branches["platform"] = MIGRATIONS / "platform"
        return SchemaPlan(tables=tables, branches=branches)


def table_of(model: type[Base]) -> Table:
    """Table of a model."""
    return cast(Table, model.__table__)


def find_manifests(package: str) -> Iterator[Manifest]:
    """``MANIFEST`` of every module under a package, by name: adding a module adds a folder and edits nothing."""
    root = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(root.__path__), key=lambda info: info.name):
        if info.ispkg:
            yield importlib.import_module(f"{package}.{info.name}.manifest").MANIFEST


@cache
def modules() -> Modules:
    """Every module of this deployment: the core, ``civique.modules``, and the packages of ``CIVIQUE_EXTRA_MODULES``."""
    manifests = [
        importlib.import_module(name).MANIFEST for name in ("civique.web.manifest", "civique.platform.manifest")
    ]
    manifests += find_manifests("civique.modules")
    manifests += [importlib.import_module(f"{name}.manifest").MANIFEST for name in config().extra_modules]
    for manifest in manifests:
        if manifest.package:
            folder = importlib.import_module(manifest.package).__path__[0]
            i18n.add_catalogues([Path(folder) / "translations"])
        events.declare(manifest.events)
    for manifest in manifests:
        events.connect(manifest.name, manifest.listeners)
    return Modules(manifests)
