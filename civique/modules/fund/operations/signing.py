"""Signing an agreement with six digits received by e-mail: the holder proves the address, the text is the one that was read."""

from uuid import UUID

from civique.core.access import operations as access
from civique.core.access.models import SignInCode
from civique.core.agreements.models import Agreement, Signature
from civique.core.people.models import Person
from civique.modules.fund import messages
from civique.modules.fund.models import FundRequest
from civique.modules.fund.operations.agreements import sign_agreement
from tenants.session import TenantSession

PURPOSE = "sign"


def send_code(session: TenantSession, person: Person, agreement: Agreement) -> SignInCode:
    """Send a code to sign an agreement to the person's proven address.

    Raises:
        TooManyCodes: six in the last hour. ValueError: no address.
    """
    if person.email is None:
        raise ValueError("nobody can receive a code without an address")
    row, digits = access.make_code(session, person.email.address, PURPOSE)
    messages.sign_code(session, person, agreement, digits)
    return row


def sign_with_code(
    session: TenantSession,
    request: FundRequest,
    person: Person,
    code_id: UUID,
    digits: str,
    revision: int,
    function: str = "",
) -> Signature:
    """The holder signs the text that was read (``revision`` of the agreement). The code then no longer serves.

    Raises:
        WrongCode: the caller commits, for the try counts. StaleDataError, Refused, Refused: from the agreement.
    """
    row = access.check_code(session, code_id, digits, PURPOSE)
    if person.email is None or row.address != person.email.address:
        raise access.WrongCode(0)
    access.spend_code(session, row.id)
    return sign_agreement(
        session, request, "holder", name=person.name, means="code", function=function, person=person, revision=revision
    )
