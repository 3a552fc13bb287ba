"""Opening a commune's site: the schema, then what the official data set knows of it, then its first administrator."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import cache
from typing import Any

from civique.core import audit, clock, commune, settings
from civique.core.access.operations import grant_role
from civique.core.access.queries import count_administrators
from civique.core.config import config
from civique.core.folding import fold
from civique.core.indicators.computing import declare
from civique.core.people import operations as people
from civique.core.people.models import Person
from civique.core.registry import modules as all_modules
from civique.core.territory.models import Territory
from civique.services.communes import Communes, slug, time_zone
from tenants.engines import Engines
from tenants.provision import Provisioner
from tenants.session import TenantSession, session_for
from tenants.tenant import WITH_SCHEMA, Tenant

TRIAL = timedelta(days=60)


class UnknownCommune(LookupError):
    """No current commune has this INSEE code."""


@cache
def communes() -> Communes:
    """The official list of communes."""
    return Communes(config().var / "cache")


def open_commune(
    engines: Engines,
    provisioner: Provisioner,
    insee: str,
    *,
    modules: Iterable[str] = (),
    first: Callable[[TenantSession], object] = lambda _: None,
    **facts: Any,
) -> Tenant:
    """Create a commune with its communes déléguées, its colours and texts by default. It opens when all of it is there;
    killed before, it is begun again by the next attempt.

    Args:
        first: what else it does not open without: its administrator.

    Raises:
        UnknownCommune: no such current commune.
        TenantExists: it has a site already.
    """
    official = communes().get(insee)
    if official is None:
        raise UnknownCommune(insee)
    chosen = list(modules)

    def furnish(tenant: Tenant) -> None:
        with session_for(engines, tenant) as session:
            seed(session, insee)
            for name in ("core", *chosen):
                declare(session, all_modules()[name])
            for name in chosen:
                start = all_modules()[name].on_enable
                if start is not None:
                    start(session)
            first(session)
            session.commit()

    return provisioner.create(
        slug=slug(official),
        insee=insee,
        name=official.name,
        siren=official.siren,
        modules=chosen,
        furnish=furnish,
        time_zone=time_zone(official.department_code),
        trial_ends_on=clock.now().date() + TRIAL,
        **facts,
    )


def finish_opening(
    engines: Engines, provisioner: Provisioner, insee: str, first: Callable[[TenantSession], object]
) -> Tenant | None:
    """Give its first administrator to a commune that is open without any.

    Returns:
        The commune; None when somebody administers it, or when it is not there.
    """
    tenant = provisioner.registry.by_insee(insee)
    if tenant is None or tenant.state not in WITH_SCHEMA:
        return None
    with session_for(engines, tenant) as session:
        if count_administrators(session) > 0:
            return None
        seed(session, insee)
        first(session)
        session.commit()
    return tenant


def seed(session: TenantSession, insee: str) -> None:
    """First rows of a commune: identity, territory. Running it twice adds nothing."""
    if session.get(settings.Setting, commune.Identity.KEY) is not None:
        return
    official = communes().get(insee)
    assert official is not None
    settings.put(session, commune.Identity(article=int(official.article)))
    postal_code = official.postal_codes[0] if official.postal_codes else ""
    settings.put(session, commune.Contact(postal_code=postal_code, city=official.name))
    for position, part in enumerate(communes().delegated(insee)):
        session.add(
            Territory(
                kind="delegated",
                name=part.name.replace("'", "’"),
                folded=fold(part.name),
                insee=part.insee,
                position=position,
            )
        )
    session.flush()
    audit.record(session, "commune.opened")


def add_administrator(session: TenantSession, given_name: str, family_name: str, email: str) -> Person:
    """The first administrator, whose address was confirmed by a code or given on the command line."""
    person = people.register_person(session, given_name, family_name)
    person.channel = "email"
    people.add_address(session, person, email, confirmed_at=clock.now())
    person.trust = "verified"
    grant_role(session, person, "administrator")
    return person
