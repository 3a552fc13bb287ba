"""What every stage of an application shares: the broken rule, the step to another state, the lock, who may not take part."""

from sqlalchemy import select

from civique.core.cases.operations import enter, lock
from civique.core.cases.queries import may_follow
from civique.core.i18n import _l
from civique.core.i18n import gettext as _
from civique.core.people.queries import get_person
from civique.core.refused import Refused
from civique.modules.fund.models import Fund, FundApplication
from tenants.session import TenantSession

ELSEWHERE = {
    "already_decided": _l("This request was decided already."),
    "not_admissible": _l("Declare the request admissible first, or read what a colleague decided in the meantime."),
    "not_decided": _l("There is no decision to correct."),
    "not_draft": _l(
        "This request was sent: it can no longer be changed. Write to the town hall if something is wrong."
    ),
    "not_granted": _l("Only a granted request has an agreement."),
    "not_helped": _l("Only a helped project has this page."),
    "not_reported": _l("The report has not come yet."),
    "not_to_sign": _l("This agreement is no longer to be signed: the request went another way. Read it again."),
    "not_told": _l("The story comes once the project is under way."),
    "not_under_way": _l("The report comes once the agreement is signed and the project under way."),
    "not_waiting": _l("This request is no longer waiting: a colleague took it further. Nothing was changed."),
}
"""What to say when an application is elsewhere in its course."""
__all__ = ["enter", "lock", "lock_fund", "need_motive", "need_state", "refuse_linked"]


def lock_fund(session: TenantSession, application: FundApplication) -> Fund:
    """Take the fund of an application: whoever commits or frees money waits here for each other (FON-05)."""
    query = select(Fund).where(Fund.id == application.fund_id).with_for_update(of=Fund)
    return session.scalars(query.execution_options(populate_existing=True)).one()


def need_state(application: FundApplication, *states: str, rule: str = "not_waiting") -> None:
    """Refuse when the application is elsewhere in its course."""
    if application.state not in states:
        raise Refused(str(ELSEWHERE[rule]), rule=rule)


def need_motive(motive: str) -> None:
    """FON-08: a refusal, a part, a delay says why."""
    if not motive.strip():
        raise Refused(_("Write the reason: the applicant will read it."), "motive", rule="FON-08")


def refuse_linked(session: TenantSession, application: FundApplication) -> None:
    """FON-07: who asks, or speaks for who asks, does not examine, advise or decide."""
    actor = get_person(session, session.actor_id)
    if actor is not None and may_follow(session, application, actor):
        raise Refused(_("You are tied to this request: another person must examine it and decide."), rule="FON-07")
