"""The numbers of ours that belong to a unit, and the one that a text came to"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unit_numbers",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_unit_numbers_unit_id_units"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_numbers")),
        sa.UniqueConstraint("phone", name=op.f("uq_unit_numbers_phone")),
    )
    op.create_index(op.f("ix_unit_numbers_unit_id"), "unit_numbers", ["unit_id"], unique=False)
    with op.batch_alter_table("inbounds") as table:
        table.add_column(sa.Column("called", sa.String(length=64), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("inbounds") as table:
        table.drop_column("called")
    op.drop_table("unit_numbers")
