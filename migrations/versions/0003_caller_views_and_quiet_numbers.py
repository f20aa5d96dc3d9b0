"""Caller views and quiet numbers

What an incident's phone believes becomes a row of its own; the old columns stay for one release. Incidents that are
open are copied, closed ones are read from their old columns where anybody still asks.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

COPIED = """
    INSERT INTO caller_views (incident_id, dismissed_at, code, quiet, "left", place_asked_at, told, answered_again_at,
                              asked_quiet_until, quiet_answered)
    SELECT id, dismissed_at, shown_code, shown_quiet, shown_left, place_asked_at, citizen_told, again_told_at,
           hushed_until, false
    FROM incidents WHERE closed_at IS NULL
"""


def upgrade() -> None:
    op.create_table(
        "caller_views",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(length=4), nullable=True),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("left", sa.Boolean(), nullable=False),
        sa.Column("place_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told", sa.String(length=20), nullable=False),
        sa.Column("answered_again_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_quiet_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("quiet_answered", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_caller_views_incident_id_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caller_views")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_caller_views_incident_id")),
    )
    op.create_table(
        "quiet_numbers",
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiet_numbers")),
        sa.UniqueConstraint("phone", name=op.f("uq_quiet_numbers_phone")),
    )
    op.execute(COPIED)


def downgrade() -> None:
    op.drop_table("quiet_numbers")
    op.drop_table("caller_views")
