"""The words of a text for each line that may carry it, where they are not the same"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbounds") as table:
        table.add_column(sa.Column("by_line", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("outbounds") as table:
        table.drop_column("by_line")
