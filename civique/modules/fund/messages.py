"""What the fund writes to the applicants of applications: by e-mail, or as a letter to print."""

from collections.abc import Sequence
from datetime import date
from typing import cast

from sqlalchemy.orm import object_session

from civique.core import clock
from civique.core.appeals import how_to_contest, silence_refuses
from civique.core.cases.messages import to_applicant
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date, money
from civique.core.messages.content import Content
from civique.modules.fund.models import Decision, FundApplication, Payee, Payment
from tenants.session import TenantSession

DECIDED = {
    "granted": "fund.application_granted",
    "partially_granted": "fund.application_partially_granted",
    "refused": "fund.application_refused",
}


@to_applicant("fund.application_received")
def received(application: FundApplication, due: date) -> Content:
    """Receipt: date, service, contact, and what silence would mean (art. L112-8 and R112-11-1 CRPA)."""
    return Content(
        subject=_("We received your request %(reference)s", reference=application.reference),
        paragraphs=(
            _(
                "Your request « %(title)s » reached the town hall on %(date)s.",
                title=application.title,
                date=long_date(_sent_on(application)),
            ),
            _("You will have an answer by %(date)s.", date=long_date(due)),
            *(
                (
                    _(
                        "Your project begins on %(day)s, perhaps before the answer. The fund does not help what begins before it: change the day, or call the town hall.",
                        day=long_date(application.starts_on),
                    ),
                )
                if application.starts_on is not None and application.starts_on <= due
                else ()
            ),
            *your_rights(application),
        ),
        lines=(
            (_("Reference"), str(application.reference)),
            (_("Amount asked"), money(application.amount_asked_cents)),
        ),
        action=(_("Follow my request"), f"/fonds/demandes/{application.id}"),
    )


def your_rights(application: FundApplication) -> tuple[str, ...]:
    """What the law says of silence on an application for money; nothing on one that asks none, where it does not apply."""
    return (silence_refuses(_sent_on(application)),) if application.amount_asked_cents else ()


def _sent_on(application: FundApplication) -> date:
    return clock.local(application.submitted_at).date() if application.submitted_at else clock.today()


@to_applicant("fund.application_inadmissible")
def inadmissible(application: FundApplication, motive: str) -> Content:
    """The application is outside the rules: why, and what to do."""
    return Content(
        subject=_("Your request %(reference)s cannot be examined", reference=application.reference),
        paragraphs=(
            _(
                "Your request « %(title)s » is outside the rules of the citizen initiative fund, for this reason:",
                title=application.title,
            ),
            motive,
            _("You can change your project and send another request, or ask the town hall to look at it again."),
            how_to_contest(_session_of(application), clock.today()),
        ),
        action=(_("See my request"), f"/fonds/demandes/{application.id}"),
    )


def _session_of(application: FundApplication) -> TenantSession:
    return cast(TenantSession, object_session(application))


def decided(session: TenantSession, application: FundApplication, decision: Decision) -> None:
    """The decision: the amount, or the reason of the refusal."""
    to_applicant(DECIDED[decision.kind])(_decision)(session, application, decision)


def _decision(application: FundApplication, decision: Decision) -> Content:
    return Content(
        subject=_subject(application, decision),
        paragraphs=_paragraphs(application, decision),
        lines=_lines(application, decision),
        action=(_("See the decision"), f"/fonds/demandes/{application.id}"),
    )


@to_applicant("fund.application_adjourned")
def adjourned(application: FundApplication, motive: str) -> Content:
    """The decision is put off: why, and that the application still stands."""
    return Content(
        subject=_("The decision on your request %(reference)s is put off", reference=application.reference),
        paragraphs=(
            _(
                "Your request « %(title)s » was examined. The decision is put off, for this reason:",
                title=application.title,
            ),
            motive,
            _("You have nothing to send again: your request stays in the queue and you will receive the decision."),
        ),
        action=(_("See my request"), f"/fonds/demandes/{application.id}"),
    )


