"""What a module's ``demo(session, world)`` finds when a demonstration commune is filled."""

import random
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any

from civique.core import clock
from civique.core.answers.operations import answer_for
from civique.core.documents.models import StoredFile
from civique.core.documents.operations import WIDTHS, keep_picture, keep_pictures
from civique.core.messages.queries import about
from civique.core.organisations.models import Organisation
from civique.core.people.models import Person
from civique.core.territory.models import Place, Territory
from civique.services.images import Picture, prepare_pictures
from tenants.session import TenantSession


@dataclass
class World:
    """A demonstration commune while it is being filled; everything in it was made by operations of the core.

    ``people`` is by role code (``administrator``, ``secretary``…); ``residents`` have an e-mail address, ``paper``
    none. ``organisations``, ``territories`` (communes déléguées and quarters) and ``places`` are by name. ``source`` is
    the quoted document of the commune with its marks of origin (the 31 actions of Loire-Authion), or empty.
    ``random`` is seeded: the same release gives the same demonstration, apart from dates, which follow ``today``.
    """

    today: date
    random: random.Random
    people: dict[str, Person] = field(default_factory=dict)
    residents: list[Person] = field(default_factory=list)
    paper: list[Person] = field(default_factory=list)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    territories: dict[str, Territory] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    source: dict[str, Any] = field(default_factory=dict)

    def on(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        """A moment some days from today (before it when negative), in the commune's time."""
        return datetime.combine(self.today + timedelta(days=days), time(hour, minute), tzinfo=clock.zone())

    @property
    def delegated(self) -> list[Territory]:
        """Communes déléguées; empty in most communes."""
        return [territory for territory in self.territories.values() if territory.kind == "delegated"]

    def resident(self, rank: int) -> Person:
        """One of the residents, whatever the number."""
        return self.residents[rank % len(self.residents)]


def draw_picture(
    session: TenantSession, scene: str, alternative: str, *, permission: str = "", visibility: str = "staff"
) -> StoredFile:
    """A picture of nobody, drawn and kept.

    Args:
        scene: one of ``civique.core.drawings.SCENES``.
    """
    whose: dict[str, Any] = {"visibility": visibility, "permission": permission}
    return keep_pictures(session, _drawn(scene), name=f"{scene}.png", alternative=alternative, **whose)


@cache
def _drawn(scene: str) -> Sequence[Picture]:
    from civique.core.drawings import draw  # the library of pictures weighs on processes that draw none

    return prepare_pictures(draw(scene), WIDTHS)


def draw_identity(session: TenantSession, scene: str, alternative: str, colour: str) -> dict[str, Any]:
    """The coat of arms and the photo of a commune, as its identity keeps them."""
    from civique.core.drawings import draw_crest

    crest = keep_picture(session, draw_crest(colour), name="blason.png", alternative="", visibility="public")
    photo = draw_picture(session, scene, alternative, visibility="public")
    return {"logo_id": str(crest.id), "photo_id": str(photo.id)}


def age_case(session: TenantSession, case: Any, days: int, answered: Collection[str]) -> dict[str, datetime]:
    """Move the course of a case into the past: made some days ago, its steps and its messages one after the other over most
    of the way to today (eight months at most).

    Args:
        answered: states that closed its answer due.

    Returns:
        When it last entered each state.
    """
    ago, course = timedelta(days), timedelta(min(days * 0.8, 240))
    case.created_at -= ago
    for rank, step in enumerate(case.steps):
        step.at -= ago - course * rank / len(case.steps)
    reached = {step.state: step.at for step in case.steps}
    due = answer_for(session, case)
    if due is not None:
        due.opened_at, due.due_on = due.opened_at - ago, due.due_on - ago
        due.paused_on = clock.local(case.steps[-1].at).date() if due.paused_on else None
        due.answered_at = next((step.at for step in case.steps if step.state in answered), None)
    messages = about(session, case)
    for rank, message in enumerate(messages):
        message.created_at -= ago - course * rank / len(messages)
    return reached
