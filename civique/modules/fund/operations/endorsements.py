"""Residents read an application under examination, endorse and comment it, when its applicant agrees. Off by default.

No rule of the decision looks at endorsements. What is said is kept by ``civique.core.endorsements``; the fund says here who
may endorse, comment and moderate, and when what was said goes.
"""

from datetime import timedelta

from sqlalchemy import exists, select

from civique.core import audit, clock
from civique.core.cases.models import CaseStep
from civique.core.endorsements import operations
from civique.core.endorsements.events import CommentAsked, EndorsementAsked, ModerationAsked
from civique.core.events import Listener
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.modules.fund.models import EXAMINED, ApplicationState, FundApplication
from civique.modules.fund.operations.course import lock, need_state, refuse_linked
from civique.modules.fund.queries import may_follow
from civique.modules.fund.queries.endorsements import comments_on, is_shown
from tenants.session import TenantSession

LIFE = timedelta(days=183)
"""How long endorsements outlive the examination: long enough to answer who asks what became of a comment."""
ENDINGS = ("inadmissible", "granted", "partially_granted", "refused", "withdrawn", "lapsed")
"""States that end an examination."""


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


def may_endorse(session: TenantSession, asked: EndorsementAsked) -> None:
    """Only an application that residents may read is endorsed, and never by who follows it.

    Raises:
        Refused: ``not_shown`` (switched off, no longer agreed, decided); ``own_application`` for its applicant and for who
            speaks for its organisation.
    """
    application = asked.row
    if not isinstance(application, FundApplication):
        return
    if not is_shown(session, application):
        raise not_shown()
    if may_follow(session, application, asked.person):
        raise Refused(_("This is your own project, or your organisation’s: others support it."), rule="own_application")


def may_comment(session: TenantSession, asked: CommentAsked) -> None:
    """Comments are taken where the commune wants them.

    Raises:
        Refused: ``comments_off``.
    """
    if isinstance(asked.row, FundApplication) and not comments_on(session):
        raise Refused(_("Comments are closed. Your support still counts."), rule="comments_off")


def may_moderate(session: TenantSession, asked: ModerationAsked) -> None:
    """Who is tied to an application does not choose what is said of it; what residents no longer read is not published.

    Raises:
        Refused: ``not_shown``, FON-07.
    """
    if asked.comment.object_type != FundApplication.__tablename__:
        return
    application = session.get_one(FundApplication, asked.comment.object_id)
    if asked.publish and not (comments_on(session) and is_shown(session, application)):
        raise not_shown()
    refuse_linked(session, application)


def forget_endorsements(session: TenantSession) -> int:
    """Erase what was said of applications whose examination ended long ago (``LIFE``). Twice is once.

    Returns:
        How many endorsements went.
    """
    lately = exists().where(
        CaseStep.object_id == FundApplication.id, CaseStep.state.in_(ENDINGS), CaseStep.at > clock.now() - LIFE
    )
    ended = select(FundApplication.id).where(FundApplication.state.not_in((ApplicationState.DRAFT, *EXAMINED)), ~lately)
    return operations.forget_endorsements(session, ended)


def not_shown() -> Refused:
    """Residents no longer read this application."""
    return Refused(
        _("This project is no longer open to supports: it was decided, or its applicant prefers so."), rule="not_shown"
    )


LISTENERS = (
    Listener(EndorsementAsked, may_endorse),
    Listener(CommentAsked, may_comment),
    Listener(ModerationAsked, may_moderate),
)