@to_applicant("fund.application_to_complete")
def to_complete(application: FundApplication, labels: Sequence[str]) -> Content:
    """Something is missing: the list, and how to give it."""
    return Content(
        subject=_("Your request %(reference)s needs something more", reference=application.reference),
        paragraphs=(
            _("Your request « %(title)s » was read. Before it can be examined, we need this:", title=application.title),
            *(f"– {label}" for label in labels),
            _("Give it on the page of your request, or bring it to the town hall. Nothing else has to be sent again."),
        ),
        action=(_("Complete my request"), f"/fonds/demandes/{application.id}"),
    )


@to_applicant("fund.application_lapsed")
def lapsed(application: FundApplication, motive: str, asked_back_cents: int = 0) -> Content:
    """The application goes no further; what was paid, if anything, is asked back."""
    return Content(
        subject=_("Your request %(reference)s is closed", reference=application.reference),
        paragraphs=(
            _("Your request « %(title)s » goes no further, for this reason:", title=application.title),
            motive,
            *_to_give_back(asked_back_cents),
            _("You can send another one while the fund is open. The town hall will gladly help you to prepare it."),
        ),
        action=(_("See my request"), f"/fonds/demandes/{application.id}"),
    )


def keep_receipts() -> tuple[str, ...]:
    """What to think of from the first day, said once both sides have signed."""
    return (
        _(
            "Keep your receipts and take a few photos: after the project you tell in a few lines what you did and what you spent."
        ),
    )


def after_a_breach(session: TenantSession, asked_back_cents: int) -> tuple[str, ...]:
    """What was paid, if anything, is asked back; how to contest."""
    return (*_to_give_back(asked_back_cents), how_to_contest(session, clock.today()))


@to_applicant("fund.payee_changed")
def payee_changed(application: FundApplication, payee: Payee) -> Content:
    """Another account will be paid."""
    return Content(
        subject=_("The account to pay has changed: « %(title)s »", title=application.title),
        paragraphs=(
            _(
                "The grant of your project will be paid to %(name)s, on the account ending in %(end)s.",
                name=payee.name,
                end=payee.iban_end,
            ),
            _("If neither you nor somebody of your group asked for it, call the town hall at once."),
        ),
        action=(_("See my request"), f"/fonds/demandes/{application.id}"),
    )


@to_applicant("fund.payment_made")
def paid(application: FundApplication, payment: Payment) -> Content:
    """Money was sent."""
    return Content(
        subject=_("%(amount)s were paid for your project", amount=money(payment.amount_cents)),
        paragraphs=(
            _(
                "The treasurer paid the grant of your project « %(title)s ». It reaches the account in a few days.",
                title=application.title,
            ),
        ),
        lines=(
            (_("Amount"), money(payment.amount_cents)),
            (_("Paid to"), payment.payee_name),
            (_("Account ending in"), payment.iban_end),
        ),
        action=(_("Follow my project"), f"/fonds/demandes/{application.id}"),
    )


@to_applicant("fund.report_received")
def report_received(application: FundApplication) -> Content:
    """Receipt of a report."""
    return Content(
        subject=_("We received the report of your project « %(title)s »", title=application.title),
        paragraphs=(_("Thank you. The town hall reads it and then closes the file. You will be told."),),
        action=(_("Follow my project"), f"/fonds/demandes/{application.id}"),
    )


@to_applicant("fund.report_incomplete")
def report_incomplete(application: FundApplication, motive: str) -> Content:
    """Something is missing in a report."""
    return Content(
        subject=_("Your report needs something more: « %(title)s »", title=application.title),
        paragraphs=(_("The town hall read your report. Something is missing:"), motive),
        action=(_("Complete my report"), f"/fonds/demandes/{application.id}"),
    )


@to_applicant("fund.application_settled")
def settled(application: FundApplication, returned_cents: int, asked_back_cents: int = 0) -> Content:
    """The file is closed, with thanks; what was not used is said, and what is to be given back."""
    return Content(
        subject=_("Your project « %(title)s » is over: thank you", title=application.title),
        paragraphs=(
            _("The town hall accepted your report and closed the file. Thank you for what you did for the commune."),
            *(
                (_("%(amount)s were not used and come back to the fund.", amount=money(returned_cents)),)
                if returned_cents
                else ()
            ),
            *_to_give_back(asked_back_cents),
        ),
        action=(_("See my project"), f"/fonds/demandes/{application.id}"),
    )


