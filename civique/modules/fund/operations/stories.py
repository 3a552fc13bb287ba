"""The story of a helped project: when it is written and published, what it is told of."""

from civique.core.cases.queries import may_follow
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.core.stories.declarations import Step, Told, ToldSubject
from civique.modules.fund.models import TOLD, WORKING, FundApplication
from civique.modules.fund.operations.course import need_state
from civique.modules.fund.queries import project_path
from tenants.session import TenantSession


def describe(_session: TenantSession, application: FundApplication) -> Told:
    """An application, as its story tells it; the report begins the story."""
    return Told(
        title=application.title,
        path=f"/fonds/demandes/{application.id}",
        desk_path=f"/mairie/fonds/demandes/{application.id}",
        public_path=project_path(application),
        applicant_id=application.applicant_id,
        organisation=application.organisation.name if application.organisation else "",
        territory_id=application.territory_id,
        draft=application.report.text if application.report else "",
    )


def check_step(_session: TenantSession, application: FundApplication, step: Step) -> None:
    """Whether a day or a photo may be noted, the story written or published.

    Raises:
        Refused: ``not_helped``; ``not_told``, the project has not begun; ``not_agreed``, the applicant did not agree.
    """
    if step == "note":
        need_state(application, *WORKING, rule="not_helped")
    else:
        need_state(application, *TOLD, rule="not_told")
    if step == "publish" and (application.report is None or not application.report.may_publish):
        raise Refused(
            _("The applicant has not agreed that the story is published. Ask them, then note it in the report."),
            rule="not_agreed",
        )


STORIES = ToldSubject(FundApplication, describe, may_follow, check_step, "fund.read", "fund.examine")
