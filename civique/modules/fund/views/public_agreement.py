"""The agreement of a helped project: read it, sign it with a code or on paper; who is paid."""

from uuid import UUID

from flask import abort, session
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response

from civique.core.access.operations import TooManyCodes, WrongCode
from civique.core.agreements.models import Agreement
from civique.core.agreements.queries import agreement_of
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.documents.agreement import agreement_pdf
from civique.modules.fund.forms.holder import PayeeForm, SignForm
from civique.modules.fund.models import WORKING, FundRequest
from civique.modules.fund.operations import payments, signing
from civique.modules.fund.views.desk import as_pdf
from civique.modules.fund.views.public_blueprint import blueprint, mine
from civique.web.access import SIGNED_IN, allow, me
from civique.web.application import limiter
from civique.web.forms import choices
from civique.web.pages import go, keep_anyway, notice, page
from civique.web.signin.views import wrong_code_sentence
from civique.web.uploads import UploadRefused, keep_upload
from tenants.db import db

KEY = "sign_code"
"""Where the visit keeps for which agreement a code was sent, and which code."""


def _offered(request_id: UUID) -> tuple[FundRequest, Agreement]:
    """A helped request and its agreement, once the mairie has offered it to be signed."""
    demand = mine(request_id)
    agreement = agreement_of(db.session, demand)
    if agreement is None or agreement.state == "draft":
        abort(404)
    return demand, agreement


@blueprint.get("/demandes/<uuid:request_id>/convention")
@allow(SIGNED_IN)
def agreement(request_id: UUID) -> Response:
    """Read the agreement, and sign it."""
    demand, agreement = _offered(request_id)
    return _agreement_page(demand, agreement)


@blueprint.get("/demandes/<uuid:request_id>/convention.pdf")
@allow(SIGNED_IN)
def print_agreement(request_id: UUID) -> Response:
    """The agreement to print and sign, or to keep: the same pages as the mairie's."""
    demand, agreement = _offered(request_id)
    return as_pdf(agreement_pdf(db.session, demand, agreement), f"convention-{agreement.reference}")


def _agreement_page(
    demand: FundRequest, agreement: Agreement, form: SignForm | None = None, *, stale: bool = False
) -> Response:
    status = 422 if form is not None or stale else 200
    if form is None:
        form = SignForm(formdata=None)
    form.revision.data = agreement.revision
    if demand.organisation is None:
        del form.function
    sent, address = _code_id(agreement) is not None, me().email
    return page(
        "fund/agreement.html",
        status=status,
        demand=demand,
        agreement=agreement,
        form=form,
        sent=sent,
        stale=stale,
        address=address.address if address else "",
    )


def _code_id(agreement: Agreement) -> UUID | None:
    about, _colon, code_id = str(session.get(KEY, "")).partition(":")
    return UUID(code_id) if about == str(agreement.id) and code_id else None


@blueprint.post("/demandes/<uuid:request_id>/convention/code")
@allow(SIGNED_IN)
@limiter.limit("10 per 5 minutes")
def send_sign_code(request_id: UUID) -> Response:
    """Send the code to sign."""
    demand, agreement = _offered(request_id)
    if agreement.state != "to_sign" or agreement.signature_of("holder") is not None or me().email is None:
        return go("fund.agreement", request_id=demand.id)
    try:
        row = signing.send_code(db.session, me(), agreement)
    except TooManyCodes:
        notice(_("Six codes were sent to this address in the last hour. Look in your junk mail, or wait."), "stop")
        return go("fund.agreement", request_id=demand.id)
    session[KEY] = f"{agreement.id}:{row.id}"
    notice(_("A code was sent to %(address)s. Write it below.", address=row.address))
    return go("fund.agreement", request_id=demand.id, _anchor="signer")


