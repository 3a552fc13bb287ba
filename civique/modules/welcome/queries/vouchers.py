"""Reading offers and vouchers, and how many were used."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Select, and_, exists, extract, func, select

from civique.core import clock
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.indicators.figures import Figure
from civique.core.indicators.formulas import percent
from civique.core.loading import among
from civique.core.organisations.declarations import OrganisationCard
from civique.core.organisations.models import Organisation
from civique.core.people.models import Person
from civique.modules.welcome.models import (
    HOLDING,
    WelcomeHistory,
    WelcomeHousehold,
    WelcomeOffer,
    WelcomeVoucher,
)
from tenants.session import TenantSession

SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Of a number: none is read as another. Eight at random, so that nobody finds one by trying."""
UNDONE_WITHIN = timedelta(minutes=15)
"""How long after it was noted a use may be taken back."""
HANDED = ("handed", "used", "expired")
"""States of a voucher that a household received."""


BY_PARTNER = (Organisation.folded, WelcomeOffer.created_at)
"""Order of the offers."""


def normal_number(text: str) -> str:
    """A number as it is kept, however it was typed, or read in the address of its code."""
    typed = text.strip().rstrip("/").rpartition("/")[2].upper()
    return "".join(sign for sign in typed if sign in SIGNS)


def running(day: date) -> ColumnElement[bool]:
    """Condition that an offer goes to the households that arrive: not withdrawn, not over."""
    return and_(WelcomeOffer.withdrawn_at.is_(None), WelcomeOffer.valid_until >= day)


def offers() -> Select[WelcomeOffer]:
    """Query of every offer, with its partner."""
    return select(WelcomeOffer).join(Organisation, Organisation.id == WelcomeOffer.organisation_id)


def offers_today() -> Select[WelcomeOffer]:
    """Query of the offers that go to the households that arrive."""
    return offers().where(running(clock.today()))


def running_offers(session: TenantSession) -> Sequence[WelcomeOffer]:
    """Those offers, by partner."""
    return session.scalars(offers_today().order_by(*BY_PARTNER)).unique().all()


def counts(session: TenantSession, offers: Iterable[WelcomeOffer]) -> dict[UUID, Mapping[str, int]]:
    """How many vouchers of each offer are in each state."""
    found: dict[UUID, dict[str, int]] = {offer.id: {} for offer in offers}
    query = select(WelcomeVoucher.offer_id, WelcomeVoucher.state, func.count())
    query = query.where(WelcomeVoucher.offer_id.in_(list(found))).group_by(
        WelcomeVoucher.offer_id, WelcomeVoucher.state
    )
    for offer_id, state, number in session.execute(query):
        found[offer_id][state] = number
    return dict(found)


def vouchers_of(session: TenantSession, household: WelcomeHousehold) -> Sequence[WelcomeVoucher]:
    """The vouchers of a household, by partner; those that were cancelled last."""
    query = select(WelcomeVoucher).join(WelcomeVoucher.offer).join(Organisation)
    query = query.where(WelcomeVoucher.household_id == household.id)
    query = query.order_by(WelcomeVoucher.state == "cancelled", Organisation.folded, WelcomeVoucher.id)
    return session.scalars(query, execution_options={"populate_existing": True}).unique().all()


def find_voucher(session: TenantSession, number: str) -> WelcomeVoucher | None:
    """A voucher by its number, however it is typed."""
    query = select(WelcomeVoucher).where(WelcomeVoucher.number == normal_number(number))
    return session.scalars(query).unique().one_or_none()


def redeemed_lately(session: TenantSession, organisation_id: UUID, limit: int = 10) -> Sequence[WelcomeVoucher]:
    """The last vouchers of a partner that were used."""
    query = select(WelcomeVoucher).join(WelcomeOffer).where(WelcomeOffer.organisation_id == organisation_id)
    query = query.where(WelcomeVoucher.state == "used").order_by(WelcomeVoucher.used_at.desc())
    return session.scalars(query.limit(limit)).unique().all()


def undoable(voucher: WelcomeVoucher) -> bool:
    """Whether the use of a voucher was noted lately enough to be taken back."""
    return voucher.used_at is not None and clock.now() - voucher.used_at < UNDONE_WITHIN


