"""How a module says what of its own takes contributions. The core lists it, keeps its ledger and thanks who gave."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from civique.core.contributions.models import Contribution
from tenants.session import TenantSession


@dataclass(frozen=True)
class Recipient:
    """An object that takes contributions: the fund of a year, a garden, a project.

    Args:
        row: the object.
        code: names it in addresses (``fonds-2026``); small letters, digits and hyphens, unique in the commune.
        label: names it on pages and in messages.
        open: partners may propose help to it from the site, and a proposal may be accepted for it.
        public: who gave to it and agreed is thanked on the site.
    """

    row: Any
    code: str
    label: str
    open: bool = True
    public: bool = True


@dataclass(frozen=True)
class Need:
    """Something that contributions to a recipient may serve: forty metres of cloth granted to a project.

    ``lacking`` is in the need's unit; ``path`` is the page of what waits for it at the desk.
    """

    id: UUID
    title: str
    path: str
    nature: str
    description: str
    unit: str
    lacking: Decimal


@dataclass(frozen=True)
class Recipients:
    """What a module declares.

    Args:
        find: its recipients, newest first.
        needs: what waits for things or time, for the object of a recipient.
        serve: gives a part of a contribution to a need. Raises ``Refused``, or ``LookupError`` when the recipient of the
            contribution has no such need.
    """

    find: Callable[[TenantSession], Sequence[Recipient]]
    needs: Callable[[TenantSession, Any], Sequence[Need]] | None = None
    serve: Callable[[TenantSession, Contribution, UUID, Decimal], None] | None = None
