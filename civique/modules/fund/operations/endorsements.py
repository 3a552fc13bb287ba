"""Residents read an application under examination, endorse and comment it, when its applicant agrees."""

from functools import partial

from civique.core import audit
from civique.core.cases.queries import followed_by
from civique.core.endorsements.declarations import Subjects
from civique.modules.fund.models import EXAMINED, ApplicationState, FundApplication
from civique.modules.fund.operations.course import lock, need_state, refuse_linked
from civique.modules.fund.queries import endorsements
from tenants.session import TenantSession

SUBJECTS = Subjects(
    model=FundApplication,
    describe=endorsements.describe,
    endorsed=endorsements.endorsements_on,
    commented=endorsements.comments_on,
    readable=endorsements.is_readable,
    reading=endorsements.reading,
    own=partial(followed_by, FundApplication),
    over=endorsements.over,
    moderated=refuse_linked,
)


def let_be_read(session: TenantSession, application: FundApplication, shown: bool) -> None:
    """The applicant agrees, or no longer agrees, that residents read the application while it is examined.

    Raises:
        Refused: ``already_decided``.
    """
    lock(session, application)
    need_state(application, ApplicationState.DRAFT, *EXAMINED, rule="already_decided")
    if application.shown_while_examined == shown:
        return
    application.shown_while_examined = shown
    session.flush()
    audit.record(session, "fund.application_shown" if shown else "fund.application_hidden", application)
