"""Communes for tests, strict clients for their sites, and what a person needs to be signed in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pytest
from sqlalchemy import text

from tests.client import PageClient

# INSEE codes: Blou (929 inhabitants), Allonnes, and a commune of seven communes déléguées.
VILLAGE, NEIGHBOUR, LOIRE_AUTHION = "49030", "49002", "49307"
in_loire_authion = pytest.mark.parametrize("insee", [LOIRE_AUTHION])
"""Puts a test, with the fixtures that it uses, in Loire-Authion: for what is of communes déléguées."""


@dataclass
class Commune:
    """A commune made for one test: work in its database, visit its site."""

    tenant: Any
    clients: list[PageClient] = field(default_factory=list)

    @contextmanager
    def session(self, actor: Any = None) -> Iterator[Any]:
        """A session of this commune, committed at the end of the block."""
        from civique.core.process import engines
        from tenants.session import session_for

        with session_for(engines(), self.tenant) as session:
            if actor is not None:
                session.info["actor_id"] = actor.id
            yield session
            session.commit()

    @property
    def today(self) -> Any:
        """The day it is in this commune: near midnight, not everybody's."""
        from civique.core import clock
        from tenants.session import entered

        with entered(self.tenant):
            return clock.today()

    @property
    def host(self) -> str:
        """Host of the site, with its port."""
        from civique.core.config import config

        return f"{self.tenant.slug}.{config().netloc}"

    def client(self, person: Any = None, *, strong: bool = True) -> PageClient:
        """A browser on this site, signed in as somebody or not."""
        client = PageClient(wsgi(), self.host)
        if person is not None:
            client.sign_in(self, person, strong=strong)
        return client

    def person(self, given: str = "Camille", family: str = "Martin", *roles: str, email: str | None = "") -> Any:
        """Somebody of this commune, with confirmed e-mail (None for a person on paper) and roles."""
        from civique.core import clock
        from civique.core.access.operations import grant_role
        from civique.core.people import operations as people

        with self.session() as session:
            person = people.register_person(session, given, family)
            if email is not None:
                person.channel = "email"
                address = email or f"{given}.{family}@exemple.fr".lower()
                people.add_address(session, person, address, confirmed_at=clock.now())
            for role in roles:
                grant_role(session, person, role)
            assert person.emails is not None
        return person

    def switch_on(self, name: str) -> None:
        """Switch a module on."""
        from civique.core.switching import switch_on

        self.tenant = switch_on(self.tenant, name)

    def one(self, model: Any, **facts: Any) -> Any:
        """The only row with these facts, read anew."""
        from sqlalchemy import select

        with self.session() as session:
            return session.scalars(select(model).filter_by(**facts)).unique().one()

    def all(self, model: Any, **facts: Any) -> list[Any]:
        """Rows with these facts, read anew, in the order in which they were made (ids follow the clock)."""
        from sqlalchemy import inspect, select

        query = select(model).filter_by(**facts).order_by(*inspect(model).primary_key)
        with self.session() as session:
            return list(session.scalars(query).unique())

    def sql(self, query: str, **values: Any) -> Any:
        """Run SQL as this commune and give the rows; what gives none changes the pages."""
        with self.session() as session:
            result = session.execute(text(query), values)
            session.info["changed"] = not result.returns_rows
            return result.all() if result.returns_rows else None


@cache
def wsgi() -> Any:
    """The web process's application, made once a test process."""
    from civique.app import create_wsgi

    return create_wsgi()


