"""subscriptions."""

import sqlalchemy as sa
from alembic import op

revision = "platform_0002"
down_revision = "platform_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    moment = sa.DateTime(timezone=True)
    now = sa.text("clock_timestamp()")
    op.create_table(
        "subscription",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("insee", sa.String(length=5), nullable=False),
        sa.Column("commune_name", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("given_name", sa.String(length=80), nullable=False),
        sa.Column("family_name", sa.String(length=80), nullable=False),
        sa.Column("function", sa.String(length=80), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=False),
        sa.Column("locale", sa.String(length=2), nullable=False),
        sa.Column("terms_version", sa.String(length=20), nullable=False),
        sa.Column("data_version", sa.String(length=20), nullable=False),
        sa.Column("accepted_at", moment, server_default=now, nullable=False),
        sa.Column("code_id", sa.Uuid(), nullable=True),
        sa.Column("tenant_schema", sa.String(length=14), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", moment, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("created_at", moment, server_default=now, nullable=False),
        sa.Column("changed_at", moment, server_default=now, nullable=False),
        sa.Column("opened_at", moment, nullable=True),
        sa.Column("entered_at", moment, nullable=True),
        sa.CheckConstraint(
            "state in ('started', 'confirmed', 'to_check', 'approved', 'opening', 'open', 'refused', 'failed')",
            name=op.f("ck_subscription_state"),
        ),
        sa.CheckConstraint("siret ~ '^[0-9]{14}$'", name=op.f("ck_subscription_siret")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscription")),
        schema="platform",
    )
    op.create_index("ix_subscription_insee", "subscription", ["insee"], unique=False, schema="platform")
    op.create_index(
        "ix_subscription_state_created_at", "subscription", ["state", "created_at"], unique=False, schema="platform"
    )
    op.create_index(
        "uq_subscription_promised",
        "subscription",
        ["insee"],
        unique=True,
        schema="platform",
        postgresql_where=sa.text("state in ('approved', 'opening')"),
    )