@blueprint.post("/demandes/<uuid:request_id>/convention/signer")
@allow(SIGNED_IN)
@limiter.limit("10 per 5 minutes")
def sign(request_id: UUID) -> Response:
    """Sign with the code; the text signed is the one that was read."""
    demand, agreement = _offered(request_id)
    if agreement.signature_of("holder") is not None:
        notice(_("The agreement bears your signature already."), "wait")
        return go("fund.agreement", request_id=demand.id)
    form, code_id = SignForm(), _code_id(agreement)
    if not form.validate():
        return _agreement_page(demand, agreement, form)
    if code_id is None:
        notice(_("This code is too old. Ask for a new one."), "wait")
        return go("fund.agreement", request_id=demand.id)
    function = (form.function.data or "") if demand.organisation is not None else ""
    try:
        signing.sign_with_code(
            db.session, demand, me(), code_id, form.code.data or "", form.revision.data or 0, function
        )
    except WrongCode as wrong:
        keep_anyway()
        form.fail("code", wrong_code_sentence(wrong.left))
        return _agreement_page(demand, agreement, form)
    except StaleDataError:
        return _agreement_page(demand, agreement, stale=True)
    except Refused:
        notice(_("This agreement can no longer be signed. Read it again, or call the town hall."), "stop")
        return go("fund.agreement", request_id=demand.id)
    session.pop(KEY, None)
    notice(_("The agreement is signed. Thank you."))
    return go("fund.follow", request_id=demand.id)


# Who is paid ---------------------------------------------------------------------------------------------------------


@blueprint.get("/demandes/<uuid:request_id>/compte")
@allow(SIGNED_IN)
def account(request_id: UUID) -> Response:
    """Who is paid, and where."""
    demand = mine(request_id)
    if not may_be_paid(demand):
        return go("fund.follow", request_id=request_id)
    form = _payee_form(demand)
    payee = demand.payee
    form.kind.data = payee.kind if payee else ("organisation" if _is_legal_person(demand) else "holder")
    form.name.data = payee.name if payee else (demand.organisation.name if _is_legal_person(demand) else me().name)  # type: ignore[union-attr]
    form.why.data = payee.why if payee else ""
    return page("fund/account.html", form=form, demand=demand, collective=_is_collective(demand))


@blueprint.post("/demandes/<uuid:request_id>/compte")
@allow(SIGNED_IN)
def save_account(request_id: UUID) -> Response:
    """Keep who is paid."""
    demand = mine(request_id)
    if not may_be_paid(demand):
        return go("fund.follow", request_id=request_id)
    form = _payee_form(demand)
    valid = form.validate()
    if valid and _is_collective(demand) and not (form.why.data or "").strip():
        form.fail(
            "why", _("A group without legal personality has no account of its own: say who is paid for it, and why.")
        )
        valid = False
    if valid:
        try:
            _keep_payee(demand, form)
            notice(_("The account is kept. Only the town hall and the treasurer read it."))
            return go("fund.follow", request_id=request_id)
        except UploadRefused as refusal:
            form.fail("file", str(refusal))
        except Refused as broken:
            form.refuse(broken)
    return page("fund/account.html", status=422, form=form, demand=demand, collective=_is_collective(demand))


def _keep_payee(demand: FundRequest, form: PayeeForm) -> None:
    file = None
    if form.file.data is not None:
        file = keep_upload(form.file.data, visibility="staff", permission="fund.pay", person_id=me().id)
    payments.set_payee(
        db.session,
        demand,
        form.kind.data,
        form.name.data or "",
        form.iban.data or "",
        bic=form.bic.data or "",
        why=form.why.data or "",
        file=file,
    )


def may_be_paid(demand: FundRequest) -> bool:
    """Whether money is still to come to this project."""
    return demand.state in WORKING and demand.to_pay_cents > 0


def _is_collective(demand: FundRequest) -> bool:
    return demand.organisation is not None and demand.organisation.kind in {"collective", "parents"}


def _is_legal_person(demand: FundRequest) -> bool:
    return demand.organisation is not None and not _is_collective(demand)


def _payee_form(demand: FundRequest) -> PayeeForm:
    form = PayeeForm()
    first = (
        ("organisation", demand.organisation.name)
        if demand.organisation and _is_legal_person(demand)
        else ("holder", _("Me, %(name)s", name=demand.holder.name if demand.holder else me().name))
    )
    form.kind.choices = choices(
        [
            first,
            ("third_party", _("Somebody else, or another organisation")),
            ("supplier", _("The shop or the supplier, directly")),
        ]
    )
    return form
