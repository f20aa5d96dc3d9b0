"""The health of a line by texts and calls, and what the networks report of it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("attempts") as table:
        table.add_column(sa.Column("reached", sa.Boolean(), nullable=True))
    with op.batch_alter_table("line_health") as table:
        table.add_column(sa.Column("kind", sa.String(length=8), server_default="text", nullable=False))
        table.add_column(sa.Column("reported_at", sa.DateTime(timezone=True), nullable=True))
        table.drop_constraint(op.f("uq_line_health_line"), type_="unique")
        table.create_unique_constraint(op.f("uq_line_health_line_kind"), ["line", "kind"])


def downgrade() -> None:
    op.execute(sa.text("DELETE FROM line_health WHERE kind <> 'text'"))
    with op.batch_alter_table("line_health") as table:
        table.drop_constraint(op.f("uq_line_health_line_kind"), type_="unique")
        table.create_unique_constraint(op.f("uq_line_health_line"), ["line"])
        table.drop_column("reported_at")
        table.drop_column("kind")
    with op.batch_alter_table("attempts") as table:
        table.drop_column("reached")
