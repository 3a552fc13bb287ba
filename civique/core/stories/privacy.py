"""Personal data of what people carry out: days of work, photos, stories."""

from typing import Any

from sqlalchemy import select

from civique.core.people.models import Person
from civique.core.stories.models import Story
from civique.core.stories.operations import forget_story
from tenants.session import TenantSession


def export_stories(session: TenantSession, person: Person) -> list[dict[str, Any]]:
    """What is told of what the person carries out, alone or for an organisation."""
    return [
        {
            "title": story.title,
            "organisation": story.organisation,
            "log": [
                {"date": entry.day.isoformat(), "text": entry.text, "hours": str(entry.hours or "")}
                for entry in story.log
            ],
            "photos": [picture.file.alternative for picture in story.pictures],
            "story": story.text,
            "published_at": story.published_at.isoformat() if story.published_at else "",
        }
        for story in session.scalars(_theirs(person))
    ]


def erase_stories(session: TenantSession, person: Person) -> None:
    """What the person carries out alone goes, published or not. What an organisation carries out stays, without the tie."""
    for story in session.scalars(_theirs(person)).all():
        if story.organisation:
            story.applicant_id = None
        else:
            forget_story(session, story.object_id)
    session.flush()


def _theirs(person: Person) -> Any:
    return select(Story).where(Story.applicant_id == person.id).order_by(Story.created_at)
