"""Who is there and what this page asks of them. A route without a declared permission fails."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

from flask import Flask, Request, abort, current_app, g, request
from flask_login import LoginManager, UserMixin
from flask_login import current_user as _current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from civique.core import audit, clock
from civique.core.access import operations as access
from civique.core.access import queries
from civique.core.access.models import WebSession
from civique.core.access.queries import Rights
from civique.core.audit import AuditEntry
from civique.core.i18n import gettext as _
from civique.core.manifest import Link
from civique.core.people.models import Person
from civique.core.people.queries import get_person, represented_by
from civique.core.registry import modules
from civique.web import unsent
from civique.web.pages import go, notice
from tenants.db import db
from tenants.session import current_tenant

PUBLIC = "public"
SIGNED_IN = "signed in"
STAFF = "staff"
COUNTER = "counter"
"""Whoever may enter at least one thing for a resident: has the permission of a module's counter link."""
GATHERINGS = "gatherings"
"""Whoever may do something with gatherings of at least one kind; the view looks at which (``civique.web.desk.kinds``)."""
PLANNERS = "plans gatherings"
"""Whoever plans gatherings of at least one kind."""
GATHERING_PERMISSIONS = {
    GATHERINGS: ("gatherings.read", "gatherings.record", "gatherings.register"),
    PLANNERS: ("gatherings.record",),
}
"""Permissions of the core that open these; those of the kinds of modules open both."""
F = TypeVar("F", bound=Callable[..., Any])


@dataclass
class Visitor(UserMixin):
    """Who sent this request: a person with their rights, or nobody."""

    person: Person | None = None
    web_session: WebSession | None = None
    rights: Rights = Rights((), {})  # noqa: RUF009 (frozen and empty)

    @property
    def is_authenticated(self) -> bool:
        """Whether somebody is signed in."""
        return self.person is not None

    def get_id(self) -> str:
        """Identifier for Flask-Login."""
        return str(self.person.id) if self.person else ""

    @property
    def person_id(self) -> UUID | None:
        """Identifier of the signed-in person."""
        return self.person.id if self.person else None

    @property
    def acting_for(self) -> UUID | None:
        """The relative for whom the person acts in this browser."""
        return self.web_session.acting_for_id if self.web_session else None

    @property
    def acting_name(self) -> str:
        """Name of that relative."""
        relative = get_person(db.session, self.acting_for)
        return relative.name if relative else ""

    @property
    def strong(self) -> bool:
        """Whether the second factor was given lately."""
        return access.is_strong(self.web_session)

    def can(self, code: str, **place: Any) -> bool:
        """Whether the person may do something, here."""
        return self.rights.can(code, **place)


def visitor() -> Visitor:
    """The visitor of this request."""
    return cast(Visitor, _current_user._get_current_object())


def me() -> Person:
    """The signed-in person; only for pages that ask for one."""
    person = visitor().person
    assert person is not None, "this page does not ask for a signed-in person"
    return person


def allow(permission: str, *, scoped: bool = False) -> Callable[[F], F]:
    """Declare what a route asks: ``PUBLIC``, ``SIGNED_IN``, ``STAFF``, ``COUNTER``, ``GATHERINGS``, ``PLANNERS`` or a
    permission of a manifest.

    Args:
        scoped: the view itself keeps to the territories or organisations of a role that is limited to some; without it
            such a role opens nothing here.
    """

    def declare(view: F) -> F:
        view.permission, view.scoped = permission, scoped  # type: ignore[attr-defined]
        return view

    return declare


def opens(rights: Rights, view: Callable[..., Any], asked: str) -> bool:
    """Whether these rights open a view: for the whole commune, or for a part of it when the view keeps to that part."""
    return rights.somewhere(asked) if getattr(view, "scoped", False) else rights.can(asked)


def permission_of(app: Flask, endpoint: str) -> str:
    """What a route asks.

    Raises:
        LookupError: the route declares nothing.
    """
    if endpoint == "static":
        return PUBLIC
    try:
        return str(cast(Any, app.view_functions[endpoint]).permission)
    except AttributeError:
        raise LookupError(f"route {endpoint} declares no permission") from None


def cookie_name() -> str:
    """Cookie of a signed-in browser; ``__Host-`` ties it to this very host, over HTTPS."""
    return "__Host-civique" if current_app.config["SESSION_COOKIE_SECURE"] else "civique"


def load_visitor(request: Request) -> Visitor:
    """Read the session row of the cookie; a cookie of another commune finds nothing and leaves a line in the audit."""
    asked_by: UUID | None = request.environ.get(
        "civique.asked_by"
    )  # by the worker: no browser writes in the environment
    if asked_by is not None:
        person = get_person(db.session, asked_by)
        return (
            Visitor(person, None, queries.rights_of(db.session, person, modules().permissions)) if person else Visitor()
        )
    token = request.cookies.get(cookie_name())
    found = access.find_session(db.session, token) if token else None
    if token and found is None:
        _note_unknown_cookie()
    if found is None:
        return Visitor(rights=Rights((), modules().permissions))
    row, grants = found
    person = row.person
    db.session.info["actor_id"] = person.id
    if row.acting_for_id and row.acting_for_id not in {p.for_person_id for p in represented_by(db.session, person)}:
        row.acting_for_id = None
    return Visitor(person, row, Rights(grants, modules().permissions))


