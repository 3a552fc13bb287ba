"""What is written to applicants about their agreements: by e-mail, or as a letter to print."""

from collections.abc import Callable
from itertools import chain
from typing import Any

from civique.core.agreements.declarations import AgreementSubject, Described
from civique.core.agreements.events import AgreementBroken, AgreementSigned
from civique.core.agreements.models import Agreement, UpkeepCheck
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date, money
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to, write_to_address
from civique.core.people.models import Person
from tenants.session import TenantSession


def page_of(agreement: Agreement) -> str:
    """Page where the applicant reads an agreement and signs it."""
    return f"/conventions/{agreement.id}"


def to_sign(session: TenantSession, agreement: Agreement, subject: AgreementSubject, row: Any) -> None:
    """The agreement is ready to be signed."""

    def words(described: Described) -> Content:
        paid = agreement.amount_cents > 0
        return Content(
            subject=_("Your agreement is ready to sign: « %(title)s »", title=agreement.title),
            paragraphs=(
                _(
                    "The agreement of your project says in one page what you undertake and what the town hall undertakes."
                ),
                _(
                    "Read it, then sign it on the site with a code that we send you, or come and sign it on paper at the town hall."
                ),
                *((_("The money can be paid once both sides have signed."),) if paid else ()),
            ),
            lines=(
                (_("Reference"), agreement.reference),
                *(((_("Amount"), money(agreement.amount_cents)),) if paid else ()),
            ),
            action=(_("Read and sign"), page_of(agreement)),
            reason=described.reason,
        )

    _write(session, subject, row, "agreement.to_sign", words)


def sign_code(session: TenantSession, person: Person, agreement: Agreement, digits: str) -> None:
    """Six digits to sign an agreement, to the person's own address."""
    assert person.email is not None, "the caller checked"
    spaced = f"{digits[:3]} {digits[3:]}"
    write_to_address(
        session,
        person.email.address,
        "agreement.sign_code",
        lambda: Content(
            subject=_("Your code to sign: %(code)s", code=spaced),
            paragraphs=(
                _(
                    "Here is the code to sign the agreement « %(title)s ». It is valid for 15 minutes and serves once.",
                    title=agreement.title,
                ),
                _("If you did not ask for it, do nothing: without this code, nothing is signed."),
            ),
            code=spaced,
            reason=_("You receive this message because you asked to sign an agreement with the town hall."),
        ),
        locale=person.locale,
        secret=True,
    )


def signed(session: TenantSession, happened: AgreementSigned, subject: AgreementSubject) -> None:
    """Both sides have signed: go."""
    agreement = happened.agreement
    _write(
        session,
        subject,
        happened.about,
        "agreement.signed",
        lambda described: Content(
            subject=_("Your project can begin: « %(title)s »", title=agreement.title),
            paragraphs=(
                _(
                    "Both sides have signed the agreement %(reference)s. Your project can begin.",
                    reference=agreement.reference,
                ),
                *chain.from_iterable(more() for more in happened.paragraphs),
            ),
            action=(_("Follow my project"), described.path),
            reason=described.reason,
        ),
    )


def broken(session: TenantSession, happened: AgreementBroken, subject: AgreementSubject) -> None:
    """The agreement is broken off."""
    agreement = happened.agreement
    _write(
        session,
        subject,
        happened.about,
        "agreement.broken",
        lambda described: Content(
            subject=_("The agreement of your project « %(title)s » ends", title=agreement.title),
            paragraphs=(
                _("The town hall ends the agreement of your project, for this reason:"),
                happened.because,
                *chain.from_iterable(more() for more in happened.paragraphs),
            ),
            action=(_("See my request"), described.path),
            reason=described.reason,
        ),
    )


def unsigned(session: TenantSession, agreement: Agreement, subject: AgreementSubject, row: Any) -> None:
    """The agreement waits for the applicant's signature."""
    _write(
        session,
        subject,
        row,
        "agreement.reminder_to_sign",
        lambda described: Content(
            subject=_("Your agreement waits for your signature: « %(title)s »", title=agreement.title),
            paragraphs=(
                _(
                    "The agreement for your project has been ready for two weeks. The money can be paid once it is signed."
                )
                if agreement.amount_cents
                else _("The agreement for your project has been ready for two weeks."),
                _(
                    "Sign it on the site with a code, or come and sign it on paper at the town hall. If something in it is not right, tell us."
                ),
            ),
            action=(_("Read and sign"), page_of(agreement)),
            reason=described.reason,
        ),
    )


def visit(session: TenantSession, check: UpkeepCheck, subject: AgreementSubject, row: Any) -> None:
    """Somebody comes to see whether what was made is looked after."""
    title, due = check.agreement.title, check.due_on
    _write(
        session,
        subject,
        row,
        "agreement.reminder_upkeep",
        lambda described: Content(
            subject=_("A visit around %(day)s: « %(title)s »", day=long_date(due, weekday=False), title=title),
            paragraphs=(
                _(
                    "As the agreement says, you look after what was made. Somebody of the town hall comes to see it around %(day)s.",
                    day=long_date(due),
                ),
                _("Do you need help, a tool, a hand? Tell us before: we look for a solution with you."),
            ),
            action=(_("See my project"), described.path),
            reason=described.reason,
        ),
        about=check,
    )


def _write(
    session: TenantSession,
    subject: AgreementSubject,
    row: Any,
    kind: str,
    content: Callable[[Described], Content],
    about: Any = None,
) -> None:
    """Write to the applicant of an object, in their language; nobody, when none is left."""
    applicant = subject.describe(session, row).applicant
    if applicant is not None:
        write_to(session, applicant, kind, lambda: content(subject.describe(session, row)), about=about or row)
