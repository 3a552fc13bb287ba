"""Who may suit which mission: one statement that scores, and the reasons it gives, in words.

What a volunteer would rather not do, half-days that never meet, a minor where the mission is not open to them, and what was
tried already are left out, and what has nothing in common; the rest is ranked.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, case, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import BIT

from civique.core.i18n import gettext as _
from civique.core.loading import among
from civique.core.organisations.models import Organisation
from civique.core.people.models import Person
from civique.core.territory.models import Territory
from civique.modules.volunteering.models import SUGGESTED, Match, Mission, Volunteer
from civique.modules.volunteering.models import words as vocabulary
from civique.modules.volunteering.queries import LOOKS_FOR_SOMEBODY, adult_since
from tenants.session import TenantSession

MOST = 20
NEAR, MOMENT, INTEREST, SKILL, LANGUAGE, LACKING = 4, 3, 3, 2, 2, -2
"""What each reason weighs; an interest counts twice at most."""


@dataclass(frozen=True)
class Suggestion:
    """A mission for a volunteer, or a volunteer for a mission.

    Args:
        id: of what is suggested; ``title`` and ``more`` are shown.
        reasons: why, in words, the first weighing most.
        lacking: skills that the mission asks and that the volunteer did not say.
    """

    id: UUID
    title: str
    more: str
    score: int
    reasons: tuple[str, ...]
    lacking: tuple[str, ...]


def _bits(value: Any) -> ColumnElement[int]:
    return func.bit_count(cast(value, BIT(32)))


def _both(mission: Any, volunteer: Any) -> Any:
    return mission.op("&")(volunteer)


def _when(condition: ColumnElement[bool], points: int) -> ColumnElement[int]:
    return case((condition, points), else_=0)


_interests = _both(Mission.interests, Volunteer.interests)
_slots = _both(Mission.slots, Volunteer.slots)
_skills = _both(Mission.skills, Volunteer.skills)
_languages = _both(Mission.languages, Volunteer.languages)
_lacking = Mission.skills.op("&")(Volunteer.skills.op("#")(2**31 - 1))
_home = func.coalesce(Volunteer.territory_id, Person.territory_id)
_near = func.coalesce(Mission.territory_id == _home, False)
_score = cast(
    func.least(_bits(_interests), 2) * INTEREST
    + _when(_near, NEAR)
    + _when(_slots != 0, MOMENT)
    + _when(_skills != 0, SKILL)
    + _when(_languages != 0, LANGUAGE)
    + _when(_lacking != 0, LACKING),
    Integer,
)


def _scored(*columns: Any) -> Select[Any]:
    """Pairs that nothing forbids, with what they have in common, the best first."""
    reasons = (_interests, _slots, _skills, _languages, _lacking, _near, _score)
    names = ("interests", "slots", "skills", "languages", "lacking", "near", "score")
    tried = exists().where(Match.mission_id == Mission.id, Match.volunteer_id == Volunteer.id)
    return (
        select(*columns, *(reason.label(name) for reason, name in zip(reasons, names, strict=True)))
        .select_from(Volunteer)
        .join(Person, Person.id == Volunteer.applicant_id)
        .where(
            Person.erased_at.is_(None),
            or_(Mission.minors, Person.birth_date.is_(None), Person.birth_date <= adult_since()),
            _both(Mission.interests, Volunteer.avoids) == 0,
            or_(Mission.slots == 0, Volunteer.slots == 0, _slots != 0),
            ~tried,
            _score > 0,
        )
        .order_by(_score.desc(), Volunteer.created_at, Mission.published_at)
        .limit(MOST)
    )


def missions_for(session: TenantSession, volunteer: Volunteer) -> list[Suggestion]:
    """Missions that look for somebody and may suit a volunteer, the best first, told to the volunteer."""
    query = (
        _scored(Mission.id, Mission.title, Organisation.name.label("more"))
        .join(Mission, Volunteer.id == volunteer.id)
        .outerjoin(Organisation, Organisation.id == Mission.organisation_id)
        .where(LOOKS_FOR_SOMEBODY)
    )
    return [_suggestion(row, _("near your home")) for row in session.execute(query)]


def volunteers_for(session: TenantSession, mission: Mission) -> list[Suggestion]:
    """Volunteers whom the desk has met and whom a mission may suit, the best first, told to the mediator."""
    name = func.concat_ws(" ", Person.given_name, Person.family_name)
    query = (
        _scored(Volunteer.id, name.label("title"), Territory.name.label("more"))
        .join(Mission, Mission.id == mission.id)
        .outerjoin(Territory, Territory.id == _home)
        .where(among(Volunteer.state, SUGGESTED))
    )
    return [_suggestion(row, _("lives nearby")) for row in session.execute(query)]


def _suggestion(row: Any, near: str) -> Suggestion:
    skills = vocabulary.labels(row.skills, vocabulary.SKILLS)
    languages = vocabulary.labels(row.languages, vocabulary.LANGUAGES)
    reasons = [
        *([near] if row.near else []),
        *vocabulary.days_told(row.slots)[:2],
        *(str(word.told) for word in vocabulary.within(row.interests, vocabulary.INTERESTS)[:2]),
        *([_("knows: %(skills)s", skills=", ".join(skills).lower())] if skills else []),
        *([_("speaks: %(languages)s", languages=", ".join(languages).lower())] if languages else []),
    ]
    lacking = tuple(vocabulary.labels(row.lacking, vocabulary.SKILLS))
    return Suggestion(row.id, row.title, row.more or "", row.score, tuple(reasons), lacking)
