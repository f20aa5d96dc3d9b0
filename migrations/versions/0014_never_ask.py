"""Whom a citizen never wants to be asked, and the number of a user of the console"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "never_asked",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("whom", sa.Text(), nullable=False),
        sa.Column("whom_hash", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["persons.id"], name=op.f("fk_never_asked_person_id_persons"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_never_asked")),
        sa.UniqueConstraint("person_id", "whom_hash", name=op.f("uq_never_asked_person_id_whom_hash")),
    )
    op.create_index(op.f("ix_never_asked_whom_hash"), "never_asked", ["whom_hash"], unique=False)
    with op.batch_alter_table("users") as table:
        table.add_column(sa.Column("phone", sa.String(length=32), nullable=True))
        table.create_index("ix_users_phone", ["phone"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("users") as table:
        table.drop_index("ix_users_phone")
        table.drop_column("phone")
    op.drop_table("never_asked")
