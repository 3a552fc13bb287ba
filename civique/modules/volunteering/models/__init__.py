"""Tables: missions and their shifts, volunteers, matches and their first steps, hours and what an organisation counts them for."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core import channels
from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.cases.models import CaseMixin, States, case_checks
from civique.core.organisations.models import Organisation
from civique.modules.volunteering.models import words


class MissionState(States):
    """States of a mission."""

    DRAFT = "draft"
    CLARIFIED = "clarified"
    PUBLISHED = "published"
    FILLED = "filled"
    ENDED = "ended"
    CANCELLED = "cancelled"


class VolunteerState(States):
    """States of a volunteer."""

    DECLARED = "declared"
    MET = "met"
    ACTIVE = "active"
    PAUSED = "paused"
    LEFT = "left"


class MatchState(States):
    """States of a match between a volunteer and a mission."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    FIRST_STEPS = "first_steps"
    COMMITTED = "committed"
    ENDED = "ended"
    DECLINED = "declined"


class HoursState(States):
    """States of hours given."""

    DECLARED = "declared"
    VALIDATED = "validated"
    REFUSED = "refused"


SHOWN = (MissionState.PUBLISHED, MissionState.FILLED)
"""A mission that everybody reads."""
SUGGESTED = (VolunteerState.MET, VolunteerState.ACTIVE)
"""A volunteer who is suggested for missions: somebody of the desk has spoken with them."""
OPENED = (MatchState.ACCEPTED, MatchState.FIRST_STEPS, MatchState.COMMITTED)
"""A match whose two sides agreed: each has the other's contact details (BEN-02), and a place of the mission is taken."""
LIVE = (MatchState.PROPOSED, *OPENED)
TOLD = (MatchState.COMMITTED, MatchState.ENDED)
"""A match of which its two sides may say how it goes, or went."""


class Mission(CaseMixin, Base):
    """What an organisation, or the mairie itself, needs volunteers for. ``applicant`` speaks for it.

    ``minutes`` is how long it takes each time; ``places`` how many people are wanted. Interests, skills, languages and slots
    are lists of words (``models/words.py``); no slot means any moment.
    """

    __tablename__ = "volunteering_mission"
    __table_args__ = (
        *case_checks(MissionState),
        CheckConstraint(one_of("rhythm", tuple(words.RHYTHMS)), name="rhythm"),
        CheckConstraint(one_of("special", ("", *words.SPECIALS)), name="special"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("places > 0", name="places"),
        CheckConstraint("ends_on >= starts_on", name="days"),
        CheckConstraint(
            "state not in ('published', 'filled') or (minutes is not null and places is not null and conditions <> '')",
            name="stated",
        ),
        CheckConstraint(
            "state not in ('published', 'filled') or rhythm = 'flexible' or (rhythm = 'once' and starts_on is not null)"
            " or (rhythm in ('weekly', 'monthly') and slots <> 0)",
            name="moments",
        ),
        Index("ix_volunteering_mission_state_created_at", "state", "created_at"),
    )
    audit = "volunteering.mission_"

    id: Mapped[Id]
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    purpose: Mapped[str] = mapped_column(String(2000))
    tasks: Mapped[str] = mapped_column(String(2000), default="")
    rhythm: Mapped[str] = mapped_column(String(10), default="flexible")
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    minutes: Mapped[int | None]
    places: Mapped[int | None]
    venue: Mapped[str] = mapped_column(String(200), default="")
    conditions: Mapped[str] = mapped_column(String(1000), default="")
    access: Mapped[str] = mapped_column(String(300), default="")
    interests: Mapped[int] = mapped_column(default=0)
    skills: Mapped[int] = mapped_column(default=0)
    languages: Mapped[int] = mapped_column(default=0)
    slots: Mapped[int] = mapped_column(default=0)
    special: Mapped[str] = mapped_column(String(12), default="")
    minors: Mapped[bool] = mapped_column(default=False)
    childcare: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]
    created_at: Mapped[Created]

    organisation: Mapped[Organisation | None] = relationship()

    @property
    def last_day(self) -> date | None:
        """The day after which nobody is expected: the last one, or the only one; None when there is none."""
        return self.ends_on or (self.starts_on if self.rhythm == words.ONCE else None)

    def is_over(self, today: date) -> bool:
        """Whether its last day has passed."""
        return self.last_day is not None and self.last_day < today

    @property
    def domain(self) -> str:
        """Its domain in the feed of API Engagement: that of its first interest."""
        return next((word.domain for word in words.within(self.interests, words.INTERESTS)), "autre")


