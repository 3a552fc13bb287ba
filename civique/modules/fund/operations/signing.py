"""Signing a convention with six digits received by e-mail: the holder proves the address, the text is the one that was read."""

from uuid import UUID

from civique.core.access import operations as access
from civique.core.access.models import SignInCode
from civique.core.conventions.models import Convention, Signature
from civique.core.i18n import gettext as _
from civique.core.messages.content import Content
from civique.core.messages.operations import write_to_address
from civique.core.people.models import Person
from civique.modules.fund.models import FundRequest
from civique.modules.fund.operations.conventions import sign_convention
from tenants.session import TenantSession

PURPOSE = "sign"


def send_code(session: TenantSession, person: Person, convention: Convention) -> SignInCode:
    """Send a code to sign a convention to the person's proven address.

    Raises:
        TooManyCodes: six in the last hour. ValueError: no address.
    """
    if person.email is None:
        raise ValueError("nobody can receive a code without an address")
    row, digits = access.make_code(session, person.email.address, PURPOSE)
    spaced = f"{digits[:3]} {digits[3:]}"
    write_to_address(
        session, person.email.address, "fund.sign_code", lambda: Content(
            subject=_("Your code to sign: %(code)s", code=spaced),
            paragraphs=(
                _("Here is the code to sign the agreement « %(title)s ». It is valid for 15 minutes and serves once.", title=convention.title),
                _("If you did not ask for it, do nothing: without this code, nothing is signed."),
            ),
            code=spaced,
            reason=_("You receive this message because you asked to sign an agreement with the town hall."),
        ), locale=person.locale, secret=True,
    )  # fmt: skip
    return row


def sign_with_code(
    session: TenantSession, request: FundRequest, person: Person, code_id: UUID, digits: str, revision: int,
    function: str = "",
) -> Signature:  # fmt: skip
    """The holder signs the text that was read (``revision`` of the convention). The code then no longer serves.

    Raises:
        WrongCode: the caller commits, for the try counts. StaleDataError, NotSignable, RuleBroken: from the convention.
    """
    row = access.check_code(session, code_id, digits, PURPOSE)
    if person.email is None or row.address != person.email.address:
        raise access.WrongCode(0)
    access.spend_code(session, row.id)
    return sign_convention(
        session, request, "holder", name=person.name, means="code", function=function, person=person, revision=revision
    )
