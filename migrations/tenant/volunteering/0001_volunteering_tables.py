"""Missions and their shifts, volunteers, matches, hours."""

import sqlalchemy as sa
from alembic import op

revision = "volunteering_0001"
down_revision = None
branch_labels = ("volunteering",)
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table(
        "volunteering_mission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("purpose", sa.String(length=2000), nullable=False),
        sa.Column("tasks", sa.String(length=2000), nullable=False),
        sa.Column("rhythm", sa.String(length=10), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("places", sa.Integer(), nullable=True),
        sa.Column("venue", sa.String(length=200), nullable=False),
        sa.Column("conditions", sa.String(length=1000), nullable=False),
        sa.Column("access", sa.String(length=300), nullable=False),
        sa.Column("interests", sa.Integer(), nullable=False),
        sa.Column("skills", sa.Integer(), nullable=False),
        sa.Column("languages", sa.Integer(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("special", sa.String(length=12), nullable=False),
        sa.Column("minors", sa.Boolean(), nullable=False),
        sa.Column("childcare", sa.Boolean(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("reference", sa.String(length=20), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=True),
        sa.Column("territory_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "channel in ('web', 'paper', 'phone', 'counter', 'market', 'meeting', 'letter', 'box', 'doorstep')",
            name=op.f("ck_volunteering_mission_channel"),
        ),
        sa.CheckConstraint(
            "rhythm in ('once', 'weekly', 'monthly', 'flexible')", name=op.f("ck_volunteering_mission_rhythm")
        ),
        sa.CheckConstraint(
            "special in ('', 'childminding', 'translation', 'doorstep', 'survey')",
            name=op.f("ck_volunteering_mission_special"),
        ),
        sa.CheckConstraint(
            "state in ('draft', 'clarified', 'published', 'filled', 'ended', 'cancelled')",
            name=op.f("ck_volunteering_mission_state"),
        ),
        sa.CheckConstraint(
            "state not in ('published', 'filled') or (minutes is not null and places is not null and conditions <> '')",
            name=op.f("ck_volunteering_mission_stated"),
        ),
        sa.CheckConstraint(
            "state not in ('published', 'filled') or rhythm = 'flexible' or (rhythm = 'once' and starts_on is not null)"
            " or (rhythm in ('weekly', 'monthly') and slots <> 0)",
            name=op.f("ck_volunteering_mission_moments"),
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_volunteering_mission_days")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_volunteering_mission_minutes")),
        sa.CheckConstraint("places > 0", name=op.f("ck_volunteering_mission_places")),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["person.id"], name=op.f("fk_volunteering_mission_applicant_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["person.id"], name=op.f("fk_volunteering_mission_assignee_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_volunteering_mission_organisation_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_volunteering_mission_territory_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteering_mission")),
        sa.UniqueConstraint("reference", name=op.f("uq_volunteering_mission_reference")),
    )
    op.create_index(
        op.f("ix_volunteering_mission_applicant_id"), "volunteering_mission", ["applicant_id"], unique=False
    )
    op.create_index(op.f("ix_volunteering_mission_assignee_id"), "volunteering_mission", ["assignee_id"], unique=False)
    op.create_index(
        op.f("ix_volunteering_mission_organisation_id"), "volunteering_mission", ["organisation_id"], unique=False
    )
    op.create_index(
        "ix_volunteering_mission_state_created_at", "volunteering_mission", ["state", "created_at"], unique=False
    )
    op.create_table(
        "volunteering_volunteer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("origin", sa.String(length=10), nullable=False),
        sa.Column("later_origin", sa.String(length=10), nullable=False),
        sa.Column("interests", sa.Integer(), nullable=False),
        sa.Column("avoids", sa.Integer(), nullable=False),
        sa.Column("skills", sa.Integer(), nullable=False),
        sa.Column("languages", sa.Integer(), nullable=False),
        sa.Column("slots", sa.Integer(), nullable=False),
        sa.Column("wishes", sa.String(length=1000), nullable=False),
        sa.Column("constraints", sa.String(length=500), nullable=False),
        sa.Column("contacted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("reference", sa.String(length=20), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=True),
        sa.Column("territory_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "channel in ('web', 'paper', 'phone', 'counter', 'market', 'meeting', 'letter', 'box', 'doorstep')",
            name=op.f("ck_volunteering_volunteer_channel"),
        ),
        sa.CheckConstraint(
            "origin in ('meeting', 'ceremony', 'newcomer', 'desk', 'card', 'site', 'friend', 'other')",
            name=op.f("ck_volunteering_volunteer_origin"),
        ),
        sa.CheckConstraint(
            "later_origin in ('', 'meeting', 'ceremony', 'newcomer', 'desk', 'card', 'site', 'friend', 'other')",
            name=op.f("ck_volunteering_volunteer_later_origin"),
        ),
        sa.CheckConstraint(
            "state in ('declared', 'met', 'active', 'paused', 'left')", name=op.f("ck_volunteering_volunteer_state")
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["person.id"], name=op.f("fk_volunteering_volunteer_applicant_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["person.id"], name=op.f("fk_volunteering_volunteer_assignee_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_volunteering_volunteer_territory_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteering_volunteer")),
        sa.UniqueConstraint("reference", name=op.f("uq_volunteering_volunteer_reference")),
    )
    op.create_index(
        op.f("ix_volunteering_volunteer_applicant_id"), "volunteering_volunteer", ["applicant_id"], unique=False
    )
    op.create_index(
        op.f("ix_volunteering_volunteer_assignee_id"), "volunteering_volunteer", ["assignee_id"], unique=False
    )
    op.create_index(
        "ix_volunteering_volunteer_state_created_at", "volunteering_volunteer", ["state", "created_at"], unique=False
    )
    op.create_index(
        "uq_volunteering_volunteer_applicant",
        "volunteering_volunteer",
        ["applicant_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'left'"),
    )
    op.create_table(
        "volunteering_interview",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=False),
        sa.Column("notes", sa.String(length=4000), nullable=False),
        sa.Column("written_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteering_volunteer.id"],
            name=op.f("fk_volunteering_interview_volunteer_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["written_by"], ["person.id"], name=op.f("fk_volunteering_interview_written_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteering_interview")),
    )
    op.create_index(
        op.f("ix_volunteering_interview_volunteer_id"), "volunteering_interview", ["volunteer_id"], unique=False
    )
    op.create_table(
        "volunteering_match",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mission_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mission_agreed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentor", sa.String(length=120), nullable=False),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("reference", sa.String(length=20), nullable=True),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("applicant_id", sa.Uuid(), nullable=True),
        sa.Column("territory_id", sa.Uuid(), nullable=True),
        sa.Column("assignee_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "channel in ('web', 'paper', 'phone', 'counter', 'market', 'meeting', 'letter', 'box', 'doorstep')",
            name=op.f("ck_volunteering_match_channel"),
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'accepted', 'first_steps', 'committed', 'ended', 'declined')",
            name=op.f("ck_volunteering_match_state"),
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'declined') or (volunteer_agreed_at is not null and mission_agreed_at is not null)",
            name=op.f("ck_volunteering_match_agreed"),
        ),
        sa.ForeignKeyConstraint(
            ["applicant_id"], ["person.id"], name=op.f("fk_volunteering_match_applicant_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["assignee_id"], ["person.id"], name=op.f("fk_volunteering_match_assignee_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["mission_id"],
            ["volunteering_mission.id"],
            name=op.f("fk_volunteering_match_mission_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["territory_id"], ["territory.id"], name=op.f("fk_volunteering_match_territory_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteering_volunteer.id"],
            name=op.f("fk_volunteering_match_volunteer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteering_match")),
        sa.UniqueConstraint("reference", name=op.f("uq_volunteering_match_reference")),
    )
    op.create_index(op.f("ix_volunteering_match_applicant_id"), "volunteering_match", ["applicant_id"], unique=False)
    op.create_index(op.f("ix_volunteering_match_assignee_id"), "volunteering_match", ["assignee_id"], unique=False)
    op.create_index("ix_volunteering_match_mission_id", "volunteering_match", ["mission_id"], unique=False)
    op.create_index(
        "uq_volunteering_match_live",
        "volunteering_match",
        ["volunteer_id", "mission_id"],
        unique=True,
        postgresql_where=sa.text("state not in ('ended', 'declined')"),
    )
    op.create_table(
        "volunteering_follow_up",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("match_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("kind in ('weeks', 'months')", name=op.f("ck_volunteering_follow_up_kind")),
        sa.ForeignKeyConstraint(
            ["match_id"], ["volunteering_match.id"], name=op.f("fk_volunteering_follow_up_match_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteering_follow_up")),
        sa.UniqueConstraint("match_id", "kind", name=op.f("uq_volunteering_follow_up_match_id_kind")),
    )
    op.create_index(
        "ix_volunteering_follow_up_due_on",
        "volunteering_follow_up",
        ["due_on"],
        unique=False,
        postgresql_where=sa.text("done_at is null"),
    )
    op.create_table(
        "volunteering_shift",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("mission_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_volunteering_shift_moments")),
        sa.CheckConstraint("wanted > 0", name=op.f("ck_volunteering_shift_wanted")),
        sa.ForeignKeyConstraint(
            ["mission_id"],
            ["volunteering_mission.id"],
            name=op.f("fk_volunteering_shift_mission_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteering_shift")),
        sa.UniqueConstraint("mission_id", "starts_at", name=op.f("uq_volunteering_shift_mission_id_starts_at")),
    )
    op.create_index("ix_volunteering_shift_starts_at", "volunteering_shift", ["starts_at"], unique=False)
    op.create_table(
        "volunteering_shift_place",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("shift_id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shift_id"],
            ["volunteering_shift.id"],
            name=op.f("fk_volunteering_shift_place_shift_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteering_volunteer.id"],
            name=op.f("fk_volunteering_shift_place_volunteer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteering_shift_place")),
        sa.UniqueConstraint("shift_id", "volunteer_id", name=op.f("uq_volunteering_shift_place_shift_id_volunteer_id")),
    )
    op.create_index(
        op.f("ix_volunteering_shift_place_volunteer_id"), "volunteering_shift_place", ["volunteer_id"], unique=False
    )
    op.create_table(
        "volunteering_hours",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("volunteer_id", sa.Uuid(), nullable=False),
        sa.Column("mission_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("activity", sa.String(length=120), nullable=False),
        sa.Column("done_on", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at", sa.DateTime(timezone=True), server_default=sa.text("clock_timestamp()"), nullable=False
        ),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(state = 'declared') = (decided_at is null)", name=op.f("ck_volunteering_hours_decided")),
        sa.CheckConstraint(
            "channel in ('web', 'paper', 'phone', 'counter', 'market', 'meeting', 'letter', 'box', 'doorstep')",
            name=op.f("ck_volunteering_hours_channel"),
        ),
        sa.CheckConstraint("state in ('declared', 'validated', 'refused')", name=op.f("ck_volunteering_hours_state")),
        sa.CheckConstraint("minutes between 1 and 1440", name=op.f("ck_volunteering_hours_minutes")),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["person.id"], name=op.f("fk_volunteering_hours_decided_by"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["mission_id"],
            ["volunteering_mission.id"],
            name=op.f("fk_volunteering_hours_mission_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_volunteering_hours_organisation_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["volunteer_id"],
            ["volunteering_volunteer.id"],
            name=op.f("fk_volunteering_hours_volunteer_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteering_hours")),
    )
    op.create_index(
        "ix_volunteering_hours_organisation_id", "volunteering_hours", ["organisation_id", "done_on"], unique=False
    )
    op.create_index(
        "ix_volunteering_hours_volunteer_id", "volunteering_hours", ["volunteer_id", "done_on"], unique=False
    )
    op.create_table(
        "volunteering_rate",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("cents > 0", name=op.f("ck_volunteering_rate_cents")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_volunteering_rate_organisation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_volunteering_rate")),
        sa.UniqueConstraint("organisation_id", "year", name=op.f("uq_volunteering_rate_organisation_id_year")),
    )
