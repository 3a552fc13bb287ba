"""What is written to people beside what every case says of itself (its receipt, what is missing, a refusal)."""

from typing import Any

from civique.core.cases.messages import moved
from civique.core.i18n import gettext as _
from civique.core.i18n import long_date
from civique.skeleton.models import SkeletonRequest
from tenants.session import TenantSession


def agreed(session: TenantSession, case: SkeletonRequest, **facts: Any) -> None:
    """The request is accepted: from when."""
    moved(session, case, words=lambda: [_("It begins on %(date)s.", date=long_date(case.starts_on))], **facts)
