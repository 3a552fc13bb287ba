"""Reading the kit: its entries, in the language of whoever reads."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload

from civique.core.documents.models import Document
from civique.modules.welcome.models import ITEM_KINDS, WelcomeItem
from tenants.session import TenantSession

IN_ORDER = (WelcomeItem.position, WelcomeItem.created_at, WelcomeItem.id)


def items(session: TenantSession, territory_id: UUID | None = None, *, every: bool = False) -> Sequence[WelcomeItem]:
    """The entries of the kit of a territory: its own, and those of the whole commune.

    Args:
        every: those of all territories, for whoever builds the kit.
    """
    query = select(WelcomeItem).options(
        joinedload(WelcomeItem.place),
        joinedload(WelcomeItem.territory),
        joinedload(WelcomeItem.document).options(selectinload(Document.versions)),
    )
    if not every:
        query = query.where(or_(WelcomeItem.territory_id.is_(None), WelcomeItem.territory_id == territory_id))
    return session.scalars(query.order_by(*IN_ORDER)).unique().all()


def by_kind(rows: Sequence[WelcomeItem]) -> dict[str, list[WelcomeItem]]:
    """Entries by kind, in the order of the kit; a kind without any is not there."""
    kinds = {kind: [row for row in rows if row.kind == kind] for kind in ITEM_KINDS}
    return {kind: found for kind, found in kinds.items() if found}


def title_in(item: WelcomeItem, language: str) -> str:
    """Title of an entry in a language of :data:`LANGUAGES`."""
    return (item.title_en if language == "en" else "") or item.title


def words_in(item: WelcomeItem, language: str) -> str:
    """Words of an entry in a language, French when it has no others."""
    own = {"en": item.words_en, "simple": item.simple}.get(language, "")
    return own or item.words