class Volunteer(CaseMixin, Base):
    """Somebody who gives a hand. ``avoids`` are interests for which they are never asked.

    ``origin`` is how they first came, ``later_origin`` how they came again once they were a volunteer, if they did.
    """

    __tablename__ = "volunteering_volunteer"
    __table_args__ = (
        *case_checks(VolunteerState),
        CheckConstraint(one_of("origin", tuple(words.ORIGINS)), name="origin"),
        CheckConstraint(one_of("later_origin", ("", *words.ORIGINS)), name="later_origin"),
        Index("ix_volunteering_volunteer_state_created_at", "state", "created_at"),
        Index(
            "uq_volunteering_volunteer_applicant",
            "applicant_id",
            unique=True,
            postgresql_where=text("state <> 'left'"),
        ),
    )
    shown_on_pages = False
    audit = "volunteering.volunteer_"

    id: Mapped[Id]
    origin: Mapped[str] = mapped_column(String(10), default="site")
    later_origin: Mapped[str] = mapped_column(String(10), default="")
    interests: Mapped[int] = mapped_column(default=0)
    avoids: Mapped[int] = mapped_column(default=0)
    skills: Mapped[int] = mapped_column(default=0)
    languages: Mapped[int] = mapped_column(default=0)
    slots: Mapped[int] = mapped_column(default=0)
    wishes: Mapped[str] = mapped_column(String(1000), default="")
    constraints: Mapped[str] = mapped_column(String(500), default="")
    contacted_at: Mapped[datetime | None]
    created_at: Mapped[Created]

    interviews: Mapped[list["Interview"]] = relationship(
        order_by="Interview.met_on.desc()", cascade="all, delete-orphan", back_populates="volunteer"
    )

    @property
    def here(self) -> bool:
        """Whether missions may be proposed to them."""
        return self.state not in {VolunteerState.PAUSED, VolunteerState.LEFT}

    @property
    def came_by(self) -> str:
        """How they came, in words."""
        return ", ".join(str(words.ORIGINS[code]) for code in (self.origin, self.later_origin) if code)


class Interview(Base):
    """What a mediator notes of a conversation with a volunteer; read by mediators alone."""

    __tablename__ = "volunteering_interview"
    shown_on_pages = False

    id: Mapped[Id]
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteering_volunteer.id", ondelete="CASCADE"), index=True)
    met_on: Mapped[date]
    notes: Mapped[str] = mapped_column(String(4000))
    written_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))

    volunteer: Mapped[Volunteer] = relationship(back_populates="interviews")


class Match(CaseMixin, Base):
    """A mission and a volunteer brought together. ``applicant`` is the volunteer's person; each side agrees for itself."""

    __tablename__ = "volunteering_match"
    __table_args__ = (
        *case_checks(MatchState),
        CheckConstraint(
            "state in ('proposed', 'declined') or (volunteer_agreed_at is not null and mission_agreed_at is not null)",
            name="agreed",
        ),
        Index("ix_volunteering_match_mission_id", "mission_id"),
        Index(
            "uq_volunteering_match_live",
            "volunteer_id",
            "mission_id",
            unique=True,
            postgresql_where=text("state not in ('ended', 'declined')"),
        ),
    )
    shown_on_pages = False
    audit = "volunteering.match_"

    id: Mapped[Id]
    mission_id: Mapped[UUID] = mapped_column(ForeignKey("volunteering_mission.id", ondelete="CASCADE"))
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteering_volunteer.id", ondelete="CASCADE"))
    volunteer_agreed_at: Mapped[datetime | None]
    mission_agreed_at: Mapped[datetime | None]
    mentor: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[Created]

    mission: Mapped[Mission] = relationship(lazy="joined", innerjoin=True)
    volunteer: Mapped[Volunteer] = relationship()
    followups: Mapped[list["FollowUp"]] = relationship(
        order_by="FollowUp.due_on", cascade="all, delete-orphan", back_populates="match"
    )

    @property
    def opened(self) -> bool:
        """Whether both sides agreed, and have each other's contact details."""
        return self.state in OPENED