@pytest.fixture
def make_commune(pool: Any, request: pytest.FixtureRequest) -> Iterator[Callable[..., Commune]]:
    """Makes communes by INSEE code; they leave the registry at the end of the test.

    They come from the pool, as new or as ``fill`` left them, but with ``fresh=True`` and in tests marked
    ``fresh_communes``: for what changes a schema, a role or a state. Where limits are counted, and beside a
    ``working`` worker, which may still do something for a commune after its test, those that are not filled are fresh too.
    """
    from civique.core.opening import open_commune
    from civique.core.process import engines, provisioner
    from tests.pool import nothing

    all_fresh = any(map(request.node.get_closest_marker, ("fresh_communes", "limits")))
    working = "working" in request.fixturenames
    made: list[Any] = []

    def make(
        insee: str = VILLAGE, *modules: str, fresh: bool = False, fill: Callable[[Any], None] = nothing, **facts: Any
    ) -> Commune:
        if fresh or all_fresh or (working and fill is nothing):
            tenant = pool.filled(open_commune(engines(), provisioner(), insee, modules=modules, **facts), fill)
        else:
            tenant = pool.take(insee, modules, facts, fill)
        made.append(tenant)
        return Commune(tenant)

    yield make
    for tenant in made:
        pool.give_back(tenant)


@pytest.fixture
def insee() -> str:
    """INSEE code of ``commune``, and of what is made on it: the village's, unless the test is ``in_loire_authion``."""
    return VILLAGE


@pytest.fixture
def commune(make_commune: Callable[..., Commune], insee: str) -> Commune:
    """Blou, a village without communes déléguées, as most communes are; no module."""
    return make_commune(insee)


@pytest.fixture
def fresh_commune(make_commune: Callable[..., Commune]) -> Commune:
    """The village, opened for this test alone: for what changes a schema, a role or a commune's state."""
    return make_commune(VILLAGE, fresh=True)


@pytest.fixture
def loire_authion(make_commune: Callable[..., Commune]) -> Commune:
    """Loire-Authion, with its seven communes déléguées and no module."""
    return make_commune(LOIRE_AUTHION)


@pytest.fixture
def neighbour(make_commune: Callable[..., Commune]) -> Commune:
    """Allonnes, another village, to try to look into the first."""
    return make_commune(NEIGHBOUR)


@pytest.fixture
def apex(services: dict[str, str]) -> PageClient:
    """A browser on the apex."""
    from civique.core.config import config

    return PageClient(wsgi(), config().netloc)


@pytest.fixture
def run_jobs(services: dict[str, str]) -> Callable[[], int]:
    """Runs what waits in the outbox with the worker's own code, here and now; gives how many jobs ran."""
    from civique.core.process import engines
    from civique.worker import perform

    def run() -> int:
        total = 0
        while True:
            with engines().platform.connect() as connection:
                query = (
                    "SELECT id FROM platform.outbox WHERE done_at IS NULL AND due_at <= clock_timestamp() ORDER BY id"
                )
                ids = [str(row[0]) for row in connection.execute(text(query))]
            if not ids:
                return total
            for outbox_id in ids:
                perform(outbox_id)
            total += len(ids)

    with engines().platform.begin() as connection:
        connection.execute(text("DELETE FROM platform.outbox"))
    return run


@pytest.fixture
def mailbox(services: dict[str, str], run_jobs: Callable[[], int]) -> Callable[[], list[Any]]:
    """Runs the jobs, then gives the messages sent since the test began, oldest first."""
    from civique.core.config import config
    from civique.services.mail import read_folder, read_message

    folder = config().var / "mail"
    before = {m.name for m in read_folder(folder, 100_000)}

    def read() -> list[Any]:
        run_jobs()
        names = [m.name for m in read_folder(folder, 100_000) if m.name not in before]
        return [read_message(folder, name) for name in reversed(names)]

    return read


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """SQL statements sent since the last reading, whatever the engine."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        seen.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    yield seen
    event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture(autouse=True)
def _no_limits(request: pytest.FixtureRequest) -> Iterator[None]:
    """Limits count a whole test process as one visitor; only the tests of limits want them (mark ``limits``)."""
    if "services" not in request.fixturenames:
        yield
        return
    from civique.web.application import limiter

    request.getfixturevalue("services")
    wsgi()
    limiter.enabled = request.node.get_closest_marker("limits") is not None
    yield
    limiter.enabled = False
