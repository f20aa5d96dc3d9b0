"""Texts of which a desk has said what they are"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "labelled_texts",
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("read_by", sa.String(length=120), nullable=False),
        sa.Column("confirmed_by", sa.String(length=120), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbounds.id"], name=op.f("fk_labelled_texts_inbound_id_inbounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labelled_texts")),
        sa.UniqueConstraint("inbound_id", name=op.f("uq_labelled_texts_inbound_id")),
    )
    with op.batch_alter_table("labelled_texts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_labelled_texts_received_at"), ["received_at"], unique=False)


def downgrade() -> None:
    op.drop_table("labelled_texts")
