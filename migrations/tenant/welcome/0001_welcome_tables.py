"""Requests."""

import sqlalchemy as sa
from alembic import op

revision = "welcome_0001"
down_revision = None
branch_labels = ("welcome",)
depends_on = None

TABLE = "welcome_request"
CHANNELS = "'web', 'paper', 'phone', 'counter', 'market', 'meeting', 'letter', 'box', 'doorstep'"
STATES = "'received', 'to_complete', 'advised', 'agreed', 'refused'"
REFERS = (("applicant_id", "person.id"), ("assignee_id", "person.id"), ("territory_id", "territory.id"))


def upgrade() -> None:
    """Forward."""
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=2000), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(True), server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        *(sa.Column(column, sa.Uuid(), nullable=True) for column, _ in REFERS),
        sa.CheckConstraint(f"channel in ({CHANNELS})", name=op.f(f"ck_{TABLE}_channel")),
        sa.CheckConstraint(f"state in ({STATES})", name=op.f(f"ck_{TABLE}_state")),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f(f"ck_{TABLE}_days")),
        *(
            sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{TABLE}_{column}"), ondelete="SET NULL")
            for column, to in REFERS
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("reference", name=op.f(f"uq_{TABLE}_reference")),
    )
    for column in ("applicant_id", "assignee_id"):
        op.create_index(op.f(f"ix_{TABLE}_{column}"), TABLE, [column])
    op.create_index(f"ix_{TABLE}_state_created_at", TABLE, ["state", "created_at"])
