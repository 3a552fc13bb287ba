"""« Conventions »: the list, the page of one, what is done to it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from civique.core import clock
from civique.core.agreements import operations, queries, subjects
from civique.core.agreements.declarations import Described
from civique.core.agreements.documents import agreement_pdf
from civique.core.agreements.models import Agreement, Duty, UpkeepCheck
from civique.core.documents.models import StoredFile
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.web.access import allow, visitor
from civique.web.desk.agreement_forms import AgreementForm, AgreementStep, BreakForm, CheckForm, SignOnPaperForm
from civique.web.desk.labels import AGREEMENT_STATES
from civique.web.desk_list import DeskList, Filter, Order, anywhere, newest
from civique.web.lists import row_or_404
from civique.web.pages import as_pdf, page
from civique.web.submit import attempt, submit
from civique.web.tables import Column
from civique.web.uploads import keep_upload
from tenants.db import db

blueprint = Blueprint("desk_agreements", __name__, url_prefix="/mairie/conventions")
READ, WRITE = "core.agreements_read", "core.agreements"
SOON = timedelta(days=7)
LIST = DeskList(
    name="conventions",
    title=_l("Agreements"),
    select=queries.last_versions,
    columns=(
        Column(_l("Reference"), lambda a: a.reference),
        Column(_l("Title"), lambda a: a.title),
        Column(_l("Applicant"), lambda a: a.applicant_name),
        Column(_l("Version"), lambda a: a.version),
        Column(_l("Amount (€)"), lambda a: a.amount_cents / 100),
        Column(_l("State"), lambda a: str(AGREEMENT_STATES[a.state][0])),
        Column(_l("Offered on"), lambda a: clock.local(a.offered_at).date() if a.offered_at else None),
        Column(_l("Last day"), lambda a: a.ends_on),
        Column(_l("Looked after until"), lambda a: a.upkeep_until),
    ),
    template="desk/agreements/list.html",
    orders=(newest(Agreement.created_at), Order("titre", _l("Title"), Agreement.folded)),
    filters=(
        Filter("etat", _l("State"), AGREEMENT_STATES, Agreement.state),
        Filter(
            "visite",
            _l("Upkeep"),
            {"a-faire": _l("Visit to make")},
            lambda _code: queries.has_visit(clock.today() + SOON),
        ),
    ),
    words=anywhere(Agreement.folded),
    words_label=_l("Words of the title, applicant or reference"),
)
LIST.add_to(blueprint, READ, lambda: {"states": AGREEMENT_STATES})


@blueprint.get("/<uuid:agreement_id>")
@allow(READ)
def agreement(agreement_id: UUID) -> Response:
    """The text, who signed, what was kept, the versions."""
    return _shown(agreement_id)


@blueprint.get("/<uuid:agreement_id>/convention.pdf")
@allow(READ)
def pdf(agreement_id: UUID) -> Response:
    """The agreement to print and sign."""
    row = row_or_404(Agreement, agreement_id)
    return as_pdf(agreement_pdf(db.session, row), f"convention-{row.reference}")


# Writing -------------------------------------------------------------------------------------------------------------


@blueprint.route("/ecrire/<uuid:object_id>", methods=["GET", "POST"])
@allow(WRITE)
def write(object_id: UUID) -> Response:
    """Write the agreement of an object, from what its module says of it."""
    about = subjects.find_about(db.session, object_id) or abort(404)
    subject = subjects.subject_of(db.session, about.__tablename__)
    described = subject.describe(db.session, about)
    if request.method == "GET":
        return attempt(
            lambda: subject.check(db.session, about, "draw_up"),
            described.desk_path,
            then=lambda: _write_page(about, described, _filled(about, described)),
        )
    form = AgreementForm()

    def draw_up() -> Agreement:
        return operations.draw_up_agreement(
            db.session,
            about,
            (form.applicant.data or "").splitlines(),
            (form.commune.data or "").splitlines(),
            form.upkeep_until.data,
            form.act.data or "",
            revision=form.revision.data,
        )

    return submit(
        form,
        draw_up,
        again=lambda: _write_page(about, subject.describe(db.session, about), form),
        to=_path,
        said=_("The agreement is written. Read it once more, then offer it to be signed."),
    )


def _filled(about: Any, described: Described) -> AgreementForm:
    """The form with the agreement as it stands, or with usual duties."""
    form, known = AgreementForm(formdata=None), queries.agreement_of(db.session, about)
    if known is not None:
        form.revision.data, form.upkeep_until.data, form.act.data = known.revision, known.upkeep_until, known.act
    form.applicant.data, form.commune.data = _duties(known) or (
        "\n".join(described.applicant_duties),
        "\n".join(described.commune_duties),
    )
    return form


def _duties(known: Agreement | None) -> tuple[str, str] | None:
    if known is None:
        return None
    applicant, commune = ("\n".join(duty.text for duty in known.duties_of(side)) for side in ("applicant", "commune"))
    return applicant, commune


def _write_page(about: Any, described: Described, form: AgreementForm) -> Response:
    """The form; an agreement written since it was read is shown beside what was typed, which then replaces it."""
    known = queries.agreement_of(db.session, about)
    revision = known.revision if known else 0
    other = known if form.revision.data != revision else None
    form.revision.data = revision
    return page("desk/agreements/write.html", about=about, described=described, form=form, other=other)


# Steps ---------------------------------------------------------------------------------------------------------------


@blueprint.post("/<uuid:agreement_id>/proposer")
@allow(WRITE)
def offer(agreement_id: UUID) -> Response:
    """Ask the applicant to sign."""
    row, form = row_or_404(Agreement, agreement_id), AgreementStep()
    said = _("The applicant is asked to sign, on the site or on paper.")
    return _act(row, form, lambda: operations.offer_agreement(db.session, row, form.revision.data), said)


@blueprint.post("/<uuid:agreement_id>/signer")
@allow(WRITE)
def sign(agreement_id: UUID) -> Response:
    """Note a signature on paper, with its scan."""
    row, form = row_or_404(Agreement, agreement_id), SignOnPaperForm()

    def run() -> None:
        described = subjects.describe(db.session, row)
        applicant = described.applicant if described else None
        operations.sign_agreement(
            db.session,
            row,
            form.side.data,
            name=form.name.data or "",
            means="paper",
            function=form.function.data or "",
            person=applicant if form.side.data == "applicant" else None,
            file=_scan(form, applicant.id if applicant else None),
            on=form.on.data,
            revision=form.revision.data,
        )

    return _act(row, form, run, _("The signature is recorded."))


def _scan(form: SignOnPaperForm, applicant_id: UUID | None) -> StoredFile | None:
    """The signed page: the applicant's paper, whoever puts it in."""
    if form.scan.data is None:
        return None
    return keep_upload(
        form.scan.data,
        visibility="staff",
        permission=READ,
        alternative=_("Signed agreement"),
        person_id=applicant_id,
        field="scan",
    )


