"""Money: who is paid, orders to pay, payments. Never before the agreement (FON-09), never above what is granted."""

from datetime import date

from sqlalchemy import or_, select

from civique.core import audit, clock
from civique.core.access.secret import seal
from civique.core.cases.models import MissingItem
from civique.core.documents.events import FileRead
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import drop_file
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date, money
from civique.core.refused import Refused
from civique.modules.fund import messages
from civique.modules.fund.models import PAYABLE, FundApplication, Payee, Payment
from civique.modules.fund.operations.course import lock, lock_fund, refuse_linked
from tenants.session import TenantSession


def set_payee(
    session: TenantSession,
    application: FundApplication,
    kind: str,
    name: str,
    iban: str,
    *,
    bic: str = "",
    why: str = "",
    file: StoredFile | None = None,
    revision: int | None = None,
) -> Payee:
    """Say who is paid and where; when it changes, the applicant is told: it may not be them who changed it.

    The IBAN (normal form, checked by the form) is sealed; only its end is shown. The paper of another account goes.

    Raises:
        Refused: ``whose_account``, a group without legal form has no account; ``payee_why``, somebody else is paid (one
            person for such a group, a third party, a supplier) without the reason; ``payee_ordered``, the treasurer holds
            an order for the account that is known. StaleDataError: somebody changed the file since it was read.
    """
    organisation = application.organisation
    if kind == "organisation" and (organisation is None or organisation.is_informal):
        sentence = _("A group without legal form has no account of its own: say who is paid for it, and why.")
        raise Refused(sentence, "kind", rule="whose_account")
    for_a_group = organisation is not None and organisation.is_informal
    if (kind in {"third_party", "supplier"} or for_a_group) and not why.strip():
        raise Refused(_("Say why somebody else is paid."), "why", rule="payee_why")
    lock(session, application, revision)
    if any(payment.state == "ordered" for payment in application.payments):
        raise Refused(
            _(
                "A payment is ordered on the account that is known. Cancel the order, or note it as paid, before another account is written."
            ),
            rule="payee_ordered",
        )
    changed = application.payee is not None
    if application.payee is None:
        application.payee = Payee(kind=kind, name=name)
    payee = application.payee
    payee.kind, payee.name, payee.bic, payee.why, payee.changed_at = kind, name, bic, why, clock.now()
    stale = payee.file if file is not None or payee.iban_end != iban[-4:] else None
    payee.iban_sealed, payee.iban_end = seal(iban), iban[-4:]
    if file is not None or stale is not None:
        payee.file = file
    session.flush()
    if stale is not None:
        drop_file(session, stale)
    audit.record(session, "fund.payee_set", application, kind=kind)
    if changed:
        messages.payee_changed(session, application, payee)
    return payee


def order_payment(
    session: TenantSession, application: FundApplication, amount_cents: int, kind: str, mandate: str = ""
) -> Payment:
    """Order a payment (mandat), for the treasurer to make.

    Raises:
        Refused: FON-09 before the agreement is signed by both sides, ``no_payee``, ``more_than_granted``; FON-07.
    """
    lock_fund(session, application)
    lock(session, application)
    refuse_linked(session, application)
    if application.state not in PAYABLE:
        raise Refused(_("No payment before both sides have signed the agreement."), rule="FON-09")
    if application.payee is None or not application.payee.iban_sealed:
        raise Refused(_("Say who is paid, and the account, first."), rule="no_payee")
    session.expire(application, ["payments", "returns", "repayments"])
    left = application.granted_cents - application.returned_cents - _committed(application)
    if amount_cents > left:
        raise Refused(
            _("Only %(left)s remain to be paid for this project.", left=money(left)),
            "amount_cents",
            rule="more_than_granted",
        )
    payment = Payment(
        kind=kind,
        amount_cents=amount_cents,
        payee_name=application.payee.name,
        iban_end=application.payee.iban_end,
        mandate=mandate,
        ordered_on=clock.today(),
    )
    application.payments.append(payment)
    session.flush()
    audit.record(session, "fund.payment_ordered", application, cents=amount_cents, kind=kind)
    return payment


def _committed(application: FundApplication) -> int:
    ordered = sum(payment.amount_cents for payment in application.payments if payment.state != "cancelled")
    return ordered - application.repaid_cents


def note_paid(
    session: TenantSession, application: FundApplication, payment: Payment, on: date, mandate: str = ""
) -> None:
    """The treasurer paid; the applicant is told. Noting it twice changes nothing.

    Raises:
        Refused: ``payment_cancelled``; ``paid_early``, a day before the order; FON-07.
    """
    lock(session, application)
    refuse_linked(session, application)
    session.refresh(payment, with_for_update=True)
    if payment.state == "paid":
        return
    if payment.state == "cancelled":
        raise Refused(_("This order was cancelled. Order another payment."), rule="payment_cancelled")
    if on < payment.ordered_on or on > clock.today():
        raise Refused(
            _("Between the order (%(ordered_on)s) and today.", ordered_on=long_date(payment.ordered_on)),
            "on",
            rule="paid_early",
        )
    payment.state, payment.paid_on, payment.mandate = "paid", on, mandate or payment.mandate
    session.flush()
    audit.record(session, "fund.payment_paid", application, cents=payment.amount_cents)
    messages.paid(session, application, payment)


def cancel_payment(session: TenantSession, application: FundApplication, payment: Payment) -> None:
    """An order is taken back before it is paid.

    Raises:
        Refused: ``payment_done``, it is paid already.
    """
    lock(session, application)
    session.refresh(payment, with_for_update=True)
    if payment.state == "paid":
        raise Refused(
            _("It is paid already. What is not spent is asked back when the file is closed."), rule="payment_done"
        )
    payment.state = "cancelled"
    session.flush()
    audit.record(session, "fund.payment_cancelled", application, cents=payment.amount_cents)


def need_no_payment(application: FundApplication) -> None:
    """What is closed must have no order on its way.

    Raises:
        Refused: ``payment_waits``.
    """
    if any(payment.state == "ordered" for payment in application.payments):
        raise Refused(_("A payment is on its way. Note it as paid, or cancel it, first."), rule="payment_waits")


PERMISSION = "fund.pay"
"""What reading bank papers asks: by who pays, and each reading leaves a trace, as reading the IBAN does."""


def permission_for(item: MissingItem) -> str:
    """Permission to read the paper that answers something missing."""
    return PERMISSION if item.bank else "fund.read"


def note_reading(session: TenantSession, happened: FileRead) -> None:
    """Note that bank details were opened, on the application that they belong to; on the file itself once others replaced
    them."""
    if happened.file.permission != PERMISSION:
        return
    paid = select(Payee.application_id).where(Payee.file_id == happened.file.id)
    asked = select(MissingItem.object_id).where(MissingItem.file_id == happened.file.id)
    query = select(FundApplication).where(or_(FundApplication.id.in_(paid), FundApplication.id.in_(asked)))
    application = session.scalars(query).unique().one_or_none()
    audit.record(session, "fund.bank_paper_read", application or happened.file)
