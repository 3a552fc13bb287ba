"""Signing with six digits received by e-mail: the applicant proves the address, the text is the one that was read."""

from uuid import UUID

from civique.core.access import codes
from civique.core.access.models import SignInCode
from civique.core.agreements import messages
from civique.core.agreements.models import Agreement, Signature
from civique.core.agreements.operations import not_open, sign_agreement
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.refused import Refused
from tenants.session import TenantSession

PURPOSE = "sign"


def send_sign_code(
    session: TenantSession, person: Person, agreement: Agreement, after: UUID | None = None
) -> SignInCode:
    """Send a code to sign an agreement to the person's proven address; ``after`` is the one that was asked before.

    Raises:
        Refused: ``not_open``; ``no_address``; ``too_many_codes``, as :func:`codes.make_code`; they are counted apart from those of the sign-in page.
    """
    if not agreement.waits_for("applicant"):
        raise not_open()
    if person.email is None:
        raise Refused(_("Nobody can receive a code without an address: sign on paper."), rule="no_address")
    row, digits = codes.make_code(session, person.email.address, PURPOSE, after, browser=str(person.id))
    messages.sign_code(session, person, agreement, digits)
    return row


def sign_with_code(
    session: TenantSession,
    agreement: Agreement,
    person: Person,
    code_id: UUID,
    digits: str,
    revision: int,
    function: str = "",
) -> Signature:
    """The applicant signs the text that was read (``revision`` of the agreement). The code then no longer serves.

    Raises:
        Refused: ``wrong_code``, which is kept, for the try counts; as :func:`sign_agreement`. StaleDataError.
    """
    row = codes.check_code(session, code_id, digits, PURPOSE)
    if not _went_to(person, row):
        raise codes.wrong_code(0)
    codes.spend_code(session, row.id)
    return sign_agreement(
        session,
        agreement,
        "applicant",
        name=person.name,
        means="code",
        function=function,
        person=person,
        revision=revision,
    )


def _went_to(person: Person, code: SignInCode) -> bool:
    """Whether a code was sent to the proven address of this very person."""
    return person.email is not None and code.address == person.email.address
