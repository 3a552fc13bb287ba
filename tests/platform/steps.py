"""What the tests of the apex share: its session, a clean table of subscriptions, the form filled in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select, text

from tests.client import PageClient
from tests.fixtures import Commune, wsgi

# Allonnes: SIREN 214900029. A SIRET of it, one of somebody else with a right key, one with a wrong key.
SIRET, FOREIGN, WRONG = "21490002900007", "73282932000074", "21490002900008"
WHO = {
    "given_name": "Agnès",
    "family_name": "Cormoran",
    "function": "Secrétaire de mairie",
    "email": "contact@mairie-allonnes.fr",
    "phone": "02 41 00 00 01",
    "siret": SIRET,
    "terms": "y",
    "data_contract": "y",
}
PUBLIC_ADDRESS = {"email": "mairie.allonnes@orange.fr"}


@contextmanager
def platform() -> Iterator[Any]:
    """A session of the apex."""
    from civique.core.process import engines
    from tenants.session import session_for
    from tenants.tenant import PLATFORM

    with session_for(engines(), PLATFORM) as session:
        yield session
        session.commit()


@pytest.fixture
def clean(services: dict[str, str]) -> Iterator[None]:
    """No subscription before, no commune after."""
    from civique.core.process import engines, registry

    def empty() -> None:
        with engines().owner.begin() as connection:
            connection.execute(text("DELETE FROM platform.subscription"))
            connection.execute(text("DELETE FROM platform.sign_in_code"))
            connection.execute(text("UPDATE platform.tenant SET state = 'deleted' WHERE insee IN ('49002', '49030')"))
        registry().forget()

    empty()
    yield
    empty()


def apex_browser(person: Any, *, strong: bool = True) -> PageClient:
    """A browser on the apex, signed in as somebody whom the apex knows."""
    from civique.core.access.operations import open_session
    from civique.core.config import config
    from civique.core.people.queries import get_person

    client = PageClient(wsgi(), config().netloc)
    with platform() as session:
        token = open_session(session, get_person(session, person.id), strong=strong)
    client.client.set_cookie("civique", token, domain=client.host.split(":")[0])
    return client


def only() -> Any:
    """The one subscription, read anew."""
    from civique.platform.subscription.models import Subscription

    with platform() as session:
        return session.scalars(select(Subscription)).one()


def code_of(mailbox: Callable[[], list[Any]], address: str) -> str:
    """Code of the last message to an address that holds one."""
    codes = [
        m for m in mailbox() if m["To"] == address and ":" in m["Subject"] and any(c.isdigit() for c in m["Subject"])
    ]
    return str(codes[-1]["Subject"]).split(":")[1].strip()


def ask(apex: PageClient, mailbox: Any, insee: str = "49002", **changes: str) -> Any:
    """Fill the form and type the code; gives the page where the request is followed."""
    facts = {**WHO, **changes}
    page = apex.follow(apex.submit(f"/souscrire/{insee}", facts))
    assert facts["email"] in page.words
    code = code_of(mailbox, facts["email"])
    return apex.submit("/souscrire/code", {"code": code})


def site() -> Any:
    """The commune that was opened."""
    from civique.core.process import registry

    tenant = registry().by_insee("49002")
    return Commune(tenant) if tenant else None


def asked(state: str = "approved") -> Any:
    """A subscription put straight into a state, without a job in the outbox: the worker of the browser tests, which may be
    running beside, has nothing to take."""
    from civique.platform.subscription.models import Subscription

    facts = {name: WHO[name] for name in ("given_name", "family_name", "function", "email", "siret")}
    row = Subscription(
        insee="49002",
        commune_name="Allonnes",
        state=state,
        phone="+33241000001",
        terms_version="2026-11",
        data_version="2026-11",
        **facts,
    )
    with platform() as session:
        session.add(row)
    return row
