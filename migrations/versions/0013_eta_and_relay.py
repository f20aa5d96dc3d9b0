"""When those who accepted arrive, and whom a leader asks to take over"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alerts") as table:
        table.add_column(sa.Column("arrives_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("offered_by", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("alerts") as table:
        table.drop_column("offered_by")
        table.drop_column("arrives_at")
