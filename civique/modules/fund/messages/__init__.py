"""What the fund writes to the holders of requests: by e-mail, or as a letter to print."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from civique.core import clock, i18n
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to
from civique.modules.fund.models import Decision, FundRequest, Payee, Payment
from civique.services.identifiers import format_amount
from tenants.session import TenantSession

# Silence for two months on a request for money is a refusal (art. L231-4, 3° CRPA).
SILENCE = timedelta(days=61)
DECIDED = {
    "granted": "fund.request_granted",
    "partially_granted": "fund.request_partially_granted",
    "refused": "fund.request_refused",
}


def received(session: TenantSession, request: FundRequest, due: date) -> None:
    """Receipt: date, service, contact, and what silence would mean (art. L112-8 and R112-11-1 CRPA)."""
    silence = clock.today() + SILENCE
    _write(
        session,
        request,
        "fund.request_received",
        lambda: Content(
            subject=_("We received your request %(reference)s", reference=request.reference),
            paragraphs=(
                _(
                    "Your request « %(title)s » reached the town hall on %(date)s.",
                    title=request.title,
                    date=long_date(clock.today()),
                ),
                _(
                    "You will have an answer by %(due)s. Without an answer by %(silence)s, the law counts it as refused, and you may contest it for two months.",
                    due=long_date(due),
                    silence=long_date(silence),
                ),
            ),
            lines=(
                (_("Reference"), str(request.reference)),
                (_("Amount asked"), _money(request.amount_asked_cents)),
            ),
            action=(_("Follow my request"), f"/fonds/demandes/{request.id}"),
            reason=_reason(),
        ),
    )


def inadmissible(session: TenantSession, request: FundRequest, motive: str) -> None:
    """The request is outside the rules: why, and what to do."""
    _write(
        session,
        request,
        "fund.request_inadmissible",
        lambda: Content(
            subject=_("Your request %(reference)s cannot be examined", reference=request.reference),
            paragraphs=(
                _(
                    "Your request « %(title)s » is outside the rules of the citizen initiative fund, for this reason:",
                    title=request.title,
                ),
                motive,
                _("You can change your project and send another request, or ask the town hall to look at it again."),
                _contest(),
            ),
            action=(_("See my request"), f"/fonds/demandes/{request.id}"),
            reason=_reason(),
        ),
    )


def decided(session: TenantSession, request: FundRequest, decision: Decision) -> None:
    """The decision: the amount, or the reason of the refusal."""
    _write(
        session,
        request,
        DECIDED[decision.kind],
        lambda: Content(
            subject=_subject(request, decision),
            paragraphs=_paragraphs(request, decision),
            lines=_lines(request, decision),
            action=(_("See the decision"), f"/fonds/demandes/{request.id}"),
            reason=_reason(),
        ),
    )


def adjourned(session: TenantSession, request: FundRequest, motive: str) -> None:
    """The decision is put off: why, and that the request still stands."""
    _write(
        session,
        request,
        "fund.request_adjourned",
        lambda: Content(
            subject=_("The decision on your request %(reference)s is put off", reference=request.reference),
            paragraphs=(
                _(
                    "Your request « %(title)s » was examined. The decision is put off, for this reason:",
                    title=request.title,
                ),
                motive,
                _("You have nothing to send again: your request stays in the queue and you will receive the decision."),
            ),
            action=(_("See my request"), f"/fonds/demandes/{request.id}"),
            reason=_reason(),
        ),
    )


def to_complete(session: TenantSession, request: FundRequest, labels: Sequence[str]) -> None:
    """Something is missing: the list, and how to give it."""
    _write(
        session,
        request,
        "fund.request_to_complete",
        lambda: Content(
            subject=_("Your request %(reference)s needs something more", reference=request.reference),
            paragraphs=(
                _("Your request « %(title)s » was read. Before it can be examined, we need this:", title=request.title),
                *(f"– {label}" for label in labels),
                _(
                    "Give it on the page of your request, or bring it to the town hall. Nothing else has to be sent again."
                ),
            ),
            action=(_("Complete my request"), f"/fonds/demandes/{request.id}"),
            reason=_reason(),
        ),
    )


def lapsed(session: TenantSession, request: FundRequest, motive: str, asked_back_cents: int = 0) -> None:
    """The request goes no further; what was paid, if anything, is asked back."""
    _write(
        session,
        request,
        "fund.request_lapsed",
        lambda: Content(
            subject=_("Your request %(reference)s is closed", reference=request.reference),
            paragraphs=(
                _("Your request « %(title)s » goes no further, for this reason:", title=request.title),
                motive,
                *_to_give_back(asked_back_cents),
                _("You can send another one while the fund is open. The town hall will gladly help you to prepare it."),
            ),
            action=(_("See my request"), f"/fonds/demandes/{request.id}"),
            reason=_reason(),
        ),
    )


def keep_receipts() -> tuple[str, ...]:
    """What to think of from the first day, said once both sides have signed."""
    return (
        _(
            "Keep your receipts and take a few photos: after the project you tell in a few lines what you did and what you spent."
        ),
    )


def after_a_breach(asked_back_cents: int) -> tuple[str, ...]:
    """What was paid, if anything, is asked back; how to contest."""
    return (*_to_give_back(asked_back_cents), _contest())


def payee_changed(session: TenantSession, request: FundRequest, payee: Payee) -> None:
    """Another account will be paid."""
    _write(
        session,
        request,
        "fund.payee_changed",
        lambda: Content(
            subject=_("The account to pay has changed: « %(title)s »", title=request.title),
            paragraphs=(
                _(
                    "The grant of your project will be paid to %(name)s, on the account ending in %(end)s.",
                    name=payee.name,
                    end=payee.iban_end,
                ),
                _("If neither you nor somebody of your group asked for it, call the town hall at once."),
            ),
            action=(_("See my request"), f"/fonds/demandes/{request.id}"),
            reason=_reason(),
        ),
    )


def paid(session: TenantSession, request: FundRequest, payment: Payment) -> None:
    """Money was sent."""
    _write(
        session,
        request,
        "fund.payment_made",
        lambda: Content(
            subject=_("%(amount)s were paid for your project", amount=_money(payment.amount_cents)),
            paragraphs=(
                _(
                    "The treasurer paid the grant of your project « %(title)s ». It reaches the account in a few days.",
                    title=request.title,
                ),
            ),
            lines=(
                (_("Amount"), _money(payment.amount_cents)),
                (_("Paid to"), payment.payee_name),
                (_("Account ending in"), payment.iban_end),
            ),
            action=(_("Follow my project"), f"/fonds/demandes/{request.id}"),
            reason=_reason(),
        ),
    )


def report_received(session: TenantSession, request: FundRequest) -> None:
    """Receipt of a report."""
    _write(
        session,
        request,
        "fund.report_received",
        lambda: Content(
            subject=_("We received the report of your project « %(title)s »", title=request.title),
            paragraphs=(_("Thank you. The town hall reads it and then closes the file. You will be told."),),
            action=(_("Follow my project"), f"/fonds/demandes/{request.id}"),
            reason=_reason(),
        ),
    )


def report_incomplete(session: TenantSession, request: FundRequest, motive: str) -> None:
    """Something is missing in a report."""
    _write(
        session,
        request,
        "fund.report_incomplete",
        lambda: Content(
            subject=_("Your report needs something more: « %(title)s »", title=request.title),
            paragraphs=(_("The town hall read your report. Something is missing:"), motive),
            action=(_("Complete my report"), f"/fonds/demandes/{request.id}"),
            reason=_reason(),
        ),
    )


def settled(session: TenantSession, request: FundRequest, returned_cents: int, asked_back_cents: int = 0) -> None:
    """The file is closed, with thanks; what was not used is said, and what is to be given back."""
    _write(
        session,
        request,
        "fund.request_settled",
        lambda: Content(
            subject=_("Your project « %(title)s » is over: thank you", title=request.title),
            paragraphs=(
                _(
                    "The town hall accepted your report and closed the file. Thank you for what you did for the commune."
                ),
                *(
                    (_("%(amount)s were not used and come back to the fund.", amount=_money(returned_cents)),)
                    if returned_cents
                    else ()
                ),
                *_to_give_back(asked_back_cents),
            ),
            action=(_("See my project"), f"/fonds/demandes/{request.id}"),
            reason=_reason(),
        ),
    )


def _to_give_back(cents: int) -> tuple[str, ...]:
    if not cents:
        return ()
    return (
        _(
            "%(amount)s were paid and not spent: they go back to the fund. The public treasury will write to whoever was paid; there is nothing to send before its letter.",
            amount=_money(cents),
        ),
    )


def corrected(session: TenantSession, request: FundRequest, decision: Decision, because: str) -> None:
    """A mistaken decision was replaced: what was wrong, what is true now."""
    _write(
        session,
        request,
        "fund.decision_corrected",
        lambda: Content(
            subject=_("Correction of the decision on your request %(reference)s", reference=request.reference),
            paragraphs=(
                _("The decision that you received held a mistake. This one replaces it. Please excuse us."),
                because,
                *_paragraphs(request, decision),
            ),
            lines=_lines(request, decision),
            action=(_("See the decision"), f"/fonds/demandes/{request.id}"),
            reason=_reason(),
        ),
    )


def _subject(request: FundRequest, decision: Decision) -> str:
    if decision.kind == "refused":
        return _("Answer to your request %(reference)s", reference=request.reference)
    return _("Your project is helped: %(amount)s", amount=_granted(decision))


def _granted(decision: Decision) -> str:
    """What is granted, money first, then the rest."""
    parts = [_money(decision.amount_cents)] if decision.amount_cents else []
    return ", ".join([*parts, decision.in_kind] if decision.in_kind else parts)


def _paragraphs(request: FundRequest, decision: Decision) -> tuple[str, ...]:
    if decision.kind == "refused":
        return (
            _("Your request « %(title)s » was examined. It is not accepted, for this reason:", title=request.title),
            decision.motive,
            _contest(),
        )
    granted = _granted(decision)
    first = _(
        "Good news: the town hall grants %(amount)s to your project « %(title)s ».", amount=granted, title=request.title
    )
    if decision.kind == "granted":
        return (first, *((decision.motive,) if decision.motive else ()))
    return (first, _("This is a part of what you asked, for this reason:"), decision.motive, _contest())


def _lines(request: FundRequest, decision: Decision) -> tuple[tuple[str, str], ...]:
    return (
        (_("Reference"), str(request.reference)),
        (_("Amount asked"), _money(request.amount_asked_cents)),
        (_("Amount granted"), _money(decision.amount_cents)),
        *(((_("Given beside money"), decision.in_kind),) if decision.in_kind else ()),
    )


def _contest() -> str:
    return _(
        "If you disagree, write to the mayor within two months, or go to the administrative court (www.telerecours.fr)."
    )


def _reason() -> str:
    return _("You receive this message because you asked the citizen initiative fund for help.")


def _money(cents: int) -> str:
    return format_amount(cents, i18n.get_locale())


def _write(session: TenantSession, request: FundRequest, kind: str, content: Callable[[], Content]) -> None:
    if request.holder is not None:
        write_to(session, request.holder, kind, content, about=request)
