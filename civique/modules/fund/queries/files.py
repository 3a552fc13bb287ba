"""Files given for an application, and who follows it."""

from sqlalchemy import select

from civique.core.cases.models import MissingItem
from civique.core.documents.models import StoredFile
from civique.core.people.models import Person
from civique.modules.fund.models import FundApplication
from civique.modules.fund.queries import may_follow
from tenants.session import TenantSession


def reads_file(session: TenantSession, file: StoredFile, person: Person) -> bool:
    """Whether a file is something that was missing in an application that this person may follow.

    Bank details and scans of signatures stay with the town hall and whoever sent them.
    """
    given = select(MissingItem.object_id).where(MissingItem.file_id == file.id)
    query = select(FundApplication).where(FundApplication.id.in_(given))
    return any(may_follow(session, application, person) for application in session.scalars(query))
