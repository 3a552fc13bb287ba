"""The agreement: what each side does, its PDF, signatures on paper with their scan, upkeep, breach."""

from uuid import UUID

from flask import abort, request
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core.agreements.models import Agreement, UpkeepCheck
from civique.core.agreements.operations import fulfil_duty, record_upkeep_check
from civique.core.agreements.queries import agreement_of
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.documents.agreement import agreement_pdf
from civique.modules.fund.forms import steps
from civique.modules.fund.forms.steps import StepForm
from civique.modules.fund.models import FundRequest
from civique.modules.fund.operations import agreements
from civique.modules.fund.operations.course import lock
from civique.modules.fund.views.desk import as_pdf, blueprint, demand_or_404, kept, revision_of
from civique.modules.fund.views.desk_file import act
from civique.modules.fund.words.desk import usual_duties
from civique.web.access import allow
from civique.web.pages import go, page
from tenants.db import db


@blueprint.get("/demandes/<uuid:request_id>/convention")
@allow("fund.agree")
def agreement(request_id: UUID) -> Response:
    """Write the agreement, from what was granted."""
    demand = demand_or_404(request_id)
    if demand.state not in agreements.AGREEABLE:
        return go("fund_desk.file", request_id=request_id)
    return _write_page(demand, _filled(demand))


@blueprint.post("/demandes/<uuid:request_id>/convention")
@allow("fund.agree")
def write(request_id: UUID) -> Response:
    """Keep the agreement."""
    form = steps.AgreementForm()

    def run(demand: FundRequest) -> None:
        lock(db.session, demand, form.revision.data)
        if form.read.data != revision_of(agreement_of(db.session, demand)):
            raise StaleDataError
        agreements.draw_up_agreement(
            db.session,
            demand,
            (form.holder.data or "").splitlines(),
            (form.commune.data or "").splitlines(),
            form.upkeep_until.data,
            form.act.data or "",
        )

    return act(
        request_id, form, run, _("The agreement is written. Read it once more, then offer it to be signed."), _shown
    )


@blueprint.get("/demandes/<uuid:request_id>/convention.pdf")
@allow("fund.read")
def pdf(request_id: UUID) -> Response:
    """The agreement to print and sign."""
    demand = demand_or_404(request_id)
    found = agreement_of(db.session, demand)
    if found is None:
        abort(404)
    return as_pdf(agreement_pdf(db.session, demand, found), f"convention-{found.reference}")


@blueprint.post("/demandes/<uuid:request_id>/convention/proposer")
@allow("fund.agree")
def offer(request_id: UUID) -> Response:
    """Ask the holder to sign."""
    form = StepForm()

    def run(demand: FundRequest) -> None:
        lock(db.session, demand, form.revision.data)
        agreements.offer_agreement(db.session, demand)

    return act(request_id, form, run, _("The holder is asked to sign, on the site or on paper."))


@blueprint.post("/demandes/<uuid:request_id>/convention/signer")
@allow("fund.agree")
def sign(request_id: UUID) -> Response:
    """Note a signature on paper, with its scan."""
    form = steps.SignForm()

    def run(demand: FundRequest) -> None:
        file = kept(form, "scan", owner_id=demand.holder_id, alternative=_("Signed agreement"))
        agreements.sign_agreement(
            db.session,
            demand,
            form.side.data,
            name=form.name.data or "",
            means="paper",
            function=form.function.data or "",
            person=demand.holder if form.side.data == "holder" else None,
            file=file,
            on=form.on.data,
            revision=form.revision.data,
        )

    return act(request_id, form, run, _("The signature is recorded."))


@blueprint.post("/demandes/<uuid:request_id>/convention/rompre")
@allow("fund.agree")
def break_off(request_id: UUID) -> Response:
    """One side no longer keeps its word."""
    form = steps.BreakForm()

    def run(demand: FundRequest) -> None:
        lock(db.session, demand, form.revision.data)
        agreements.break_agreement(db.session, demand, form.motive.data or "", form.repay_cents.data or 0)

    return act(request_id, form, run, _("The agreement is ended and the holder is told why."))


@blueprint.post("/demandes/<uuid:request_id>/engagements/<uuid:duty_id>")
@allow("fund.agree")
def duty(request_id: UUID, duty_id: UUID) -> Response:
    """Note that one side did what it undertook, or take the note back."""
    form, done = StepForm(), request.form.get("done") == "1"

    def run(demand: FundRequest) -> None:
        lock(db.session, demand)
        agreement = agreement_of(db.session, demand)
        found = next((d for d in agreement.duties if d.id == duty_id), None) if agreement else None
        fulfil_duty(db.session, found or abort(404), done=done)

    return act(request_id, form, run, _("It is noted."))


@blueprint.post("/demandes/<uuid:request_id>/entretien/<uuid:check_id>")
@allow("fund.agree")
def check(request_id: UUID, check_id: UUID) -> Response:
    """Note what was seen of what was made."""
    form = steps.CheckForm()

    def run(demand: FundRequest) -> None:
        visit = db.session.get(UpkeepCheck, check_id, with_for_update=True)
        if visit is None or visit.agreement.object_id != demand.id:
            abort(404)
        if visit.done_on is not None:
            raise Refused(_("A colleague noted this visit already: read what they saw."))
        if form.kept.data == "no" and not form.note.data:
            raise Refused(_("Say what you saw: the holder can ask."))
        record_upkeep_check(db.session, visit, kept=form.kept.data == "yes", note=form.note.data or "")

    return act(request_id, form, run, _("The visit is noted."))


def _filled(demand: FundRequest) -> steps.AgreementForm:
    """The form with the agreement as it stands, or with usual duties."""
    form = steps.AgreementForm(formdata=None)
    form.revision.data = demand.revision
    known = agreement_of(db.session, demand)
    form.read.data = revision_of(known)
    if known is not None:
        sides = [[duty.text for duty in known.duties_of(side)] for side in ("holder", "commune")]
        form.upkeep_until.data, form.act.data = known.upkeep_until, known.act
    else:
        sides = list(usual_duties(demand))
        form.act.data = demand.decision.act if demand.decision else ""
    form.holder.data, form.commune.data = ("\n".join(side) for side in sides)
    return form


def _shown(demand: FundRequest, form: StepForm) -> Response:
    """The form again; an agreement written meanwhile is shown beside what was typed, which then replaces it."""
    assert isinstance(form, steps.AgreementForm), "the only form of this page"
    known = agreement_of(db.session, demand)
    other = known if form.read.data != revision_of(known) else None
    form.read.data = revision_of(known)
    return _write_page(demand, form, 422, other)


def _write_page(demand: FundRequest, form: StepForm, status: int = 200, other: Agreement | None = None) -> Response:
    return page("fund/desk/agreement.html", status=status, demand=demand, form=form, other=other)
