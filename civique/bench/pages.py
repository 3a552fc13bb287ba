"""What a public page asks of the server: SQL statements and processor time, beside a bare Flask view."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import process_time
from typing import Any

import structlog
from sqlalchemy import Engine, event
from werkzeug.test import EnvironBuilder

from civique.app import create_wsgi
from civique.bench import all_processes
from civique.bench.bare import SELECT, bare_flask
from civique.bench.client import Page, query_of_its_own
from civique.bench.figure import CannotMeasure, Measure, in_turns
from civique.bench.stage import Stage
from civique.core.access.operations import grant_role, open_session
from civique.core.people import operations as people
from civique.core.process import engines
from tenants.session import session_for
from tenants.tenant import Tenant

ROUNDS = 200
SIGNED_IN = {"the mairie's day": "/mairie", "queue": "/mairie/fonds", "my account": "/mon-compte"}
Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Any]


class Visit:
    """One GET that can be repeated in-process, at the cost of the application alone (no client around it). As a browser
    does, it gives back the cookie that the page gave it.

    ``first``: each is the first visit of a page, which nobody has asked for since the last change (it has a query of its
    own, which changes nothing in the page); otherwise the process may have kept it.
    """

    def __init__(
        self, wsgi: Wsgi, host: str, path: str, etag: str = "", cookie: str = "", *, first: bool = False
    ) -> None:
        self.wsgi = wsgi
        self.first = first
        self.host, self.path = host, path
        headers = [("Host", host)]
        headers += [("If-None-Match", etag)] if etag else []
        self.environ = EnvironBuilder(path, f"http://{host}/", headers=headers).get_environ()
        self.cookies = {"civique": cookie} if cookie else {}
        self.status = ""
        self.headers: dict[str, str] = {}

    def __call__(self) -> float:
        """Ask for the page; gives the processor's seconds, of the whole process."""
        environ = self.environ.copy()
        if self.cookies:
            environ["HTTP_COOKIE"] = self.page.cookies
        if self.first:
            environ["QUERY_STRING"] = query_of_its_own(environ["QUERY_STRING"])
        start = process_time()
        answer = self.wsgi(environ, self._note)
        for _ in answer:
            pass
        if hasattr(answer, "close"):
            answer.close()
        return process_time() - start

    def expect(self, status: int) -> "Visit":
        """Itself, once it has answered as it must.

        Raises:
            CannotMeasure: the page answers something else; its cost would mean nothing.
        """
        self()
        if not self.status.startswith(str(status)):
            raise CannotMeasure(f"{self.path} answers {self.status} instead of {status}")
        return self

    @property
    def page(self) -> Page:
        """The same page, for a client of a server."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return Page(self.host, self.path, cookies, self.first)

    def _note(self, status: str, headers: list[tuple[str, str]], *_: object) -> None:
        self.status, self.headers = status, dict(headers)
        for name, value in headers:
            if name == "Set-Cookie":
                cookie, _equals, rest = value.partition("=")
                self.cookies[cookie] = rest.partition(";")[0]


def measure(stage: Stage) -> list[Measure]:
    """Statements and processor time of each page, then of the same page asked again by who has it already."""
    rounds = stage.rounds or ROUNDS
    tenant, paths = stage.lived_in
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    host, wsgi = stage.instance.host(tenant), create_wsgi()
    pages = {name: Visit(wsgi, host, path, first=True).expect(200) for name, path in paths.items()}
    second = {
        f"{name}, kept": Visit(wsgi, host, page.path).expect(200)
        for name, page in pages.items()
        if "ETag" in page.headers
    }
    again = {
        name: Visit(wsgi, host, page.path, page.headers["ETag"]).expect(304)
        for name, page in ((name.removesuffix(", kept"), page) for name, page in second.items())
    }
    bare = Visit(bare_flask(engines().of(tenant)), host, SELECT).expect(200)
    stage.say(f"{rounds} requests of each page")
    cost = in_turns(rounds, {"": bare, **pages, **second, **{f"{name}, 304": page for name, page in again.items()}})
    measures = [Measure("CPU of a bare Flask view with one SELECT", cost[""] * 1e3, "ms")]
    for name, page in pages.items():
        times = f"{cost[name] / cost['']:.1f} × the bare view"
        measures.append(Measure(f"CPU of « {name} »", cost[name] * 1e3, "ms", bar=8, note=times))
        said, found = statements(page), statements(page, stage.instance.forget)
        note = f"{found} when the commune must be looked up, every 5 s"
        measures.append(Measure(f"SQL statements of « {name} »", said, "", bar=10, note=note))
    for name, page in second.items():
        times = f"{cost[name] / cost['']:.1f} × the bare view; SQL statements: {statements(page)}"
        measures.append(Measure(f"CPU of « {name} »", cost[name] * 1e3, "ms", bar=1.5, note=times))
    for name, page in again.items():
        page.expect(304)  # still: an ETag ends with the hour
        note = f"SQL statements: {statements(page)}"
        measures.append(
            Measure(f"CPU of « {name} » unchanged (304)", cost[f"{name}, 304"] * 1e3, "ms", bar=2, note=note)
        )
    desk = {name: Page(host, path, f"civique={sign_in(tenant)}") for name, path in SIGNED_IN.items()}
    public = {name: page.page for name, page in (pages | second).items()}
    return measures + all_processes.measure(stage, tenant, public | desk)


def sign_in(tenant: Tenant) -> str:
    """A secretary of the mairie, and the token of her session."""
    with session_for(engines(), tenant) as session:
        secretary = people.register_person(session, "Sylvie", "Secrétaire")
        grant_role(session, secretary, "secretary")
        token = open_session(session, secretary, strong=True)
        session.commit()
        return token


def statements(page: Visit, before: Callable[[], None] = lambda: None) -> int:
    """Statements of one request, counted on every engine."""
    before()
    with counted() as said:
        page()
    return len(said)


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that any engine sends inside the block."""
    said: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)
