"""« À faire aujourd’hui »: what waits, most urgent first, from every module."""

from collections.abc import Iterator
from datetime import date, timedelta
from textwrap import shorten
from typing import Any

from flask import Blueprint, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.access.queries import Rights
from civique.core.agreements.queries import checks_to_make, unsigned_by_commune
from civique.core.agreements.subjects import subjects_on
from civique.core.answers.models import AnswerDue
from civique.core.answers.queries import open_answers
from civique.core.cases.missing import lately_added
from civique.core.cases.queries import chosen
from civique.core.cases.workflow import Workflow
from civique.core.claims.queries import find_claims
from civique.core.contributions.labels import in_words
from civique.core.contributions.proposals import DELAY
from civique.core.contributions.queries import waiting_proposals
from civique.core.endorsements.queries import objects_to_read
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date, ngettext
from civique.core.manifest import Manifest, WorkItem
from civique.core.organisations.queries import to_validate
from civique.core.people.queries import waiting_proxies
from civique.core.questions.models import Question, QuestionState
from civique.core.registry import modules
from civique.web.access import allow, visitor
from civique.web.desk.counts import waiting
from civique.web.endorsements import kinds
from civique.web.lists import asked, slice_of
from civique.web.pages import page
from tenants.db import db
from tenants.session import current_tenant

MOST = 10
"""Agreements of one kind; the rest is behind the filters of their list."""
SOON = timedelta(days=7)
blueprint = Blueprint("desk", __name__, url_prefix="/mairie")


@blueprint.get("")
@allow("core.work", scoped=True)
def work() -> Response:
    """The work list."""
    today = clock.today()
    answers = list(_answers())
    items = sorted((*(_line(a) for a in answers), *_other_items()), key=lambda item: _urgency(item, today))
    mine = {a.path for a in answers if a.owner_id == visitor().person_id}
    late = [item for item in items if item.due and item.due < today]
    views = {"late": late, "mine": [item for item in items if item.url in mine]}
    view = asked("voir", tuple(views))
    return page(
        "desk/work.html",
        block="rows",
        listing=slice_of(views[view] if view else items),
        today=today,
        view=view,
        total=len(items),
        late=len(late),
        mine=len(views["mine"]),
    )


def _urgency(item: WorkItem, today: date) -> tuple[Any, ...]:
    """Dated things by date, the rest as if it were due today; among equals, the oldest first."""
    since = clock.local(item.since).date() if hasattr(item.since, "hour") else item.since
    return (item.due or today, item.due is None, since or today, item.title)


def _answers() -> Iterator[AnswerDue]:
    """Answers due that this agent may give."""
    rights = visitor().rights
    names = [m.name for m in modules().of(current_tenant()) if _may_answer(m, rights)]
    reach = rights.territories("core.questions")
    rows = open_answers(db.session, names)
    if reach is None or "core" not in names:
        yield from rows
        return
    seen = set(
        db.session.scalars(
            select(Question.id).where(Question.territory_id.in_(reach), Question.state == QuestionState.OPEN)
        )
    )
    yield from (row for row in rows if row.module != "core" or row.object_id in seen)


def _may_answer(module: Manifest, rights: Rights) -> bool:
    if module.name == "core":
        return rights.somewhere("core.questions")
    return bool(module.answer_permission) and rights.can(module.answer_permission)


def _line(answer: AnswerDue) -> WorkItem:
    """An answer due as a line."""
    states = []
    if answer.owner:
        states.append(_("%(name)s is on it", name=answer.owner.name))
    if answer.paused_on:
        states.append(_("waits for the person"))
    elif answer.reminded_at:
        states.append(_("reminded on %(date)s", date=long_date(answer.reminded_at, weekday=False, year=False)))
    return WorkItem(
        _("Answer: %(what)s", what=shorten(answer.title, 80, placeholder="…")),
        answer.path,
        answer.whom,
        answer.opened_at,
        None if answer.paused_on else answer.due_on,
        " · ".join(states),
    )


