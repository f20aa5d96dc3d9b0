"""Wrong tries at the log-in, for the monitor's alarm"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0021"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "guesses",
        sa.Column("network", sa.String(length=50), nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guesses")),
    )
    op.create_index(op.f("ix_guesses_network"), "guesses", ["network"], unique=False)
    op.create_index(op.f("ix_guesses_last_at"), "guesses", ["last_at"], unique=False)


def downgrade() -> None:
    op.drop_table("guesses")
