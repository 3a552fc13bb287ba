"""Bank papers: read by who pays, and each reading by an agent leaves a trace, as reading the IBAN does."""

from sqlalchemy import or_, select

from civique.core import audit
from civique.core.cases.models import MissingItem
from civique.core.documents.events import FileRead
from civique.modules.fund.models import FundApplication, Payee
from tenants.session import TenantSession

PERMISSION = "fund.pay"


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
