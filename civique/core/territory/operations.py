"""Writing the territory."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from civique.core import audit
from civique.core.folding import fold
from civique.core.i18n import gettext as _
from civique.core.refused import Refused
from civique.core.territory.models import Place, Territory
from tenants.session import TenantSession


def add_territory(session: TenantSession, kind: str, name: str, **facts: Any) -> Territory:
    """Add a commune déléguée or a quarter.

    Raises:
        Refused: one of this kind has this name, accents and case aside.
    """
    position = session.execute(select(func.count()).select_from(Territory)).scalar_one()
    territory = Territory(kind=kind, name=name.strip(), folded=fold(name), position=position, **facts)
    try:
        with session.begin_nested():
            session.add(territory)
    except IntegrityError as error:
        raise _taken() from error
    audit.record(session, "territory.added", territory, kind=kind)
    return territory


def correct_territory(session: TenantSession, territory: Territory, **facts: Any) -> None:
    """Change the name, the description or the shape of a territory.

    Raises:
        Refused: another one of this kind has this name.
    """
    try:
        with session.begin_nested():
            for name, value in facts.items():
                setattr(territory, name, value)
            territory.folded = fold(territory.name)
    except IntegrityError as error:
        session.refresh(territory)
        raise _taken() from error
    audit.record(session, "territory.corrected", territory, fields=" ".join(sorted(facts)))


def remove_territory(session: TenantSession, territory: Territory) -> None:
    """Remove a territory; people and places that were in it stay, without territory."""
    audit.record(session, "territory.removed", territory)
    session.delete(territory)
    session.flush()


def add_place(session: TenantSession, kind: str, name: str, **facts: Any) -> Place:
    """Add a place.

    Raises:
        Refused: one of this kind has this name in the same territory, accents and case aside.
    """
    place = Place(kind=kind, name=name.strip(), folded=fold(name), **facts)
    _refuse_second(session, place)
    session.add(place)
    session.flush()
    audit.record(session, "place.added", place, kind=kind)
    return place


def correct_place(session: TenantSession, place: Place, **facts: Any) -> None:
    """Change what is known of a place.

    Raises:
        Refused: as :func:`add_place`.
    """
    with session.no_autoflush:
        for name, value in facts.items():
            setattr(place, name, value)
        place.folded = fold(place.name)
        _refuse_second(session, place)
    session.flush()
    audit.record(session, "place.corrected", place, fields=" ".join(sorted(facts)))


def remove_place(session: TenantSession, place: Place) -> None:
    """Remove a place."""
    audit.record(session, "place.removed", place)
    session.delete(place)
    session.flush()


def _refuse_second(session: TenantSession, place: Place) -> None:
    same = select(Place.id).where(
        Place.kind == place.kind,
        Place.folded == place.folded,
        Place.territory_id.is_not_distinct_from(place.territory_id),
        Place.id.is_distinct_from(place.id),
    )
    if session.scalars(same.limit(1)).first():
        raise _taken()


def _taken() -> Refused:
    return Refused(_("There is one with this name already."), "name", rule="name_taken")
