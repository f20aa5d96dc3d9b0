"""Words of violence at home, and when a phone last wrote after the first answer"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("incidents", sa.Column("home_words", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("caller_views", sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("alerts", sa.Column("clicked_by", sa.String(length=120), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("alerts") as alerts:
        alerts.drop_column("clicked_by")
    with op.batch_alter_table("caller_views") as views:
        views.drop_column("asked_at")
    with op.batch_alter_table("incidents") as incidents:
        incidents.drop_column("home_words")
