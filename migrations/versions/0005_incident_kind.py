"""The kind of an incident

It may be any of ten kinds now, not only what the phone menu offers, and says by which words it was told and who changed
it. On the way down, kinds that the version before does not know are forgotten.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.alter_column("kind", existing_type=sa.String(10), type_=sa.String(20), existing_nullable=True)
        batch_op.add_column(sa.Column("kind_reason", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("kind_by", sa.String(length=120), nullable=True))


def downgrade() -> None:
    op.execute("UPDATE incidents SET kind = NULL WHERE kind NOT IN ('crime', 'fire', 'accident', 'medical')")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_column("kind_by")
        batch_op.drop_column("kind_reason")
        batch_op.alter_column("kind", existing_type=sa.String(20), type_=sa.String(10), existing_nullable=True)
