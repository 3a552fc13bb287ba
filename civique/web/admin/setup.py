"""The set-up in six short steps, each skippable: the settings pages with a progress line. « Mise en route »."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, url_for
from werkzeug.wrappers import Response

from civique.core import settings
from civique.core.commune import SetUp
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.manifest import WorkItem
from civique.web.access import allow
from civique.web.pages import go, go_path, notice, page
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
    return page("admin/set_up.html", steps=STEPS, state=state, coming=coming)


@blueprint.post("/<code>/passer")
@allow("core.settings")
def skip(code: str) -> Response:
    """Leave a step for later."""
    if code not in {step.code for step in STEPS}:
        abort(404)
    state = settings.get(db.session, SetUp)
    if code not in state.done and code not in state.skipped:
        settings.change(db.session, SetUp, skipped=(*state.skipped, code))
    return go_path(next_path(code))


@blueprint.post("/<code>/suivant")
@allow("core.settings")
def finish_step(code: str) -> Response:
    """A step whose page has no form of its own (territory, colleagues, modules) is done."""
    if code not in {step.code for step in STEPS}:
        abort(404)
    note_done(code)
    return go_path(next_path(code))


@blueprint.post("/terminer")
@allow("core.settings")
def finish() -> Response:
    """The set-up no longer shows on the work list; its pages stay in the settings."""
    settings.change(db.session, SetUp, finished=True)
    notice(_("The set-up is over. You find its pages again in the settings."))
    return go("settings.home")


def note_done(code: str) -> None:
    """Remember that a step was done."""
    state = settings.get(db.session, SetUp)
    skipped = tuple(other for other in state.skipped if other != code)
    settings.change(db.session, SetUp, done=(*(c for c in state.done if c != code), code), skipped=skipped)


def under_way(code: str) -> bool:
    """Whether somebody is setting the site up and has not done this step: its pages lead back to the set-up."""
    state = settings.get(db.session, SetUp)
    return not state.finished and bool(state.done or state.skipped) and code not in state.done


def next_path(code: str) -> str:
    """Page after a step: the next one, or the overview after the last."""
    codes = [step.code for step in STEPS]
    rank = codes.index(code) + 1
    return url_for(STEPS[rank].endpoint, set_up=True) if rank < len(STEPS) else url_for("set_up.overview")


def saved(code: str, set_up: bool) -> str:
    """Where a settings page leads once saved: the next step, or the same page with a word."""
    if set_up:
        note_done(code)
        return next_path(code)
    notice(_("Saved."))
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
    """The set-up on the work list of who may do it, until it is finished."""
    state = settings.get(session, SetUp)
    if state.finished or not visitor.can("core.settings"):
        return ()
    done = len(set(state.done) | set(state.skipped))
    return (WorkItem(_("Set up your site"), "/mairie/mise-en-route", state=_("%(done)s of 6", done=done)),)
