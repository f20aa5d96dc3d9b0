"""Whose text an unknown number's text is"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("inbounds", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unit_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_inbounds_unit_id_units"), "units", ["unit_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("inbounds", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_inbounds_unit_id_units"), type_="foreignkey")
        batch_op.drop_column("unit_id")