class FollowUp(Base):
    """A word to have with a volunteer some time after their first steps."""

    __tablename__ = "volunteering_follow_up"
    __table_args__ = (
        CheckConstraint(one_of("kind", ("weeks", "months")), name="kind"),
        UniqueConstraint("match_id", "kind"),
        Index("ix_volunteering_follow_up_due_on", "due_on", postgresql_where=text("done_at is null")),
    )
    shown_on_pages = False

    id: Mapped[Id]
    match_id: Mapped[UUID] = mapped_column(ForeignKey("volunteering_match.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(6))
    due_on: Mapped[date]
    done_at: Mapped[datetime | None]
    said: Mapped[str] = mapped_column(String(1000), default="")

    match: Mapped[Match] = relationship(back_populates="followups")


class Shift(Base):
    """A moment of a mission, with how many people it needs."""

    __tablename__ = "volunteering_shift"
    __table_args__ = (
        CheckConstraint("ends_at > starts_at", name="moments"),
        CheckConstraint("wanted > 0", name="wanted"),
        UniqueConstraint("mission_id", "starts_at"),
        Index("ix_volunteering_shift_starts_at", "starts_at"),
    )

    id: Mapped[Id]
    mission_id: Mapped[UUID] = mapped_column(ForeignKey("volunteering_mission.id", ondelete="CASCADE"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    wanted: Mapped[int]

    mission: Mapped[Mission] = relationship()


class ShiftPlace(Base):
    """Somebody who comes to a shift."""

    __tablename__ = "volunteering_shift_place"
    __table_args__ = (UniqueConstraint("shift_id", "volunteer_id"),)
    shown_on_pages = False

    id: Mapped[Id]
    shift_id: Mapped[UUID] = mapped_column(ForeignKey("volunteering_shift.id", ondelete="CASCADE"))
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteering_volunteer.id", ondelete="CASCADE"), index=True)

    shift: Mapped[Shift] = relationship()
    volunteer: Mapped[Volunteer] = relationship()


class Hours(Versioned, Base):
    """Time that a volunteer gave, in minutes. Without an organisation, it was given to the commune.

    It counts once the organisation validated it (BEN-03).
    """

    __tablename__ = "volunteering_hours"
    __table_args__ = (
        CheckConstraint(one_of("state", HoursState.all()), name="state"),
        CheckConstraint(one_of("channel", tuple(channels.CHANNELS)), name="channel"),
        CheckConstraint("minutes between 1 and 1440", name="minutes"),
        CheckConstraint("(state = 'declared') = (decided_at is null)", name="decided"),
        Index("ix_volunteering_hours_volunteer_id", "volunteer_id", "done_on"),
        Index("ix_volunteering_hours_organisation_id", "organisation_id", "done_on"),
    )
    shown_on_pages = False

    id: Mapped[Id]
    volunteer_id: Mapped[UUID] = mapped_column(ForeignKey("volunteering_volunteer.id", ondelete="CASCADE"))
    mission_id: Mapped[UUID | None] = mapped_column(ForeignKey("volunteering_mission.id", ondelete="SET NULL"))
    organisation_id: Mapped[UUID | None] = mapped_column(ForeignKey("organisation.id", ondelete="SET NULL"))
    activity: Mapped[str] = mapped_column(String(120))
    done_on: Mapped[date]
    minutes: Mapped[int]
    channel: Mapped[str] = mapped_column(String(10), default="web")
    state: Mapped[str] = mapped_column(String(10), default=HoursState.DECLARED)
    reason: Mapped[str] = mapped_column(String(300), default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"))
    created_at: Mapped[Created]

    volunteer: Mapped[Volunteer] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class Rate(Versioned, Base):
    """What an organisation counts an hour of a volunteer for, in cents, in a year, and where that comes from (BEN-04)."""

    __tablename__ = "volunteering_rate"
    __table_args__ = (UniqueConstraint("organisation_id", "year"), CheckConstraint("cents > 0", name="cents"))
    shown_on_pages = False

    id: Mapped[Id]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id", ondelete="CASCADE"))
    year: Mapped[int]
    cents: Mapped[int]
    source: Mapped[str] = mapped_column(String(300))
