"""Tables."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from civique.core.base import Base, Created, Id, Versioned, one_of
from civique.core.cases.models import CaseMixin, States, case_checks
from civique.core.documents.models import Document
from civique.core.organisations.models import Organisation
from civique.core.people.models import Person
from civique.core.territory.models import Place, Territory

LANGUAGES = ("fr", "en", "simple")
NEEDS = ("school", "childcare", "health", "transport", "procedures", "digital", "waste", "leisure", "work", "other")
INTERESTS = ("volunteering", "bodies", "projects", "neighbours")
ITEM_KINDS = ("step", "place", "service", "person")
RELAY_KINDS = ("council", "peer", "volunteer", "mairie")
VOUCHER_STATES = ("available", "assigned", "handed", "used", "expired", "cancelled")
HOLDING = ("assigned", "handed", "used", "expired")
"""States of a voucher that counts for the household that has it."""
WAYS = ("phone", "call", "coupons")
"""How a voucher was redeemed: on the partner's phone, by a call to the town hall, by a batch of coupons brought back."""
MOST_VOUCHERS = 5000


class HouseholdState(States):
    """States of a household."""

    DECLARED = "declared"
    KIT_HANDED = "kit_handed"
    INVITED = "invited"
    CAME = "came"
    ABSENT = "absent"
    REMINDED = "reminded"
    ANONYMISED = "anonymised"


class WelcomeHousehold(CaseMixin, Base):
    """A household that arrived, as it said itself. ``applicant`` is who speaks for it."""

    __tablename__ = "welcome_household"
    __table_args__ = (
        *case_checks(HouseholdState),
        CheckConstraint(one_of("language", LANGUAGES), name="language"),
        CheckConstraint("adults >= 0 AND children >= 0", name="people"),
        Index("ix_welcome_household_state_created_at", "state", "created_at"),
    )
    shown_on_pages = False
    audit = "welcome.household_"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(120), default="")
    """As on the letter box: « Famille Martin »."""
    arrived_on: Mapped[date]
    adults: Mapped[int]
    children: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(String(6), default="fr")
    needs: Mapped[list[str]] = mapped_column(default=list)
    words: Mapped[str] = mapped_column(String(1000), default="")
    visit: Mapped[bool] = mapped_column(default=False)
    """Whether somebody may come and greet it."""
    invite: Mapped[bool] = mapped_column(default=False)
    """Whether it is invited to the welcome event."""
    keep_touch: Mapped[bool] = mapped_column(default=False)
    """Whether it stays in touch beyond the time after which it is anonymised."""
    relay_id: Mapped[UUID | None] = mapped_column(ForeignKey("welcome_relay.id", ondelete="SET NULL"), index=True)
    greet_by: Mapped[date | None]
    greeted_on: Mapped[date | None]
    kit_edition: Mapped[str] = mapped_column(String(40), default="")
    kit_handed_on: Mapped[date | None]
    created_at: Mapped[Created]

    relay: Mapped["WelcomeRelay | None"] = relationship()
    interests: Mapped[list["WelcomeInterest"]] = relationship(
        cascade="all, delete-orphan", order_by="WelcomeInterest.kind"
    )

    @property
    def size(self) -> int:
        """How many people."""
        return self.adults + self.children


class WelcomeInterest(Base):
    """What a household would like to take part in; told to the other modules when it is said."""

    __tablename__ = "welcome_interest"
    __table_args__ = (
        UniqueConstraint("household_id", "kind"),
        CheckConstraint(one_of("kind", INTERESTS), name="kind"),
    )
    shown_on_pages = False

    id: Mapped[Id]
    household_id: Mapped[UUID] = mapped_column(ForeignKey("welcome_household.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(12))
    created_at: Mapped[Created]


class WelcomeJoined(Base):
    """Something that a household joined: what, and the first day. It names nobody."""

    __tablename__ = "welcome_joined"
    __table_args__ = (UniqueConstraint("household_id", "what"),)
    shown_on_pages = False

    id: Mapped[Id]
    household_id: Mapped[UUID] = mapped_column(ForeignKey("welcome_household.id", ondelete="CASCADE"))
    what: Mapped[str] = mapped_column(String(40))
    joined_on: Mapped[date]


class WelcomeRelay(Versioned, Base):
    """Who greets the households of a territory (of the whole commune without one): a neighbourhood council, a peer relay, a
    volunteer or the town hall. ``person`` is who is written to."""

    __tablename__ = "welcome_relay"
    __table_args__ = (CheckConstraint(one_of("kind", RELAY_KINDS), name="kind"),)
    shown_on_pages = False

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(9))
    name: Mapped[str] = mapped_column(String(120), default="")
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id", ondelete="SET NULL"), index=True)
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id", ondelete="CASCADE"))
    ended_on: Mapped[date | None]
    created_at: Mapped[Created]

    person: Mapped[Person | None] = relationship()
    territory: Mapped[Territory | None] = relationship()

    @property
    def label(self) -> str:
        """How it is called: its own name, or that of the person."""
        return self.name or (self.person.name if self.person else "")


class WelcomeItem(Versioned, Base):
    """An entry of the kit: a useful place, a service with its calendar as a document, somebody to know, a first step."""

    __tablename__ = "welcome_item"
    __table_args__ = (CheckConstraint(one_of("kind", ITEM_KINDS), name="kind"),)

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(8))
    title: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(String(1000), default="")
    title_en: Mapped[str] = mapped_column(String(120), default="")
    words_en: Mapped[str] = mapped_column(String(1000), default="")
    simple: Mapped[str] = mapped_column(String(300), default="")
    """The same in one short sentence, for the simplified version."""
    phone: Mapped[str | None] = mapped_column(String(20))
    place_id: Mapped[UUID | None] = mapped_column(ForeignKey("place.id", ondelete="SET NULL"))
    document_id: Mapped[UUID | None] = mapped_column(ForeignKey("document.id", ondelete="SET NULL"))
    territory_id: Mapped[UUID | None] = mapped_column(ForeignKey("territory.id", ondelete="SET NULL"))
    position: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[Created]

    place: Mapped[Place | None] = relationship()
    document: Mapped[Document | None] = relationship()
    territory: Mapped[Territory | None] = relationship()


