"""Somebody leaves the mairie: a colleague takes over."""

from sqlalchemy import select, update

from civique.core import audit, clock
from civique.core.access import queries
from civique.core.access.models import RoleGrant
from civique.core.access.operations import close_all_sessions, drop_invitations, grant_role
from civique.core.answers.models import AnswerDue
from civique.core.people.models import Person
from tenants.session import TenantSession


def hand_over(session: TenantSession, leaver: Person, heir: Person) -> tuple[int, int]:
    """Move every role and every answer in hand from one person to another, and sign the first out everywhere.

    Returns:
        How many roles and how many answers moved.

    Raises:
        ValueError: to oneself, or to a record that is no longer in use.
    """
    if leaver.id == heir.id or not heir.active:
        raise ValueError("nobody to take over")
    session.execute(select(RoleGrant.id).where(RoleGrant.role == "administrator").with_for_update())
    grants = session.scalars(queries.live_grants(leaver.id)).all()
    for grant in grants:
        grant_role(session, heir, grant.role, scope=grant.scope, scope_id=grant.scope_id, ends_on=grant.ends_on)
        grant.ended_at = clock.now()
    held = update(AnswerDue).where(AnswerDue.owner_id == leaver.id, AnswerDue.state.in_(("due", "preparing")))
    moved = session.execute(held.values(owner_id=heir.id).execution_options(synchronize_session=False))
    session.flush()
    close_all_sessions(session, leaver)
    drop_invitations(session, leaver)
    answers = int(moved.rowcount)  # type: ignore[attr-defined]
    audit.record(session, "access.handed_over", leaver, to=heir.id, roles=len(grants), answers=answers)
    return len(grants), answers
