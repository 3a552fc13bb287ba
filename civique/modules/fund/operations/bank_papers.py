"""Bank papers: each reading by an agent leaves a trace, as reading the IBAN does."""

from sqlalchemy import select

from civique.core import audit
from civique.core.documents.events import FileRead
from civique.modules.fund.models import FundRequest, Payee
from tenants.session import TenantSession

PERMISSION = "fund.pay"


def note_reading(session: TenantSession, happened: FileRead) -> None:
    """Note that bank details were opened, on the request that they belong to; on the file itself once others replaced
    them."""
    if happened.file.permission != PERMISSION:
        return
    query = select(FundRequest).join(Payee, Payee.request_id == FundRequest.id)
    request = session.scalars(query.where(Payee.file_id == happened.file.id)).unique().one_or_none()
    audit.record(session, "fund.bank_paper_read", request or happened.file)
