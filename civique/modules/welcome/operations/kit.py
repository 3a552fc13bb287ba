"""The kit that the commune builds, and its handing over."""

from typing import Any

from civique.core import audit, clock, settings
from civique.modules.welcome.models import WelcomeHousehold, WelcomeItem
from civique.modules.welcome.operations.vouchers import hand_set
from civique.modules.welcome.queries.kit import items
from civique.modules.welcome.settings import WelcomeSettings
from tenants.session import TenantSession


def add_item(session: TenantSession, kind: str, **facts: Any) -> WelcomeItem:
    """Add an entry to the kit, after those that are there."""
    item = WelcomeItem(kind=kind, position=len(items(session, every=True)), **facts)
    session.add(item)
    session.flush()
    audit.record(session, "welcome.item_added", item, kind=kind)
    return item


def change_item(session: TenantSession, item: WelcomeItem, **facts: Any) -> None:
    """Correct an entry of the kit."""
    for name, value in facts.items():
        setattr(item, name, value)
    session.flush()
    audit.record(session, "welcome.item_changed", item)


def move_item(session: TenantSession, item: WelcomeItem, step: int) -> None:
    """Move an entry up (-1) or down (1) among those of its kind; at the end nothing moves."""
    rows = list(items(session, every=True))
    alike = [row for row in rows if row.kind == item.kind]
    here = alike.index(item)
    alike.insert(min(max(here + step, 0), len(alike) - 1), alike.pop(here))
    for position, row in enumerate([*alike, *(row for row in rows if row.kind != item.kind)]):
        row.position = position
    session.flush()
    audit.record(session, "welcome.item_moved", item)


def remove_item(session: TenantSession, item: WelcomeItem) -> None:
    """Take an entry out of the kit."""
    audit.record(session, "welcome.item_removed", item)
    session.delete(item)
    session.flush()


def hand_kit(session: TenantSession, household: WelcomeHousehold, **_facts: Any) -> dict[str, Any]:
    """The kit of today is handed over, with one set of vouchers.

    Returns:
        The vouchers, for the message.
    """
    vouchers = hand_set(session, household)
    household.kit_edition = settings.get(session, WelcomeSettings).edition
    household.kit_handed_on = clock.today()
    return {"vouchers": vouchers}
