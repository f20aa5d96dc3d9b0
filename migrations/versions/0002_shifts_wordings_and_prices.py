"""Shifts, wordings and prices"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wordings",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_by", sa.String(length=120), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wordings")),
        sa.UniqueConstraint("key", "language", name=op.f("uq_wordings_key_language")),
    )
    with op.batch_alter_table("wordings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wordings_changed_at"), ["changed_at"], unique=False)

    op.create_table(
        "shifts",
        sa.Column("officer_id", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("starts", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 1 AND 1440", name=op.f("ck_shifts_minutes")),
        sa.CheckConstraint("starts BETWEEN 0 AND 1439", name=op.f("ck_shifts_starts")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_shifts_weekday")),
        sa.ForeignKeyConstraint(
            ["officer_id"], ["officers.id"], name=op.f("fk_shifts_officer_id_officers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
        sa.UniqueConstraint("officer_id", "weekday", "starts", name=op.f("uq_shifts_officer_id_weekday_starts")),
    )
    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shifts_officer_id"), ["officer_id"], unique=False)

    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("parts", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("seconds", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("price_micros", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("currency", sa.String(length=3), nullable=True))

    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("again_told_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("officers", schema=None) as batch_op:
        batch_op.add_column(sa.Column("turns_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_officers_turns_at"), ["turns_at"], unique=False)

    with op.batch_alter_table("tips", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("inbound_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_tips_inbound_id_inbounds"), "inbounds", ["inbound_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_tips_inbound_id"), ["inbound_id"], unique=False)

    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("key_hash", sa.String(length=64), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_users_key_hash"), ["key_hash"])


def downgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_users_key_hash"), type_="unique")
        batch_op.drop_column("key_hash")

    with op.batch_alter_table("tips", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tips_inbound_id"))
        batch_op.drop_constraint(batch_op.f("fk_tips_inbound_id_inbounds"), type_="foreignkey")
        batch_op.drop_column("inbound_id")
        batch_op.drop_column("note")

    with op.batch_alter_table("officers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_officers_turns_at"))
        batch_op.drop_column("turns_at")

    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_column("again_told_at")
        batch_op.drop_column("words")

    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_column("currency")
        batch_op.drop_column("price_micros")
        batch_op.drop_column("seconds")
        batch_op.drop_column("parts")

    with op.batch_alter_table("shifts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shifts_officer_id"))

    op.drop_table("shifts")
    with op.batch_alter_table("wordings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wordings_changed_at"))

    op.drop_table("wordings")
