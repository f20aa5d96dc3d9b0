"""When the first wave of an incident was asked

A panic that waited in the spool opens when it came in; the times of its waves count from the first alert.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("first_wave_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE incidents SET first_wave_at = opened_at WHERE wave > 0")


def downgrade() -> None:
    with op.batch_alter_table("incidents") as table:
        table.drop_column("first_wave_at")
