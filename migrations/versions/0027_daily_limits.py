"""The texts of a line's day, and when desks were told that they run out"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(op.f("ix_attempts_line_started"), "attempts", ["line", "started_at"], unique=False)
    op.add_column("line_health", sa.Column("limit_told_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("line_health") as table:
        table.drop_column("limit_told_at")
    op.drop_index(op.f("ix_attempts_line_started"), table_name="attempts")