def _to_give_back(cents: int) -> tuple[str, ...]:
    if not cents:
        return ()
    return (
        _(
            "%(amount)s were paid and not spent: they go back to the fund. The public treasury will write to whoever was paid; there is nothing to send before its letter.",
            amount=money(cents),
        ),
    )


@to_applicant("fund.decision_corrected")
def corrected(application: FundApplication, decision: Decision, because: str) -> Content:
    """A mistaken decision was replaced: what was wrong, what is true now."""
    return Content(
        subject=_("Correction of the decision on your request %(reference)s", reference=application.reference),
        paragraphs=(
            _("The decision that you received held a mistake. This one replaces it. Please excuse us."),
            because,
            *_paragraphs(application, decision),
        ),
        lines=_lines(application, decision),
        action=(_("See the decision"), f"/fonds/demandes/{application.id}"),
    )


def _subject(application: FundApplication, decision: Decision) -> str:
    if decision.kind == "refused":
        return _("Answer to your request %(reference)s", reference=application.reference)
    return _("Your project is helped: %(amount)s", amount=_granted(decision))


def _granted(decision: Decision) -> str:
    """What is granted, money first, then the rest."""
    parts = [money(decision.amount_cents)] if decision.amount_cents else []
    return ", ".join([*parts, decision.in_kind] if decision.in_kind else parts)


def _paragraphs(application: FundApplication, decision: Decision) -> tuple[str, ...]:
    contest = how_to_contest(_session_of(application), clock.local(decision.decided_at).date())
    if decision.kind == "refused":
        return (
            _("Your request « %(title)s » was examined. It is not accepted, for this reason:", title=application.title),
            decision.motive,
            contest,
        )
    granted = _granted(decision)
    first = _(
        "Good news: the town hall grants %(amount)s to your project « %(title)s ».",
        amount=granted,
        title=application.title,
    )
    if decision.kind == "granted":
        return (first, *((decision.motive,) if decision.motive else ()))
    return (first, _("This is a part of what you asked, for this reason:"), decision.motive, contest)


def _lines(application: FundApplication, decision: Decision) -> tuple[tuple[str, str], ...]:
    return (
        (_("Reference"), str(application.reference)),
        (_("Amount asked"), money(application.amount_asked_cents)),
        (_("Amount granted"), money(decision.amount_cents)),
        *(((_("Given beside money"), decision.in_kind),) if decision.in_kind else ()),
    )


@to_applicant("fund.reminder_report_due")
def report_due(application: FundApplication, due: date) -> Content:
    """The report is due in two weeks."""
    day = long_date(due)
    return _reminder(
        application,
        _("The report of your project « %(title)s » is due soon", title=application.title),
        _("Please send the report of your project by %(day)s.", day=day),
        _("Has the project not taken place yet? Tell us, we change the dates."),
    )


@to_applicant("fund.reminder_report_late")
def report_late(application: FundApplication, due: date) -> Content:
    """The report is late: another request waits for it (FON-09)."""
    day = long_date(due)
    return _reminder(
        application,
        _("The report of your project « %(title)s » is late", title=application.title),
        _("We expected the report of your project by %(day)s.", day=day),
        _("While it is missing, you cannot ask the fund again."),
    )


def _reminder(application: FundApplication, subject: str, first: str, last: str) -> Content:
    help_ = _(
        "Tell in a few lines what you did and what you spent, and add photos if you have some. It takes ten minutes; the town hall can write it with you."
    )
    action = (_("Write my report"), f"/fonds/demandes/{application.id}")
    return Content(subject=subject, paragraphs=(first, help_, last), action=action)


@to_applicant("fund.reminder_to_complete")
def still_to_complete(application: FundApplication, until: date) -> Content:
    """What is missing was asked a month ago; without it the application lapses after a day."""
    wanted = [f"– {item.label}" for item in application.missing if item.given_at is None]
    return Content(
        subject=_("Your request %(reference)s still waits for something", reference=application.reference),
        paragraphs=(
            _("We cannot examine your request « %(title)s » yet. We still need:", title=application.title),
            *wanted,
            _(
                "Give it on the page of your request, or bring it to the town hall, before %(day)s. Otherwise the request is closed; you can send another one.",
                day=long_date(until),
            ),
        ),
        action=(_("Complete my request"), f"/fonds/demandes/{application.id}"),
    )
