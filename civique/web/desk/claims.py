"""« Rattachements à vérifier »: papers that residents want to find in their account."""

from typing import Any
from uuid import UUID

from flask import Blueprint, url_for
from sqlalchemy import true
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.access.queries import live_grants
from civique.core.channels import CHANNELS
from civique.core.claims import operations
from civique.core.claims.events import Paper
from civique.core.claims.models import PaperClaim
from civique.core.claims.queries import find_claims, paper_of, said_in
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.people.queries import get_person
from civique.web.access import allow, visitor
from civique.web.desk.claim_forms import AcceptForm, RefuseForm
from civique.web.desk_list import DeskList, Filter, newest, oldest
from civique.web.lists import row_or_404
from civique.web.pages import page
from civique.web.submit import submit
from civique.web.tables import Column
from tenants.db import db

blueprint = Blueprint("desk_claims", __name__, url_prefix="/mairie/rattachements")
PERMISSION = "core.people_change"
STATES = {"waiting": _l("To check"), "accepted": _l("Attached"), "refused": _l("Not attached")}
TONES = {"waiting": "wait", "accepted": "ok", "refused": "stop"}
LIST = DeskList(
    name="rattachements",
    title=_l("Papers to attach"),
    select=find_claims,
    columns=(
        Column(_l("Reference"), lambda c: c.reference),
        Column(_l("Asked by"), lambda c: c.person.name),
        Column(_l("Asked on"), lambda c: clock.local(c.created_at).date()),
        Column(_l("State"), lambda c: str(STATES[c.state])),
        Column(_l("Reason given"), lambda c: c.reason),
    ),
    template="desk/claims/list.html",
    orders=(oldest(PaperClaim.created_at), newest(PaperClaim.created_at)),
    filters=(
        Filter(
            "etat",
            _l("State"),
            {"waiting": _l("To check"), "tous": _l("Everything asked")},
            lambda code: PaperClaim.state == "waiting" if code == "waiting" else true(),
            default="waiting",
            tabs=True,
        ),
    ),
    words=said_in,
    words_label=_l("Name or reference"),
)
LIST.add_to(blueprint, PERMISSION, lambda: {"states": STATES, "tones": TONES})


@blueprint.get("/<uuid:claim_id>")
@allow(PERMISSION)
def claim(claim_id: UUID) -> Response:
    """The paper and whoever claims it, side by side."""
    return _shown(row_or_404(PaperClaim, claim_id))


@blueprint.post("/<uuid:claim_id>/accepter")
@allow(PERMISSION)
def accept(claim_id: UUID) -> Response:
    """It is theirs."""
    row, form = row_or_404(PaperClaim, claim_id), AcceptForm()
    same = bool(form.same.data) and _mergeable(row, paper_of(db.session, row)) is not None
    return submit(
        form,
        lambda: operations.accept_claim(db.session, row, int(form.revision.data or 0), same=same),
        again=lambda: _shown(row, accept=form),
        to=url_for("desk_claims.listing"),
        said=lambda _none: _("Attached. %(name)s is told, and finds it in their account.", name=row.person.name),
    )


@blueprint.post("/<uuid:claim_id>/refuser")
@allow(PERMISSION)
def refuse(claim_id: UUID) -> Response:
    """It is not, or nothing shows that it is."""
    row, form = row_or_404(PaperClaim, claim_id), RefuseForm()
    return submit(
        form,
        lambda: operations.refuse_claim(db.session, row, int(form.revision.data or 0), str(form.reason.data)),
        again=lambda: _shown(row, refuse=form),
        to=url_for("desk_claims.listing"),
        said=lambda _none: _("Refused. %(name)s is told why.", name=row.person.name),
    )


def _shown(row: PaperClaim, accept: AcceptForm | None = None, refuse: RefuseForm | None = None) -> Response:
    paper = paper_of(db.session, row)
    accept, refuse = accept or AcceptForm(formdata=None), refuse or RefuseForm(formdata=None)
    accept.revision.data = refuse.revision.data = row.revision
    former = get_person(db.session, paper.person_id) if paper else None
    return page(
        "desk/claims/claim.html",
        claim=row,
        paper=paper,
        entry=_facts(paper),
        former=former,
        stale=accept.moved or refuse.moved,
        double=_mergeable(row, paper),
        accept=accept,
        refuse=refuse,
        states=STATES,
        tones=TONES,
        channels=CHANNELS,
    )


def _facts(paper: Paper | None) -> dict[str, Any]:
    """What the paper says of its author: contacts, when the module keeps any on it."""
    names = ("channel", "email", "phone", "address", "created_at")
    return {name: getattr(paper.row, name, None) for name in names} if paper else {}


def _mergeable(row: PaperClaim, paper: Paper | None) -> Person | None:
    """The record of the paper, when it may become one with the claimant's: colleagues are merged by an administrator."""
    former = get_person(db.session, paper.person_id) if paper else None
    if former is None or former.id == row.person_id or former.email is not None:
        return None
    held = any(db.session.scalars(live_grants(person_id)).first() for person_id in (former.id, row.person_id))
    return None if held and not visitor().can("core.roles") else former
