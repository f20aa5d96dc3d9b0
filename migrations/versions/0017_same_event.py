"""Calls about the same event"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parts",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("head_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("briefed_id", sa.Integer(), nullable=True),
        sa.Column("apart", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_parts_incident_id_incidents")),
        sa.ForeignKeyConstraint(["head_id"], ["incidents.id"], name=op.f("fk_parts_head_id_incidents")),
        sa.ForeignKeyConstraint(["briefed_id"], ["alerts.id"], name=op.f("fk_parts_briefed_id_alerts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parts")),
        sa.UniqueConstraint("incident_id", name=op.f("uq_parts_incident_id")),
    )
    op.create_index(op.f("ix_parts_head_id"), "parts", ["head_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_parts_head_id"), table_name="parts")
    op.drop_table("parts")