def _note_unknown_cookie() -> None:
    """A cookie that opens nothing here (ended, or another commune's) leaves a line, at most one a minute, and is dropped."""
    g.drop_cookie = True
    minute = clock.now() - timedelta(minutes=1)
    lately = select(AuditEntry.id).where(AuditEntry.action == "access.unknown_cookie", AuditEntry.at > minute)
    if db.session.execute(lately.limit(1)).first() is None:
        audit.record(db.session, "access.unknown_cookie")


def drop_unknown_cookie(response: Response) -> Response:
    """Tell the browser to forget a cookie that opens nothing."""
    if g.get("drop_cookie"):
        response.delete_cookie(cookie_name(), path="/", secure=cookie_name().startswith("__Host-"), httponly=True)
    return response


def entries_of(who: Visitor) -> list[Link]:
    """What somebody may enter for a resident, from every module that is on."""
    links = [link for manifest in modules().of(current_tenant()) for link in manifest.counter_links]
    return [link for link in links if link.permission is None or who.can(link.permission)]


def opens_gatherings(who: Visitor, asked: str) -> bool:
    """Whether somebody may do something with gatherings, with a permission of the core or of a kind of a module that is on."""
    kinds = [kind for manifest in modules().of(current_tenant()) for kind in manifest.gathering_kinds]
    return any(who.can(code) for code in (*GATHERING_PERMISSIONS[asked], *(kind.permission for kind in kinds)))


def enforce() -> Response | None:
    """Check the module's switch, then the permission, before the view runs."""
    if request.endpoint is None:
        return None
    module = current_app.config["MODULE_OF_BLUEPRINT"].get(request.blueprint or "", "core")
    if module not in {"core", "platform"} and module not in current_tenant().modules:
        abort(404)
    asked = permission_of(current_app, request.endpoint)
    who = visitor() if asked != PUBLIC else None
    if who is None:
        return None
    if not who.is_authenticated:
        return ask_to_sign_in()
    if asked == SIGNED_IN:
        return None
    if asked == STAFF:
        enough = who.rights.staff
    elif asked == COUNTER:
        enough = bool(entries_of(who))
    elif asked in GATHERING_PERMISSIONS:
        enough = opens_gatherings(who, asked)
    else:
        enough = opens(who.rights, current_app.view_functions[request.endpoint], asked)
    if not enough:
        abort(403)
    if is_sensitive(asked) and not who.strong:
        return ask_second_factor()
    return None


def is_sensitive(asked: str) -> bool:
    """Whether something for ``STAFF``, for ``COUNTER``, about gatherings or with a permission asks the second factor."""
    return asked in {STAFF, COUNTER, *GATHERING_PERMISSIONS} or modules().permissions[asked].sensitive


def ask_to_sign_in() -> Response:
    """Lead to the sign-in page, then back here."""
    return go("access.sign_in", suite=here())


def ask_second_factor() -> Response:
    """Lead to the second factor (or to setting one up), then back here."""
    return go("access.second_factor", suite=here())


def here() -> str:
    """Path to come back to: this page for a visit, the form filled when one was sent, else the page before."""
    if request.method == "GET" or unsent.shown_only():
        return request.full_path.rstrip("?")
    filled = keep_unsent()
    if filled:
        notice(
            _("What you wrote is not sent yet: it is kept for an hour. Come in, and you will find it again."), "wait"
        )
        return filled
    before = urlsplit(request.referrer or "/")
    return safe_path(f"{before.path}?{before.query}".rstrip("?"))


def keep_unsent() -> str:
    """Keep the form that this request sends, for whom its session names, or named before it ended.

    Returns:
        Path where it comes back; empty when nothing is kept.
    """
    token = request.cookies.get(cookie_name())
    named = visitor().person_id or (queries.named_by(db.session, access.token_hash(token)) if token else None)
    return unsent.keep(named)


def safe_path(text: str | None) -> str:
    """A path of this very site, or ``/``: never another host (``//evil``, ``/\\evil``, ``https:…``)."""
    if not text or not text.startswith("/") or text.startswith(("//", "/\\")) or any(ord(c) < 32 for c in text):
        return "/"
    parts = urlsplit(text)
    return text if not parts.scheme and not parts.netloc and "\\" not in text else "/"


def init_app(app: Flask) -> None:
    """Tie sign-in and permissions to an application."""
    manager = LoginManager(app)
    manager.request_loader(load_visitor)
    manager.anonymous_user = lambda: Visitor(rights=Rights((), modules().permissions))
    manager.session_protection = None
    app.after_request(drop_unknown_cookie)
