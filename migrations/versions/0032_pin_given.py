"""When a PIN last came from a phone, and which incidents began after one"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("citizens") as table:
        table.add_column(sa.Column("pin_given_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("caller_views") as table:
        table.add_column(sa.Column("after_pin", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("caller_views") as table:
        table.drop_column("after_pin")
    with op.batch_alter_table("citizens") as table:
        table.drop_column("pin_given_at")
