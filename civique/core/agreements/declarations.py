"""What a module says of the objects that the commune and somebody agree about."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from civique.core.base import Base
from civique.core.people.models import Person
from tenants.session import TenantSession

Step = Literal["draw_up", "offer", "sign_applicant", "sign_commune", "break", "end"]
"""What is about to be done to an agreement."""


@dataclass(frozen=True)
class Described:
    """An object, as its agreement tells it. Texts are in the language of the moment, amounts in cents.

    Args:
        heading: what the agreement is, on top of its PDF.
        reference: the object's, with its name (« Request FIC-2026-0042 »).
        applicant_name: the other side, a person or an organisation.
        applicant: who is written to; None when nobody is left to be written to.
        represented: the applicant is an organisation, for which somebody signs in a capacity.
        path: page of the object for its applicant.
        desk_path: page of the object at the town hall.
        amount_cents: what the commune undertakes to pay.
        paid_cents: what was paid already, and may be asked back when the agreement is broken.
        act: number of the act that allows it, where the module keeps it; None where it keeps none, and the form asks for it.
        applicant_duties: what the applicant usually undertakes, as the form proposes it; ``commune_duties`` likewise.
        reason: why the applicant receives messages about it.
    """

    heading: str
    reference: str
    title: str
    purpose: str
    applicant_name: str
    applicant: Person | None
    path: str
    desk_path: str
    represented: bool = False
    amount_cents: int = 0
    paid_cents: int = 0
    starts_on: date | None = None
    ends_on: date | None = None
    act: str | None = None
    applicant_duties: Sequence[str] = ()
    commune_duties: Sequence[str] = ()
    reason: str = ""


def take_row(session: TenantSession, row: Any) -> None:
    """Lock the row of an object until the end of the transaction."""
    session.refresh(row, with_for_update={"of": type(row)})


def any_step(_session: TenantSession, _row: Any, _step: Step) -> None:
    """Allow every step."""


@dataclass(frozen=True)
class AgreementSubject:
    """Objects of a module that an agreement may be about. The core locks them before each step.

    Args:
        model: their table.
        describe: what their agreement tells of one.
        may_follow: whether a person may read the agreement and sign it for the applicant.
        check: raises ``Refused`` when a step cannot be taken now; the object is locked.
        lock: takes the object, and what must be taken before it.
    """

    model: type[Base]
    describe: Callable[[TenantSession, Any], Described]
    may_follow: Callable[[TenantSession, Any, Person | None], bool]
    check: Callable[[TenantSession, Any, Step], None] = any_step
    lock: Callable[[TenantSession, Any], None] = take_row