def noted_lately(session: TenantSession, limit: int = 20) -> Sequence[WelcomeVoucher]:
    """Vouchers of any partner whose use may still be taken back, the last noted first."""
    query = select(WelcomeVoucher).where(WelcomeVoucher.used_at > func.clock_timestamp() - UNDONE_WITHIN)
    return session.scalars(query.order_by(WelcomeVoucher.used_at.desc()).limit(limit)).unique().all()


def to_keep(session: TenantSession, household: WelcomeHousehold) -> bool:
    """Whether an offer that runs has a voucher left for a household that has none of it."""
    free = exists().where(WelcomeVoucher.offer_id == WelcomeOffer.id, WelcomeVoucher.state == "available")
    mine = exists().where(
        WelcomeVoucher.offer_id == WelcomeOffer.id,
        WelcomeVoucher.household_id == household.id,
        WelcomeVoucher.state != "cancelled",
    )
    return session.scalars(select(offers_today().where(free, ~mine).exists())).one()


@dataclass(frozen=True)
class Use:
    """How the gifts of a partner were used in a year. ``handed`` and ``used`` are None for what nobody counted.

    ``recorded``: it comes from before the software.
    """

    year: int
    partner: str
    gift: str
    handed: int | None
    used: int | None
    recorded: bool = False

    @property
    def rate(self) -> Figure:
        """Used ÷ handed in percent; unknown when nothing was handed (ACC-03)."""
        return percent(self.used, self.handed)


def uses(session: TenantSession) -> list[Use]:
    """How gifts were used, a year (of the handing) and a partner's gift a line, years before the software included; the last
    years first (ACC-03)."""
    year = extract("year", WelcomeVoucher.handed_on).cast(Integer)
    query = (
        select(
            year,
            Organisation.name,
            WelcomeOffer.title,
            func.count(),
            func.count().filter(WelcomeVoucher.state == "used"),
        )
        .join(WelcomeOffer, WelcomeOffer.id == WelcomeVoucher.offer_id)
        .join(Organisation, Organisation.id == WelcomeOffer.organisation_id)
        .where(WelcomeVoucher.handed_on.is_not(None), among(WelcomeVoucher.state, HANDED))
        .group_by(year, Organisation.name, WelcomeOffer.title)
    )
    found = [Use(*row) for row in session.execute(query)]
    past = select(WelcomeHistory)
    found += [Use(p.year, p.partner, p.gift, p.handed, p.used, True) for p in session.scalars(past)]
    return sorted(found, key=lambda use: (-use.year, fold(use.partner), fold(use.gift)))


def yearly(lines: Sequence[Use]) -> list[Use]:
    """The same, all partners together; a year of which one figure is unknown keeps it unknown."""
    found = []
    for year in sorted({line.year for line in lines}, reverse=True):
        of_year = [line for line in lines if line.year == year and line.handed is not None and line.used is not None]
        whole = len(of_year) == len([line for line in lines if line.year == year])
        handed = sum(line.handed or 0 for line in of_year) if whole else None
        found.append(Use(year, "", "", handed, sum(line.used or 0 for line in of_year) if whole else None))
    return found


def held(session: TenantSession, offer: WelcomeOffer) -> int:
    """How many vouchers of an offer a household has, or had and used."""
    query = select(func.count()).where(WelcomeVoucher.offer_id == offer.id, among(WelcomeVoucher.state, HOLDING))
    return int(session.execute(query).scalar_one())


def card_of(session: TenantSession, organisation: Organisation, _person: Person) -> list[OrganisationCard]:
    """What a partner reads of its vouchers in its space; nothing for who offers none."""
    mine = session.scalars(offers().where(WelcomeOffer.organisation_id == organisation.id)).unique().all()
    states = counts(session, mine)
    lines = [
        _(
            "%(title)s: %(handed)s handed over, %(used)s used, %(left)s left",
            title=offer.title,
            handed=sum(states[offer.id].get(state, 0) for state in HANDED),
            used=states[offer.id].get("used", 0),
            left=states[offer.id].get("available", 0),
        )
        for offer in mine
    ]
    links = [(_("Note a voucher as used"), f"/bienvenue/partenaire/organisations/{organisation.id}")]
    return [OrganisationCard(_("Vouchers of new residents"), lines, links)] if mine else []
