"""Personal data of endorsements and comments: shown to their author, erased with them."""

from typing import Any

from sqlalchemy import select

from civique.core.endorsements.models import Comment, Endorsement
from civique.core.people.models import Person
from tenants.session import TenantSession


def export_endorsements(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """What the person endorses, what they said of it, and what the mairie did with their comments."""
    comments = {
        comment.object_id: comment for comment in session.scalars(select(Comment).where(Comment.person_id == person.id))
    }
    query = select(Endorsement).where(Endorsement.person_id == person.id).order_by(Endorsement.created_at)
    return [_said(endorsement, comments.get(endorsement.object_id)) for endorsement in session.scalars(query)]


def _said(endorsement: Endorsement, comment: Comment | None) -> dict[str, Any]:
    return {
        "endorsed": endorsement.object_title,
        "created_at": endorsement.created_at.isoformat(),
        "comment": comment.text if comment else "",
        "comment_state": comment.state if comment else "",
        "motive": comment.reason if comment else "",
        "channel": endorsement.channel,
    }


def erase_endorsements(session: TenantSession, person: Person) -> None:
    """They go. One by one: that changes what the public pages show."""
    for model in (Comment, Endorsement):
        for said in session.scalars(select(model).where(model.person_id == person.id)):
            session.delete(said)
    session.flush()
