"""How to reach a citizen, and whether the address may stand in a text"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("citizens") as table:
        table.add_column(sa.Column("contact", sa.String(length=12), nullable=False, server_default="usual"))
        table.add_column(sa.Column("hide_address", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("contact", sa.String(length=12), nullable=False, server_default="usual"))


def downgrade() -> None:
    with op.batch_alter_table("incidents") as table:
        table.drop_column("contact")
    with op.batch_alter_table("citizens") as table:
        table.drop_column("hide_address")
        table.drop_column("contact")
