"""« Partenaires » : what is given to the commune in money, things and time, object by object; what partners propose."""

from decimal import Decimal
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from civique.core.contributions import operations, proposals, queries
from civique.core.contributions.declarations import Need, Recipient, Recipients
from civique.core.contributions.labels import in_words, nature_labels, nature_of, things_in_words
from civique.core.contributions.models import Contribution, ContributionProposal
from civique.core.i18n import _l, long_date
from civique.core.i18n import gettext as _
from civique.core.organisations.queries import validated_names
from civique.services.identifiers import format_phone
from civique.web.access import allow
from civique.web.contributions import declared_recipients, recipients
from civique.web.desk.contribution_forms import AcceptForm, DeclineForm, PledgeForm, ServeForm
from civique.web.forms import choices
from civique.web.lists import row_or_404
from civique.web.pages import go_path, notice, page
from civique.web.submit import attempt, submit
from civique.web.tables import Column, list_file
from tenants.db import db

blueprint = Blueprint("contributions", __name__, url_prefix="/mairie/partenaires")
READ = "core.contributions_read"
KEEP = "core.contributions"
COLUMNS = (
    Column(_l("Partner"), lambda c: c.giver),
    Column(_l("Nature"), nature_of),
    Column(_l("What exactly"), lambda c: c.description),
    Column(_l("Quantity"), lambda c: float(c.quantity) if c.quantity is not None else None),
    Column(_l("Unit"), lambda c: c.unit),
    Column(_l("Value (€)"), lambda c: c.value_cents / 100 if c.value_cents is not None else None),
    Column(_l("Pledged on"), lambda c: c.pledged_on),
    Column(_l("Valid until"), lambda c: c.valid_until),
    Column(_l("Received on"), lambda c: c.received_on),
    Column(_l("Used"), lambda c: float(c.used) if c.nature != "financial" else None),
    Column(_l("Left"), lambda c: float(c.left) if c.nature != "financial" else None),
)


@blueprint.get("")
@allow(READ)
def ledger() -> Response:
    """What was pledged, received, used and is left, nature by nature; what still waits for some; what is proposed."""
    declared = declared_recipients()
    offers = [(offer, in_words(offer)) for offer in queries.waiting_proposals(db.session)]
    if not declared:
        return page("desk/contributions/ledger.html", recipient=None, recipients=(), offers=offers)
    recipient, kind = _chosen(declared)
    whole = queries.live().where(Contribution.object_id == recipient.row.id)
    filters = ((_("Given to"), recipient.label),)
    file = list_file(f"partenaires-{recipient.code}", _("Partners"), COLUMNS, whole, filters=filters)
    if file:
        return file
    rows = queries.contributions_to(db.session, recipient.row)
    return page(
        "desk/contributions/ledger.html",
        recipient=recipient,
        recipients=[other for other, _kind in declared],
        natures=[(label, [row for row in rows if row.nature == code]) for code, label in nature_labels().items()],
        needs=_needs(recipient, kind),
        offers=offers,
    )


@blueprint.route("/<code>/promesse", methods=["GET", "POST"])
@allow(KEEP)
def new(code: str) -> Response:
    """Note a pledge."""
    recipient, form = _recipient(code), _pledge_form()
    return submit(
        form,
        lambda: operations.pledge_contribution(
            db.session, recipient.row, form.nature.data or "", again=bool(form.again.data), **form.facts()
        ),
        again=lambda: page("desk/contributions/pledge.html", form=form, recipient=recipient),
        to=_path(code),
        said=lambda made: _("The pledge of %(name)s is noted.", name=made.giver),
    )


@blueprint.post("/promesses/<uuid:contribution_id>/recue")
@allow(KEEP)
def receive(contribution_id: UUID) -> Response:
    """It is here: cash counts from now on."""
    found, code = _contribution(contribution_id)
    return attempt(
        lambda: operations.receive_contribution(db.session, found),
        _path(code),
        _("Received. Thank you for noting it."),
    )


@blueprint.post("/promesses/<uuid:contribution_id>/annuler")
@allow(KEEP)
def withdraw(contribution_id: UUID) -> Response:
    """The partner takes it back."""
    found, code = _contribution(contribution_id)
    return attempt(
        lambda: operations.withdraw_contribution(db.session, found), _path(code), _("The pledge is cancelled.")
    )


@blueprint.post("/promesses/<uuid:contribution_id>/remerciement")
@allow(KEEP)
def thank(contribution_id: UUID) -> Response:
    """Show the partner on the page of thanks, or no longer: the button says which, so that twice is once."""
    (found, code), shown = _contribution(contribution_id), request.form.get("shown")
    if shown not in {"yes", "no"}:
        abort(400)
    return attempt(
        lambda: operations.thank_giver(db.session, found, shown == "yes"),
        _path(code),
        _("The page of thanks is up to date."),
    )


@blueprint.post("/<code>/besoins/<uuid:need_id>")
@allow(KEEP)
def serve(code: str, need_id: UUID) -> Response:
    """A part of a contribution goes to what waits for it."""
    recipient, kind = next((one for one in declared_recipients() if one[0].code == code), None) or abort(404)
    usable = {str(found.id): found for found in queries.usable(db.session, recipient.row)}
    give, form = kind.serve or abort(404), ServeForm()
    form.contribution_id.choices = choices((key, key) for key in usable)
    if not form.validate():
        notice(next(str(error) for field in form for error in field.errors), "stop")
        return go_path(_path(code))
    chosen = usable[form.contribution_id.data]
    said = _("Noted: %(name)s gives to this project.", name=chosen.giver)
    try:
        return attempt(lambda: give(db.session, chosen, need_id, form.quantity.data or Decimal(0)), _path(code), said)
    except LookupError:
        abort(404)


