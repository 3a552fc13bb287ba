"""Reading enquiries."""

from sqlalchemy import Select, func, select

from civique.core.enquiries.models import Enquiry
from tenants.session import TenantSession


def find_enquiries(state: str | None = None) -> Select[Enquiry]:
    """Query of the enquiries, newest first."""
    query = select(Enquiry).order_by(Enquiry.created_at.desc())
    return query.where(Enquiry.state == state) if state else query


def count_open(session: TenantSession) -> int:
    """How many enquiries wait."""
    return session.execute(select(func.count()).where(Enquiry.state == "open")).scalar_one()
