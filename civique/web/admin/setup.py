"""The set-up in six short steps, each skippable: the settings pages with a progress line. « Mise en route »."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response
from wtforms import FileField

from civique.core import audit, settings
from civique.core.commune import OwnDomain, SetUp
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.manifest import WorkItem
from civique.core.paper import poster_pdf
from civique.services.qr import qr_svg
from civique.web.access import allow
from civique.web.forms import BaseForm
from civique.web.pages import as_pdf, go, notice, page
from tenants.db import db
from tenants.session import TenantSession

blueprint = Blueprint("set_up", __name__, url_prefix="/mairie/mise-en-route")


@dataclass(frozen=True)
class Step:
    """One step: a settings page, shown with a progress line."""

    code: str
    endpoint: str
    label: Any
    summary: Any
    icon: str


STEPS = (
    Step("identity", "settings.identity", _l("Identity"), _l("Name, welcome, logo, colour, photo."), "image"),
    Step("contact", "settings.contact", _l("Contact and hours"), _l("How to reach a human being."), "phone"),
    Step("territory", "territory.overview", _l("Territory"), _l("Villages, quarters, schools."), "map"),
    Step("colleagues", "invitations.listing", _l("Colleagues"), _l("Who works on this site with you."), "users"),
    Step("modules", "catalogue.listing", _l("Modules"), _l("What residents will be able to do here."), "sprout"),
    Step("texts", "settings.texts", _l("Texts"), _l("Legal notice, accessibility, personal data."), "file-text"),
)


@blueprint.get("")
@allow("core.settings")
def overview() -> Response:
    """Where we are: the six steps, with the next one to do."""
    state = settings.get(db.session, SetUp)
    coming = next((step for step in STEPS if step.code not in {*state.done, *state.skipped}), None)
    return page("admin/set_up.html", steps=STEPS, state=state, coming=coming, qr=qr_svg)


@blueprint.post("/<code>/passer")
@allow("core.settings")
def skip(code: str) -> Response:
    """Leave a step for later."""
    if code not in {step.code for step in STEPS}:
        abort(404)
    return skipped(code)


@blueprint.post("/<code>/suivant")
@allow("core.settings")
def finish_step(code: str) -> Response:
    """A step whose page has no form of its own (territory, colleagues, modules) is done."""
    if code not in {step.code for step in STEPS}:
        abort(404)
    note_done(code)
    return go("set_up.overview")


@blueprint.post("/publier")
@allow("core.settings")
def publish() -> Response:
    """Everybody sees the site from now on; the steps that are left stay in the settings."""
    settings.change(db.session, SetUp, published=True)
    audit.record(db.session, "commune.published")
    notice(_("Your site is published: everybody can see it."))
    return go("set_up.overview")


@blueprint.get("/affiche.pdf")
@allow("core.settings")
def poster() -> Response:
    """A poster for the notice board: the address of the site, and its code to scan."""
    return as_pdf(poster_pdf(db.session), "affiche")


@blueprint.post("/terminer")
@allow("core.settings")
def finish() -> Response:
    """The set-up no longer shows on the work list; its pages stay in the settings."""
    settings.change(db.session, SetUp, finished=True)
    notice(_("The set-up is over. You find its pages again in the settings."))
    return go("settings.home")


def skipped(code: str) -> Response:
    """Leave a step for later, back to the steps."""
    state = settings.get(db.session, SetUp)
    if code not in state.done and code not in state.skipped:
        settings.change(db.session, SetUp, skipped=(*state.skipped, code))
    return go("set_up.overview")


def left_as_it_was(form: BaseForm, shown: dict[str, Any]) -> bool:
    """Whether a form was left by « Plus tard » or « Continuer » as it was shown: what was typed in it is otherwise sent.

    Args:
        shown: what its fields held.
    """
    if request.method != "POST" or "later" not in request.form:
        return False
    blank = type(form)(formdata=None, data=shown)
    return all(_typed(field) == _typed(blank[field.name]) for field in form if field.name not in {"revision", "once"})


def _typed(field: Any) -> Any:
    """What a field holds, as its page shows it."""
    value = field._value() if hasattr(field, "_value") and not isinstance(field, FileField) else field.data
    return " ".join(value.split()) if isinstance(value, str) else value or None


def note_done(code: str) -> None:
    """Remember that a step was done."""
    state = settings.get(db.session, SetUp)
    skipped = tuple(other for other in state.skipped if other != code)
    settings.change(db.session, SetUp, done=(*(c for c in state.done if c != code), code), skipped=skipped)


def under_way(code: str) -> bool:
    """Whether somebody is setting the site up and has not done this step: its pages lead back to the set-up."""
    state = settings.get(db.session, SetUp)
    begun = bool(state.done or state.skipped) or not state.published
    return not state.finished and begun and code not in state.done


def saved(code: str, set_up: bool) -> str:
    """Where a settings page leads once saved: back to the steps, or the same page."""
    notice(_("Saved."))
    if set_up:
        note_done(code)
        return url_for("set_up.overview")
    return url_for(next(step for step in STEPS if step.code == code).endpoint, set_up=False)


def step_page(
    template: str, code: str, set_up: bool, status: int = 200, block: str | None = None, **context: Any
) -> Response:
    """A settings page, with the progress line when it is part of the set-up."""
    rank, step = next((rank, step) for rank, step in enumerate(STEPS, start=1) if step.code == code)
    return page(
        template,
        block=block,
        status=status,
        set_up=set_up,
        step=step,
        rank=rank,
        steps=STEPS,
        state=settings.get(db.session, SetUp),
        **context,
    )


def work_items(session: TenantSession, visitor: Any) -> Sequence[WorkItem]:
    """On the work list of who has the settings: the set-up until it is finished, the domain that leads here no more."""
    if not visitor.can("core.settings"):
        return ()
    found, state, domain = [], settings.get(session, SetUp), settings.get(session, OwnDomain)
    if not state.finished:
        done = len(set(state.done) | set(state.skipped))
        found.append(WorkItem(_("Set up your site"), "/mairie/mise-en-route", state=_("%(done)s of 6", done=done)))
    if domain.strayed and domain.host in session.tenant.hosts:
        title = _("Look at the DNS of %(host)s", host=domain.host)
        found.append(WorkItem(title, "/mairie/reglages/domaine", state=_("Leads here no more"), tone="stop"))
    return found
