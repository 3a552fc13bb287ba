"""Subscriptions, beside the registry in schema ``platform``."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column
from uuid_utils.compat import uuid7

from civique.core import clock
from civique.core.base import one_of
from civique.core.i18n import _l
from tenants.models import NOW, PlatformBase

STATES = ("started", "confirmed", "to_check", "approved", "opening", "open", "refused", "failed")
PATIENCE = timedelta(minutes=2)
# States in which a commune is promised to one subscription: the database refuses a second one.
PROMISED = ("approved", "opening")
# Why a request was refused; the page and the message say it in full.
TAKEN = "taken"
PROOFS = {
    "call_back": _l("I called the town hall back at its public number"),
    "letter": _l("Signed letter of the mayor"),
    "decision": _l("Decision or deliberation that names the person"),
    "visit": _l("Seen in person, with an identity document"),
}
"""What an operator must have seen before an access is given back."""


class Subscription(PlatformBase):
    """The request of a mairie: who asks, what they accepted, what became of it.

    ``started``: waiting for the code; ``confirmed``: the code was given (it lasts as long as the transaction);
    ``to_check``: an operator must look; ``approved``: the job is asked for; ``opening``: the job runs; then ``open``,
    ``refused`` (``reason`` is shown to the applicant) or ``failed`` (no retry can help).
    """

    __tablename__ = "subscription"
    __table_args__ = (
        CheckConstraint(one_of("state", STATES), name="state"),
        CheckConstraint("siret ~ '^[0-9]{14}$'", name="siret"),
        Index("uq_subscription_promised", "insee", unique=True, postgresql_where=text(one_of("state", PROMISED))),
        Index("ix_subscription_state_created_at", "state", "created_at"),
        Index("ix_subscription_insee", "insee"),
    )
    shown_on_pages = False

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    insee: Mapped[str] = mapped_column(String(5))
    commune_name: Mapped[str] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(10), default="started")
    given_name: Mapped[str] = mapped_column(String(80))
    family_name: Mapped[str] = mapped_column(String(80))
    function: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254))
    phone: Mapped[str] = mapped_column(String(20))
    siret: Mapped[str] = mapped_column(String(14))
    locale: Mapped[str] = mapped_column(String(2), default="fr")
    terms_version: Mapped[str] = mapped_column(String(20))
    data_version: Mapped[str] = mapped_column(String(20))
    accepted_at: Mapped[datetime] = mapped_column(server_default=NOW)
    code_id: Mapped[UUID | None]
    tenant_schema: Mapped[str | None] = mapped_column(String(14))
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    changed_at: Mapped[datetime] = mapped_column(server_default=NOW)
    opened_at: Mapped[datetime | None]
    entered_at: Mapped[datetime | None]

    @property
    def name(self) -> str:
        """Who asks."""
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def moving(self) -> bool:
        """Whether the page will change by itself in a moment."""
        return self.state in PROMISED

    @property
    def slow(self) -> bool:
        """Whether the opening takes longer than promised: the page says that somebody looks."""
        return self.moving and self.decided_at is not None and clock.now() - self.decided_at > PATIENCE