def _needs(recipient: Recipient, kind: Recipients) -> list[tuple[Need, ServeForm]]:
    """What waits for things or time, with the contributions that could serve, the likeliest first."""
    rows: list[tuple[Need, ServeForm]] = []
    found = kind.needs(db.session, recipient.row) if kind.needs else ()
    usable = queries.usable(db.session, recipient.row) if found else ()
    for need in found:
        form = ServeForm(formdata=None, quantity=need.lacking)
        form.contribution_id.choices = choices(
            (c.id, f"{c.giver} – {things_in_words(c.left, c.unit, c.description)}")
            for c in queries.suggestions(usable, need)
        )
        for field in form:
            field.id = f"{field.name}-{need.id}"
        rows.append((need, form))
    return rows


def _chosen(declared: list[tuple[Recipient, Recipients]]) -> tuple[Recipient, Recipients]:
    """The recipient of ``?objet=``; without one the first that is open, otherwise the first of all."""
    code = request.args.get("objet")
    if code:
        return next((one for one in declared if one[0].code == code), None) or abort(404)
    return next((one for one in declared if one[0].open), declared[0])


def _recipient(code: str) -> Recipient:
    return next((recipient for recipient in recipients() if recipient.code == code), None) or abort(404)


def _contribution(contribution_id: UUID) -> tuple[Contribution, str]:
    """A contribution to a recipient of a module that is on, with the code of the recipient."""
    found = row_or_404(Contribution, contribution_id)
    codes = {(r.row.__tablename__, r.row.id): r.code for r in recipients()}
    return found, codes.get((found.object_type, found.object_id)) or abort(404)


def _path(code: str = "") -> str:
    return url_for("contributions.ledger", objet=code or None)


def _pledge_form() -> PledgeForm:
    form = PledgeForm()
    form.organisation_id.choices = choices(validated_names(db.session), empty=_("Not in the list"))
    return form


# What partners propose -----------------------------------------------------------------------------------------------


@blueprint.get("/propositions/<uuid:proposal_id>")
@allow(READ)
def proposal(proposal_id: UUID) -> Response:
    """What is proposed, by whom, and what to answer."""
    return _proposal_page(proposal_id)


@blueprint.post("/propositions/<uuid:proposal_id>/accepter")
@allow(KEEP)
def accept(proposal_id: UUID) -> Response:
    """It becomes a contribution pledged to an object."""
    found, form = row_or_404(ContributionProposal, proposal_id), _accept_form()

    def do() -> Contribution:
        taking = next((r for r in recipients() if r.code == form.recipient.data), None)
        giver = UUID(form.organisation_id.data) if form.organisation_id.data else None
        again, word = bool(form.again.data), form.word.data or ""
        return proposals.accept_proposal(db.session, found, form.revision.data or 0, taking, giver, word, again=again)

    return submit(
        form,
        do,
        again=lambda: _proposal_page(proposal_id, accepting=form),
        to=lambda _made: _path(form.recipient.data or ""),
        said=lambda made: (
            _("Accepted: it is in the ledger as a pledge of %(name)s.", name=made.giver) + _to_call(found)
        ),
    )


@blueprint.post("/propositions/<uuid:proposal_id>/decliner")
@allow(KEEP)
def decline(proposal_id: UUID) -> Response:
    """The mairie does not take it, and says why."""
    found, form = row_or_404(ContributionProposal, proposal_id), DeclineForm()
    return submit(
        form,
        lambda: proposals.decline_proposal(db.session, found, form.revision.data or 0, form.why.data or ""),
        again=lambda: _proposal_page(proposal_id, declining=form),
        to=_path(),
        said=lambda _none: _("Declined.") + _to_call(found),
    )


def _proposal_page(
    proposal_id: UUID, *, accepting: AcceptForm | None = None, declining: DeclineForm | None = None
) -> Response:
    found = row_or_404(ContributionProposal, proposal_id)
    if accepting is None:
        accepting = _accept_form(blank=True)
        likely = queries.likely_organisation(db.session, found)
        accepting.organisation_id.data = str(likely.id) if likely else ""
    declining = declining or DeclineForm(formdata=None)
    accepting.revision.data = declining.revision.data = found.revision
    declining.revision.id = "decline-revision"
    return page(
        "desk/contributions/proposal.html",
        proposal=found,
        accepting=accepting,
        declining=declining,
        what=in_words(found),
        nature=nature_of(found),
        open=[recipient for recipient in recipients() if recipient.open],
        until=long_date(found.valid_until, weekday=False) if found.valid_until else "",
        due=found.created_at + proposals.DELAY,
    )


def _to_call(found: ContributionProposal) -> str:
    """What is left to the agent when nothing leaves by itself."""
    if found.email or found.person is not None or not found.phone:
        return ""
    return " " + _("They left no e-mail address: call %(phone)s.", phone=format_phone(found.phone))


def _accept_form(*, blank: bool = False) -> AcceptForm:
    form = AcceptForm(formdata=None) if blank else AcceptForm()
    form.recipient.choices = choices((r.code, r.label) for r in recipients() if r.open)
    form.organisation_id.choices = choices(validated_names(db.session), empty=_("Not in the list"))
    return form
