"""Wrong tries at the log-in, for the monitor's alarm; log-ins that were ended; clocks"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("workers", sa.Column("clock_ahead_s", sa.Double(), server_default="0", nullable=False))
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

    op.create_table(
        "ended_logins",
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("ended_at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ended_logins")),
        sa.UniqueConstraint("mark", name=op.f("uq_ended_logins_mark")),
    )
    op.create_index(op.f("ix_ended_logins_ended_at"), "ended_logins", ["ended_at"], unique=False)


def downgrade() -> None:
    op.drop_table("ended_logins")
    op.drop_table("guesses")
    with op.batch_alter_table("workers") as table:
        table.drop_column("clock_ahead_s")
