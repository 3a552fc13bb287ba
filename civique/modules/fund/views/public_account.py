"""Who is paid for a helped project, and where."""

from uuid import UUID

from werkzeug.wrappers import Response

from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.forms.holder import PayeeForm
from civique.modules.fund.models import WORKING, FundRequest
from civique.modules.fund.operations import payments
from civique.modules.fund.views.public_blueprint import blueprint, mine
from civique.web.access import SIGNED_IN, allow, me
from civique.web.forms import choices
from civique.web.pages import go, notice, page
from civique.web.uploads import UploadRefused, keep_upload
from tenants.db import db


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
