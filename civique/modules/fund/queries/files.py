"""Files of an application, and who follows it."""

from sqlalchemy import select

from civique.core.cases.models import MissingItem
from civique.core.documents.models import StoredFile
from civique.core.people.models import Person
from civique.modules.fund.models import FundApplication, Picture
from civique.modules.fund.queries import may_follow
from tenants.session import TenantSession


def reads_file(session: TenantSession, file: StoredFile, person: Person) -> bool:
    """Whether a file is a photo of a project, or something given for its application, that this person may follow.

    Bank details and scans of signatures stay with the town hall and whoever sent them.
    """
    photos = select(Picture.application_id).where(Picture.file_id == file.id)
    given = select(MissingItem.object_id).where(MissingItem.file_id == file.id)
    query = select(FundApplication).where(FundApplication.id.in_(photos.union_all(given)))
    return any(may_follow(session, application, person) for application in session.scalars(query))