def _other_items() -> Iterator[WorkItem]:
    """Letters, organisations, proxies, papers, proposals of help, and what the modules ask for."""
    rights = visitor().rights
    numbers = waiting(db.session)
    if numbers.letters and rights.can("core.letters"):
        title = ngettext("Print one letter", "Print %(num)s letters", numbers.letters)
        whom = _("People without e-mail")
        yield WorkItem(title, url_for("desk_letters.listing"), whom, numbers.oldest_letter, state=_("To print"))
    if numbers.organisations and rights.can("core.organisations"):
        for row in to_validate(db.session):
            url = url_for("desk_organisations.card", organisation_id=row.id)
            yield WorkItem(
                _("Validate: %(what)s", what=row.name), url, row.name, row.created_at, state=_("To validate")
            )
    if numbers.proxies and rights.can("core.people_change"):
        for proxy in waiting_proxies(db.session):
            title = _("Proxy to accept: for %(name)s", name=proxy.name)
            state = _("To accept")
            yield WorkItem(title, url_for("people_change.proxies"), proxy.person.name, proxy.created_at, state=state)
    if numbers.claims and rights.can("core.people_change"):
        for claim in db.session.scalars(find_claims("waiting").limit(50)):
            title = _("Paper to attach: %(reference)s", reference=claim.reference)
            url = url_for("desk_claims.claim", claim_id=claim.id)
            yield WorkItem(title, url, claim.person.name, claim.created_at, state=_("To check"))
    if numbers.proposals and rights.can("core.contributions"):
        for offer in waiting_proposals(db.session):
            yield WorkItem(
                _("Read the proposal of help: %(what)s", what=in_words(offer)),
                url_for("contributions.proposal", proposal_id=offer.id),
                offer.giver_name,
                offer.created_at,
                clock.local(offer.created_at).date() + DELAY,
                _("To read"),
            )
    if rights.can("core.comments"):
        for title, number, since in objects_to_read(db.session, kinds()):
            what = ngettext("A comment to read: %(what)s", "%(num)s comments to read: %(what)s", number, what=title)
            yield WorkItem(what, url_for("desk_comments.listing"), "", since, state=_("To read"))
    if rights.can("core.agreements"):
        yield from _agreement_items()
    yield from _additions()
    for manifest in modules().of(current_tenant()):
        if manifest.work_items:
            yield from manifest.work_items(db.session, visitor())


def _additions() -> Iterator[WorkItem]:
    """What applicants added to cases that this agent examines, and that nobody went on with since."""
    added = lately_added(db.session)
    for flow in (flow for on in modules().of(current_tenant()) for flow in on.workflows):
        when = {item.object_id: item.given_at for item in added if item.object_type == flow.model.__tablename__}
        for case in chosen(db.session, flow.model, when) if when else ():
            if _examines(flow, case):
                title = _("Read what was added: %(what)s", what=flow.title(case))
                whom = case.applicant.name if case.applicant else ""
                yield WorkItem(title, flow.desk_path(case), whom, when[case.id], state=_("To read"))


def _examines(flow: Workflow, case: Any) -> bool:
    asked = {transition.permission for transition in flow.transitions if transition.permission}
    return any(visitor().can(permission, territory=case.territory_id) for permission in asked)


def _agreement_items() -> Iterator[WorkItem]:
    """Agreements that wait for the commune's signature, and visits of upkeep to make."""
    for row in unsigned_by_commune(db.session, tuple(subjects_on(db.session)), MOST):
        url = url_for("desk_agreements.agreement", agreement_id=row.id)
        title = _("Sign the agreement: %(what)s", what=row.title)
        yield WorkItem(title, url, row.applicant_name, row.created_at, None, _("To sign"))
    for check in checks_to_make(db.session, clock.today() + SOON, MOST):
        url = url_for("desk_agreements.agreement", agreement_id=check.agreement_id)
        title = _("Check the upkeep: %(what)s", what=check.agreement.title)
        yield WorkItem(
            title, url, check.agreement.applicant_name, check.agreement.created_at, check.due_on, _("To check")
        )
