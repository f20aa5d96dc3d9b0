"""The words of a text for each line that may carry it, where they are not the same; when a phone was last heard from"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("outbounds") as table:
        table.add_column(sa.Column("by_line", sa.Text(), nullable=True))
    op.create_table(
        "heard_phones",
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("text_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("text_line", sa.String(length=20), nullable=False),
        sa.Column("call_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("call_line", sa.String(length=20), nullable=False),
        sa.Column("word", sa.Text(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heard_phones")),
        sa.UniqueConstraint("phone", name=op.f("uq_heard_phones_phone")),
    )


def downgrade() -> None:
    op.drop_table("heard_phones")
    with op.batch_alter_table("outbounds") as table:
        table.drop_column("by_line")
