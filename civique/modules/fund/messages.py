"""What the fund writes to the holders of requests: by e-mail, or as a letter to print."""

from collections.abc import Callable
from datetime import date, timedelta

from civique.core import clock, i18n
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to
from civique.modules.fund.models import Decision, FundRequest
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
    _write(session, request, "fund.request_received", lambda: Content(
        subject=_("We received your request %(reference)s", reference=request.reference),
        paragraphs=(
            _("Your request « %(title)s » reached the town hall on %(date)s.", title=request.title, date=long_date(clock.today())),
            _("You will have an answer by %(due)s. Without an answer by %(silence)s, the law counts it as refused, and you may contest it for two months.", due=long_date(due), silence=long_date(silence)),
        ),
        lines=(
            (_("Reference"), str(request.reference)),
            (_("Amount asked"), _money(request.amount_asked_cents)),
        ),
        action=(_("Follow my request"), f"/fonds/demandes/{request.id}"),
        reason=_reason(),
    ))  # fmt: skip


def inadmissible(session: TenantSession, request: FundRequest, motive: str) -> None:
    """The request is outside the rules: why, and what to do."""
    _write(session, request, "fund.request_inadmissible", lambda: Content(
        subject=_("Your request %(reference)s cannot be examined", reference=request.reference),
        paragraphs=(
            _("Your request « %(title)s » is outside the rules of the citizen initiative fund, for this reason:", title=request.title),
            motive,
            _("You can change your project and send another request, or ask the town hall to look at it again."),
            _contest(),
        ),
        action=(_("See my request"), f"/fonds/demandes/{request.id}"),
        reason=_reason(),
    ))  # fmt: skip


def decided(session: TenantSession, request: FundRequest, decision: Decision) -> None:
    """The decision: the amount, or the reason of the refusal."""
    _write(session, request, DECIDED[decision.kind], lambda: Content(
        subject=_subject(request, decision),
        paragraphs=_paragraphs(request, decision),
        lines=_lines(request, decision),
        action=(_("See the decision"), f"/fonds/demandes/{request.id}"),
        reason=_reason(),
    ))  # fmt: skip


def corrected(session: TenantSession, request: FundRequest, decision: Decision, because: str) -> None:
    """A mistaken decision was replaced: what was wrong, what is true now."""
    _write(session, request, "fund.decision_corrected", lambda: Content(
        subject=_("Correction of the decision on your request %(reference)s", reference=request.reference),
        paragraphs=(
            _("The decision that you received held a mistake. This one replaces it. Please excuse us."),
            because,
            *_paragraphs(request, decision),
        ),
        lines=_lines(request, decision),
        action=(_("See the decision"), f"/fonds/demandes/{request.id}"),
        reason=_reason(),
    ))  # fmt: skip


def _subject(request: FundRequest, decision: Decision) -> str:
    if decision.kind == "refused":
        return _("Answer to your request %(reference)s", reference=request.reference)
    return _("Your project is helped: %(amount)s", amount=_money(decision.amount_cents))


def _paragraphs(request: FundRequest, decision: Decision) -> tuple[str, ...]:
    if decision.kind == "refused":
        return (
            _("Your request « %(title)s » was examined. It is not accepted, for this reason:", title=request.title),
            decision.motive,
            _contest(),
        )
    first = _("Good news: the town hall grants %(amount)s to your project « %(title)s ».", amount=_money(decision.amount_cents), title=request.title)  # fmt: skip
    if decision.kind == "granted":
        return (first, *((decision.motive,) if decision.motive else ()))
    return (first, _("This is a part of what you asked, for this reason:"), decision.motive, _contest())


def _lines(request: FundRequest, decision: Decision) -> tuple[tuple[str, str], ...]:
    return (
        (_("Reference"), str(request.reference)),
        (_("Amount asked"), _money(request.amount_asked_cents)),
        (_("Amount granted"), _money(decision.amount_cents)),
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
