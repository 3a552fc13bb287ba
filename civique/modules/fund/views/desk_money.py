"""Money: who is paid, orders to pay, payments; the treasurer's page. A whole IBAN is read one at a time, with a trace."""

from typing import Any
from uuid import UUID

from flask import abort, request
from sqlalchemy import Select
from werkzeug.wrappers import Response

from civique.core import audit
from civique.core.access.secret import unseal
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.documents.tables import PAYMENTS, REPAYMENTS, TO_ORDER
from civique.modules.fund.forms import steps
from civique.modules.fund.models import FundApplication, Payment, Repayment
from civique.modules.fund.operations import payments, repayments
from civique.modules.fund.queries import desk as desk_queries
from civique.modules.fund.views.desk import application_or_404, blueprint
from civique.modules.fund.views.desk_file import PAGES
from civique.web.access import allow
from civique.web.cases import CaseForm
from civique.web.lists import paginate
from civique.web.pages import go, notice, page
from civique.web.tables import list_file
from civique.web.uploads import keep_upload
from tenants.db import db

VIEWS = {"to_order": _l("To order"), "ordered": _l("Ordered"), "paid": _l("Paid"), "to_collect": _l("To collect")}
"""Where money stands, in words."""


@blueprint.get("/versements")
@allow("fund.pay")
def money() -> Response:
    """What is to be ordered, what is ordered, what was paid, what is asked back."""
    view = request.args["etat"] if request.args.get("etat") in VIEWS else "to_order"
    lists = {"to_order": (desk_queries.to_order, TO_ORDER), "to_collect": (desk_queries.to_collect, REPAYMENTS)}
    read, columns = lists.get(view, (lambda: desk_queries.payments(view), PAYMENTS))
    query: Select[Any] = read()
    filters = ((_("State"), VIEWS[view]),)
    name = f"fonds-versements-{view.replace('_', '-')}"
    file = list_file(name, _("Payments of the fund"), columns, query, filters=filters)
    if file:
        return file
    return page(
        "fund/desk/money.html",
        block="rows",
        listing=paginate(query),
        view=view,
        counts=desk_queries.money_counts(db.session),
        labels=VIEWS,
    )


@blueprint.post("/demandes/<uuid:application_id>/beneficiaire")
@allow("fund.pay")
def payee(application_id: UUID) -> Response:
    """Say who is paid, and where."""
    form = steps.PayeeForm()
    said = _("The bank details are recorded. Only the end of the IBAN is shown.")
    return PAGES.act(
        application_id, form, lambda application: keep_payee(application, form, revision=form.revision.data), said
    )


def keep_payee(application: FundApplication, form: Any, revision: int | None = None) -> None:
    """Keep who is paid, and the paper that says so: the form of the applicant, or that of the mairie."""
    kept: dict[str, Any] = {"visibility": "staff", "permission": payments.PERMISSION}
    person_id, alternative = application.applicant_id, _("Bank details")
    file = keep_upload(form.file.data, person_id=person_id, alternative=alternative, **kept) if form.file.data else None
    payments.set_payee(
        db.session,
        application,
        form.kind.data,
        form.name.data or "",
        form.iban.data or "",
        bic=form.bic.data or "",
        why=form.why.data or "",
        file=file,
        revision=revision,
    )


@blueprint.post("/demandes/<uuid:application_id>/iban")
@allow("fund.pay")
def iban(application_id: UUID) -> Response:
    """The whole IBAN, for the order to pay. Each reading leaves a line in the audit trail."""
    application = application_or_404(application_id)
    if application.payee is None or not application.payee.iban_sealed:
        abort(404)
    try:
        number = unseal(application.payee.iban_sealed)
    except ValueError:
        notice(
            _("This account was written on another server and cannot be read here. Ask for the bank details again."),
            "stop",
        )
        return go("fund_desk.file", application_id=application_id)
    audit.record(db.session, "fund.iban_read", application)
    response = page(
        "fund/desk/iban.html",
        application=application,
        number=" ".join(number[i : i + 4] for i in range(0, len(number), 4)),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/demandes/<uuid:application_id>/versements")
@allow("fund.pay")
def order(application_id: UUID) -> Response:
    """Order a payment."""
    form = steps.PaymentForm()

    def run(application: FundApplication) -> None:
        if not form.amount_cents.data:
            raise Refused(_("Write an amount above zero."))
        payments.order_payment(
            db.session, application, form.amount_cents.data, form.kind.data, mandate=form.mandate.data or ""
        )

    return PAGES.act(application_id, form, run, _("The payment is ordered. Note it here once the treasurer has paid."))


@blueprint.post("/demandes/<uuid:application_id>/versements/<uuid:payment_id>/paye")
@allow("fund.pay")
def paid(application_id: UUID, payment_id: UUID) -> Response:
    """The treasurer paid."""
    form = steps.PaidForm()

    def run(application: FundApplication) -> None:
        assert form.on.data is not None, "the form asks for a day"
        payments.note_paid(
            db.session, application, _payment(application, payment_id), form.on.data, mandate=form.mandate.data or ""
        )

    return PAGES.act(application_id, form, run, _("The payment is noted and the applicant is told."))


@blueprint.post("/demandes/<uuid:application_id>/versements/<uuid:payment_id>/annuler")
@allow("fund.pay")
def cancel(application_id: UUID, payment_id: UUID) -> Response:
    """Take an order back before it is paid."""
    return PAGES.act(
        application_id,
        CaseForm(),
        lambda application: payments.cancel_payment(db.session, application, _payment(application, payment_id)),
        _("The order to pay is cancelled."),
    )


def _payment(application: FundApplication, payment_id: UUID) -> Payment:
    found = next((payment for payment in application.payments if payment.id == payment_id), None)
    if found is None:
        abort(404)
    return found


@blueprint.post("/demandes/<uuid:application_id>/reversements/<uuid:repayment_id>/encaisse")
@allow("fund.pay")
def repaid(application_id: UUID, repayment_id: UUID) -> Response:
    """The treasurer received what was asked back: it returns to the envelope."""
    form = steps.RepaidForm()

    def run(application: FundApplication) -> None:
        assert form.on.data is not None, "the form asks for a day"
        repayments.note_received(
            db.session, application, _repayment(application, repayment_id), form.on.data, form.reference.data or ""
        )

    return PAGES.act(application_id, form, run, _("Noted: the amount is back in the envelope."))


@blueprint.post("/demandes/<uuid:application_id>/reversements/<uuid:repayment_id>/abandonner")
@allow("fund.pay")
def waive(application_id: UUID, repayment_id: UUID) -> Response:
    """No longer ask it back."""
    form = steps.WaiveForm()
    return PAGES.act(
        application_id,
        form,
        lambda application: repayments.waive(
            db.session, application, _repayment(application, repayment_id), form.motive.data or ""
        ),
        _("Nothing is asked back any more."),
    )


def _repayment(application: FundApplication, repayment_id: UUID) -> Repayment:
    return next((one for one in application.repayments if one.id == repayment_id), None) or abort(404)
