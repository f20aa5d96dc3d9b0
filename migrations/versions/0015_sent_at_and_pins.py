"""When a text was sent, and PINs that are changed by phone"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    with op.batch_alter_table("inbounds") as table:
        table.add_column(sa.Column("sent_at", MOMENT, nullable=True))
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("sent_at", MOMENT, nullable=True))
    with op.batch_alter_table("citizens") as table:
        table.add_column(sa.Column("forced_hash", sa.Text(), nullable=True))
        table.add_column(sa.Column("pin_set_at", MOMENT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("citizens") as table:
        table.drop_column("pin_set_at")
        table.drop_column("forced_hash")
    with op.batch_alter_table("incidents") as table:
        table.drop_column("sent_at")
    with op.batch_alter_table("inbounds") as table:
        table.drop_column("sent_at")