@blueprint.post("/<uuid:agreement_id>/rompre")
@allow(WRITE)
def break_off(agreement_id: UUID) -> Response:
    """One side no longer keeps its word."""
    row, form = row_or_404(Agreement, agreement_id), BreakForm()

    def run() -> None:
        because, repay = form.motive.data or "", form.repay_cents.data
        operations.break_agreement(db.session, row, because, repay, revision=form.revision.data)

    return _act(row, form, run, _("The agreement is ended and the applicant is told why."))


@blueprint.post("/<uuid:agreement_id>/terminer")
@allow(WRITE)
def end(agreement_id: UUID) -> Response:
    """Both sides kept their word to the end."""
    row, form = row_or_404(Agreement, agreement_id), AgreementStep()
    said = _("The agreement is closed: it was kept to its end.")
    return _act(row, form, lambda: operations.end_agreement(db.session, row, form.revision.data), said)


@blueprint.post("/<uuid:agreement_id>/engagements/<uuid:duty_id>")
@allow(WRITE)
def duty(agreement_id: UUID, duty_id: UUID) -> Response:
    """Note that one side did what it undertook, or take the note back."""
    row, undertaken = row_or_404(Agreement, agreement_id), row_or_404(Duty, duty_id, agreement_id=agreement_id)
    done = request.form.get("done") == "1"
    return _act(
        row, AgreementStep(), lambda: operations.fulfil_duty(db.session, undertaken, done=done), _("It is noted.")
    )


@blueprint.post("/<uuid:agreement_id>/entretien/<uuid:check_id>")
@allow(WRITE)
def check(agreement_id: UUID, check_id: UUID) -> Response:
    """Note what was seen of what was made."""
    row, visit = row_or_404(Agreement, agreement_id), row_or_404(UpkeepCheck, check_id, agreement_id=agreement_id)
    form = CheckForm(place=_place(visit))

    def run() -> None:
        kept = form.kept.data == "yes"
        operations.record_upkeep_check(db.session, visit, kept=kept, note=form.note.data or "")

    return _act(row, form, run, _("The visit is noted."))


def _act(row: Agreement, form: AgreementStep, run: Any, said: str) -> Response:
    """Do one thing to an agreement. What a rule or a colleague forbids is said on its page, with what was typed."""
    identifier = row.id
    return submit(form, run, again=lambda: _shown(identifier, form), to=_path(row), said=said)


def _path(row: Agreement) -> str:
    return url_for("desk_agreements.agreement", agreement_id=row.id)


# The page ------------------------------------------------------------------------------------------------------------


def _shown(agreement_id: UUID, refused: AgreementStep | None = None) -> Response:
    row = row_or_404(Agreement, agreement_id)
    found = subjects.object_of(db.session, row)
    described = found[0].describe(db.session, found[1]) if found else None
    linked = found is not None and found[0].may_follow(db.session, found[1], visitor().person)
    on = row.object_type in subjects.subjects_on(db.session)
    every = queries.versions(db.session, row.object_id)
    return page(
        "desk/agreements/agreement.html",
        agreement=row,
        described=described,
        linked=linked,
        on=on,
        may=visitor().can(WRITE) and not linked and on and described is not None and row.replaced_at is None,
        versions=every if len(every) > 1 else (),
        forms=_forms(row, described, refused),
        refused=refused,
        states=AGREEMENT_STATES,
        today=clock.today(),
    )


def _place(visit: UpkeepCheck) -> str:
    return f"check-{visit.id}"


def _forms(row: Agreement, described: Described | None, refused: AgreementStep | None) -> dict[str, AgreementStep]:
    """The forms of the page by their place, filled with what is most likely; the one that was refused in its place."""
    sign, broken = SignOnPaperForm(formdata=None), BreakForm(formdata=None)
    sign.on.data = clock.today()
    applicant = described.applicant if described else None
    sign.side.data = "commune" if row.signature_of("applicant") else "applicant"
    if sign.side.data == "applicant" and applicant is not None:
        sign.name.data = applicant.name
    broken.repay_cents.data = described.paid_cents if described else 0
    forms: dict[str, AgreementStep] = {"step": AgreementStep(formdata=None), "sign": sign, "break": broken}
    for visit in row.checks:
        forms[_place(visit)] = CheckForm(formdata=None, place=_place(visit))
    if refused is not None:
        forms[refused.revision.id.removesuffix("-revision")] = refused
    for form in forms.values():
        form.revision.data = row.revision
    return forms
