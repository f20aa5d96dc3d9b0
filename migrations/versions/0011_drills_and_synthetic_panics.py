"""Bounds and timetables of drills, and synthetic panics"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "drills",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("last_wave", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_drills_incident_id_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drills")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_drills_incident_id")),
    )
    op.create_table(
        "drill_plans",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("every_s", sa.Integer(), nullable=False),
        sa.Column("all_waves", sa.Boolean(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_drill_plans_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drill_plans")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_drill_plans_unit_id")),
    )
    op.create_index(op.f("ix_drill_plans_next_at"), "drill_plans", ["next_at"], unique=False)
    op.create_table(
        "synthetic_plans",
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("every_s", sa.Integer(), nullable=False),
        sa.Column("within_s", sa.Integer(), nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synthetic_plans")),
        sa.UniqueConstraint("phone", name=op.f("uq_synthetic_plans_phone")),
    )
    op.create_index(op.f("ix_synthetic_plans_next_at"), "synthetic_plans", ["next_at"], unique=False)
    op.create_table(
        "synthetic_panics",
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("word", sa.String(length=16), nullable=False),
        sa.Column("within_s", sa.Integer(), nullable=False),
        sa.Column("outbound_id", sa.Integer(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("left_at", MOMENT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=True),
        sa.Column("alerted_at", MOMENT, nullable=True),
        sa.Column("rang_at", MOMENT, nullable=True),
        sa.Column("accepted_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("missing", sa.String(length=12), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["outbound_id"], ["outbounds.id"], name=op.f("fk_synthetic_panics_outbound_id_outbounds")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_synthetic_panics_incident_id_incidents")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_synthetic_panics")),
    )
    op.create_index(op.f("ix_synthetic_panics_started_at"), "synthetic_panics", ["started_at"], unique=False)
    running = sa.text("ended_at IS NULL")
    op.create_index(
        "ix_synthetic_panics_running",
        "synthetic_panics",
        ["phone"],
        unique=False,
        sqlite_where=running,
        postgresql_where=running,
    )


def downgrade() -> None:
    for name in ("synthetic_panics", "synthetic_plans", "drill_plans", "drills"):
        op.drop_table(name)