class WelcomeTick(Base):
    """A first step that a household has taken."""

    __tablename__ = "welcome_tick"
    __table_args__ = (UniqueConstraint("household_id", "item_id"),)
    shown_on_pages = False

    id: Mapped[Id]
    household_id: Mapped[UUID] = mapped_column(ForeignKey("welcome_household.id", ondelete="CASCADE"))
    item_id: Mapped[UUID] = mapped_column(ForeignKey("welcome_item.id", ondelete="CASCADE"), index=True)


class WelcomeOffer(Versioned, Base):
    """What a partner offers to each new household: how many vouchers, until when, on what conditions."""

    __tablename__ = "welcome_offer"
    __table_args__ = (
        CheckConstraint(f"quantity BETWEEN 1 AND {MOST_VOUCHERS}", name="quantity"),
        CheckConstraint("valid_until >= valid_from", name="days"),
        Index("ix_welcome_offer_organisation_id", "organisation_id"),
    )

    id: Mapped[Id]
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisation.id"))
    title: Mapped[str] = mapped_column(String(120))
    conditions: Mapped[str] = mapped_column(String(600), default="")
    quantity: Mapped[int]
    valid_from: Mapped[date]
    valid_until: Mapped[date]
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[Created]

    organisation: Mapped[Organisation] = relationship(lazy="joined", innerjoin=True)


class WelcomeVoucher(Base):
    """One voucher. An offer has as many rows as its partner gives vouchers: none can be handed that does not exist."""

    __tablename__ = "welcome_voucher"
    __table_args__ = (
        CheckConstraint(one_of("state", VOUCHER_STATES), name="state"),
        CheckConstraint(f"how = '' OR {one_of('how', WAYS)}", name="how"),
        CheckConstraint("(state = 'available') = (household_id IS NULL)", name="held"),
        CheckConstraint("(state = 'used') = (used_on IS NOT NULL AND used_at IS NOT NULL)", name="used"),
        UniqueConstraint("number"),
        Index(
            "uq_welcome_voucher_one_a_household",
            "offer_id",
            "household_id",
            unique=True,
            postgresql_where=text("state <> 'cancelled'"),
        ),
        Index("ix_welcome_voucher_household_id", "household_id"),
        Index("ix_welcome_voucher_offer_id_state", "offer_id", "state"),
    )
    shown_on_pages = False

    id: Mapped[Id]
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("welcome_offer.id"))
    household_id: Mapped[UUID | None] = mapped_column(ForeignKey("welcome_household.id"))
    number: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(9), default="available")
    handed_on: Mapped[date | None]
    used_on: Mapped[date | None]
    used_at: Mapped[datetime | None]
    """When its use was noted, by the database's clock: which one it is, for whoever takes it back."""
    how: Mapped[str] = mapped_column(String(7), default="")
    created_at: Mapped[Created]

    offer: Mapped[WelcomeOffer] = relationship(lazy="joined", innerjoin=True)

    @property
    def shown(self) -> str:
        """Its number as it is printed and read out: K7Q2-9FMP."""
        return f"{self.number[:4]}-{self.number[4:]}"


class WelcomeHistory(Base):
    """How the gifts of a year before the software were used; None for what nobody counted."""

    __tablename__ = "welcome_history"
    __table_args__ = (
        UniqueConstraint("year", "folded_partner", "folded_gift"),
        CheckConstraint("year BETWEEN 1990 AND 2200", name="year"),
        CheckConstraint("handed >= 0 AND used >= 0 AND used <= handed", name="figures"),
    )
    shown_on_pages = False

    id: Mapped[Id]
    year: Mapped[int]
    partner: Mapped[str] = mapped_column(String(160))
    folded_partner: Mapped[str] = mapped_column(String(160))
    gift: Mapped[str] = mapped_column(String(120))
    folded_gift: Mapped[str] = mapped_column(String(120))
    handed: Mapped[int | None]
    used: Mapped[int | None]
    created_at: Mapped[Created]
