"""The keyword and the sender of a unit"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("units") as table:
        table.add_column(sa.Column("keyword", sa.String(length=12), nullable=True))
        table.add_column(sa.Column("sender", sa.String(length=16), nullable=True))
        table.create_unique_constraint(op.f("uq_units_keyword"), ["keyword"])


def downgrade() -> None:
    with op.batch_alter_table("units") as table:
        table.drop_constraint(op.f("uq_units_keyword"), type_="unique")
        table.drop_column("sender")
        table.drop_column("keyword")
