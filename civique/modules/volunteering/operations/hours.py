"""Hours: entered by the volunteer or at the desk, validated by the organisation, counted at its own rate."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from civique.core import audit, clock
from civique.core.i18n import gettext as _
from civique.core.passes.operations import issue, revoke
from civique.core.refused import Refused
from civique.modules.volunteering import messages
from civique.modules.volunteering.models import Hours, HoursState, Mission, Rate, Volunteer
from tenants.session import TenantSession

OLDEST = 400
"""Days after which hours are no longer entered by the volunteer alone."""
FIRST_YEAR = 2000
BY_LINK = "volunteering.hours"
LINK_LASTS = timedelta(days=366)


def enter_hours(
    session: TenantSession,
    volunteer: Volunteer,
    *,
    done_on: date,
    minutes: int,
    mission: Mission | None = None,
    activity: str = "",
    organisation_id: Any = None,
    channel: str = "web",
) -> Hours:
    """Note time that was given; it counts once the organisation validated it (BEN-03).

    Args:
        mission: gives the activity and the organisation when they are not said.

    Raises:
        Refused: ``future``, ``old``, ``nothing``.
    """
    if done_on > clock.today():
        raise Refused(_("This day has not come yet."), "done_on", rule="future")
    if (clock.today() - done_on).days > OLDEST:
        raise Refused(_("This is more than a year ago: ask the volunteer desk."), "done_on", rule="old")
    activity = activity or (mission.title if mission else "")
    if not activity:
        raise Refused(_("Choose a mission, or say what you did."), "activity", rule="nothing")
    hours = Hours(
        volunteer_id=volunteer.id,
        mission_id=mission.id if mission else None,
        organisation_id=mission.organisation_id if mission else organisation_id,
        activity=activity,
        done_on=done_on,
        minutes=minutes,
        channel=channel,
    )
    session.add(hours)
    session.flush()
    audit.record(session, "volunteering.hours_entered", hours, minutes=minutes)
    return hours


def decide_hours(session: TenantSession, hours: Hours, *, valid: bool, reason: str = "") -> None:
    """The organisation validates hours or not; a second answer changes nothing.

    Raises:
        Refused: ``reason``, ``own``: nobody validates their own hours.
    """
    session.refresh(hours, with_for_update={"of": Hours})
    if hours.state != HoursState.DECLARED:
        return
    if session.actor_id is not None and hours.volunteer.applicant_id == session.actor_id:
        raise Refused(_("These are your own hours: somebody else of the organisation validates them."), rule="own")
    if not valid and not reason.strip():
        raise Refused(_("Write the reason: the volunteer reads it."), "reason", rule="reason")
    hours.state = HoursState.VALIDATED if valid else HoursState.REFUSED
    hours.reason = "" if valid else reason.strip()
    hours.decided_at, hours.decided_by = clock.now(), session.actor_id
    session.flush()
    audit.record(session, f"volunteering.hours_{hours.state}", hours)
    if not valid:
        messages.hours_refused(session, hours)


def set_rate(session: TenantSession, organisation_id: Any, *, year: int, cents: int, source: str) -> None:
    """Keep what an organisation counts an hour for in a year: its own choice, with where it comes from (BEN-04).

    Raises:
        Refused: ``BEN-04``.
    """
    if not FIRST_YEAR <= year <= clock.today().year + 1:
        raise Refused(_("Check the year."), "year", rule="BEN-04")
    if cents <= 0:
        raise Refused(_("Write an amount above 0."), "cents", rule="BEN-04")
    if not source.strip():
        raise Refused(_("Say where this rate comes from: your accounts must explain it."), "source", rule="BEN-04")
    values = {"organisation_id": organisation_id, "year": year, "cents": cents, "source": source.strip()}
    query = insert(Rate).values(**values)
    session.execute(
        query.on_conflict_do_update(
            index_elements=["organisation_id", "year"], set_={"cents": cents, "source": source.strip()}
        )
    )
    audit.record(session, "volunteering.rate_set", None, organisation=organisation_id, year=year, cents=cents)


def send_link(session: TenantSession, volunteer: Volunteer) -> None:
    """Send the link by which a volunteer enters hours without an account; the former one opens nothing any more.

    Raises:
        Refused: ``nobody``: the volunteer has no record.
    """
    person = volunteer.applicant
    if person is None:
        raise Refused(_("Nobody can be written to: this volunteer has no record."), rule="nobody")
    revoke(session, volunteer, BY_LINK)
    issued = issue(session, BY_LINK, volunteer, until=clock.now() + LINK_LASTS, person=person, pin=True)
    messages.hours_link(session, volunteer, issued)
