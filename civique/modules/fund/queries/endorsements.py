"""What residents may read of applications under examination, endorse and comment. Off by default; no rule of the decision
looks at endorsements."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select

from civique.core import settings
from civique.core.cases.models import CaseStep
from civique.core.endorsements.declarations import Subject
from civique.core.endorsements.queries import supports_of
from civique.core.loading import among
from civique.core.organisations.models import Organisation
from civique.core.territory.models import Territory
from civique.modules.fund.models import EXAMINED, GRANTED, READABLE, ApplicationState, FundApplication
from civique.modules.fund.settings import FundSettings
from tenants.session import TenantSession

ENDINGS = (
    *GRANTED,
    ApplicationState.INADMISSIBLE,
    ApplicationState.REFUSED,
    ApplicationState.WITHDRAWN,
    ApplicationState.LAPSED,
)
"""States that end an examination."""


def endorsements_on(session: TenantSession) -> bool:
    """Whether the commune lets residents support applications under examination."""
    return settings.get(session, FundSettings).endorsements


def comments_on(session: TenantSession) -> bool:
    """Whether residents may also write a comment: never without the supports."""
    found = settings.get(session, FundSettings)
    return found.endorsements and found.comments


def is_readable(application: FundApplication) -> bool:
    """Whether residents may read an application: its applicant agreed, the mairie has it under examination."""
    return application.shown_while_examined and application.state in READABLE


def reading() -> ColumnElement[bool]:
    """The same as a condition of a query."""
    return FundApplication.shown_while_examined.is_(True) & among(FundApplication.state, READABLE)


def over(moment: datetime) -> Select[UUID]:
    """Query of the ids of the applications whose examination ended before a moment."""
    since = exists().where(CaseStep.object_id == FundApplication.id, CaseStep.state.in_(ENDINGS), CaseStep.at > moment)
    return select(FundApplication.id).where(FundApplication.state.not_in((ApplicationState.DRAFT, *EXAMINED)), ~since)


def shown_applications() -> Select[*tuple[Any, ...]]:
    """Query of the applications that residents may read, newest first, as rows for a list."""
    return (
        select(
            FundApplication.id,
            FundApplication.title,
            FundApplication.submitted_at,
            Organisation.name.label("organisation"),
            Territory.name.label("territory"),
            supports_of(FundApplication.id),
        )
        .outerjoin(Organisation, Organisation.id == FundApplication.organisation_id)
        .outerjoin(Territory, Territory.id == FundApplication.territory_id)
        .where(reading())
        .order_by(FundApplication.submitted_at.desc(), FundApplication.id)
    )


def describe(application: FundApplication) -> Subject:
    """An application as what residents endorse."""
    path = f"/fonds/en-cours/{application.id}"
    return Subject(application, application.title, path, f"/mairie/fonds/demandes/{application.id}")
