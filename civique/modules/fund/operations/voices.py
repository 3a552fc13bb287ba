"""Residents support a request under examination, perhaps with a comment that the mairie reads first. Off by default.

Supports are no vote: no rule of the decision looks at them. What a resident says leaves no line in the audit trail, which
is kept longer than the voices; what the mairie does with a comment does.
"""

from datetime import timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.orm.exc import StaleDataError

from civique.core import audit, clock
from civique.core.cases.models import CaseStep
from civique.core.i18n import gettext as _
from civique.core.people.models import Person
from civique.core.refused import Refused
from civique.modules.fund import messages
from civique.modules.fund.models import EXAMINED, ApplicationState, FundRequest, Voice
from civique.modules.fund.operations.course import lock, need_state, refuse_linked
from civique.modules.fund.queries import may_follow
from civique.modules.fund.queries.voices import comments_on, is_shown, voice_of
from tenants.session import TenantSession

LIFE = timedelta(days=183)
"""How long voices outlive the examination: long enough to answer who asks what became of a comment."""
ENDINGS = ("inadmissible", "granted", "partially_granted", "refused", "withdrawn", "lapsed")
"""States that end an examination."""


def let_be_read(session: TenantSession, request: FundRequest, shown: bool) -> None:
    """The holder agrees, or no longer agrees, that residents read the request while it is examined.

    Raises:
        Refused: ``already_decided``.
    """
    lock(session, request)
    need_state(request, ApplicationState.DRAFT, *EXAMINED, rule="already_decided")
    if request.shown_while_examined == shown:
        return
    request.shown_while_examined = shown
    session.flush()
    audit.record(session, "fund.request_shown" if shown else "fund.request_hidden", request)


def support(session: TenantSession, request: FundRequest, person: Person, channel: str = "web") -> Voice:
    """Support a request. A second time, or a second click at the same moment, changes nothing.

    Args:
        channel: how it reached the mairie; one that an agent notes for a resident leaves a line in the audit trail,
            without their name.

    Raises:
        Refused: ``not_shown`` (switched off, no longer agreed, decided); ``own_request`` for its holder and for who
            speaks for its organisation.
    """
    lock(session, request)
    if not is_shown(session, request):
        raise Refused(
            _("This project is no longer open to supports: it was decided, or its holder prefers so."), rule="not_shown"
        )
    if may_follow(session, request, person):
        raise Refused(_("This is your own project, or your organisation’s: others support it."), rule="own_request")
    voice = voice_of(session, request, person)
    if voice is None:
        voice = Voice(request_id=request.id, person_id=person.id, channel=channel)
        session.add(voice)
        session.flush()
        if channel != "web":
            audit.record(session, "fund.support_noted", request, voice=voice.id, channel=channel)
    return voice


def take_back(session: TenantSession, request: FundRequest, person: Person, *, by_agent: bool = False) -> None:
    """Support no longer: the comment goes too. Always possible; nothing to take back changes nothing.

    Args:
        by_agent: whether an agent does it for the resident, which leaves a line in the audit trail, without their name.
    """
    lock(session, request)
    voice = voice_of(session, request, person)
    if voice is not None:
        session.delete(voice)
        session.flush()
        if by_agent:
            audit.record(session, "fund.support_taken_back", request)


def comment(session: TenantSession, request: FundRequest, person: Person, text: str, channel: str = "web") -> Voice:
    """Support with a comment, or change one's comment: it waits for the mairie, also when an earlier one was shown.

    Raises:
        Refused: ``comments_off``, ``comment_empty``; as :func:`support`.
    """
    if not comments_on(session):
        raise Refused(_("Comments are closed. Your support still counts."), rule="comments_off")
    text = text.strip()
    if not text:
        raise Refused(_("Write a few words."), "comment", rule="comment_empty")
    voice = support(session, request, person, channel)
    if voice.comment == text and voice.state != "refused":
        return voice
    voice.comment, voice.commented_at, voice.state, voice.motive = text, clock.now(), "waiting", ""
    session.flush()
    return voice


def publish(session: TenantSession, voice: Voice, revision: int) -> None:
    """Show a comment that was read.

    Raises:
        StaleDataError: it was changed, taken back or answered since it was read. Refused: ``not_shown``, FON-07 (who is
            tied to the request does not choose what is said of it).
    """
    _take(session, voice, revision, "waiting")
    if not (comments_on(session) and is_shown(session, voice.request)):
        raise Refused(
            _("This project is no longer open to supports: it was decided, or its holder prefers so."), rule="not_shown"
        )
    refuse_linked(session, voice.request)
    voice.state = "shown"
    session.flush()
    audit.record(session, "fund.comment_published", voice.request, voice=voice.id)


def refuse(session: TenantSession, voice: Voice, motive: str, revision: int) -> None:
    """Refuse a comment, or withdraw one that was shown; its author is told why. The support stays.

    Raises:
        StaleDataError: as :func:`publish`. Refused: ``comment_motive``, FON-07.
    """
    _take(session, voice, revision, "waiting", "shown")
    if not motive.strip():
        raise Refused(_("Write the reason: the author of the comment will read it."), "motive", rule="comment_motive")
    refuse_linked(session, voice.request)
    was_shown = voice.state == "shown"
    voice.state, voice.motive = "refused", motive.strip()
    session.flush()
    if was_shown:
        audit.record(session, "fund.comment_withdrawn", voice.request, voice=voice.id)
        messages.comment_withdrawn(session, voice)
    else:
        audit.record(session, "fund.comment_refused", voice.request, voice=voice.id)
        messages.comment_refused(session, voice)


def _take(session: TenantSession, voice: Voice, revision: int, *states: str) -> None:
    """Take a comment for oneself; the one that was read, and still in one of these states."""
    query = select(Voice).where(Voice.id == voice.id).with_for_update(of=Voice)
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None or found.revision != revision or found.state not in states or not found.comment:
        raise StaleDataError


def forget_voices(session: TenantSession) -> int:
    """Erase the voices of requests whose examination ended long ago (``LIFE``). Twice is once.

    Returns:
        How many went.
    """
    lately = exists().where(
        CaseStep.object_id == FundRequest.id, CaseStep.state.in_(ENDINGS), CaseStep.at > clock.now() - LIFE
    )
    ended = select(FundRequest.id).where(FundRequest.state.not_in((ApplicationState.DRAFT, *EXAMINED)), ~lately)
    return session.execute(delete(Voice).where(Voice.request_id.in_(ended))).rowcount  # type: ignore[attr-defined, no-any-return]
