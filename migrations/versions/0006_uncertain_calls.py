"""Uncertain calls

A question to a citizen becomes an uncertain call with a code, a state and timers; an incident may come of it. A
citizen's profile may say that the desk is asked first.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    with op.batch_alter_table("asks") as table:
        table.add_column(sa.Column("code", sa.String(length=4), nullable=True))
        table.add_column(sa.Column("state", sa.String(length=10), nullable=False, server_default="waiting"))
        table.add_column(sa.Column("above_at", moment, nullable=True))
        table.add_column(sa.Column("opens_at", moment, nullable=True))
        table.add_column(sa.Column("opened_itself_at", moment, nullable=True))
        table.add_column(sa.Column("listed_at", moment, nullable=True))
        table.add_column(sa.Column("asked", sa.Boolean(), nullable=False, server_default=sa.true()))
        table.add_column(sa.Column("needs", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("quiet", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("desk_first", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("low", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("unknown", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("words_key", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("said_no_at", moment, nullable=True))
        table.add_column(sa.Column("incident_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_asks_incident_id_incidents"), "incidents", ["incident_id"], ["id"])
    for column in ("code", "opens_at", "above_at", "incident_id"):
        op.create_index(op.f(f"ix_asks_{column}"), "asks", [column])
    op.create_index("ix_asks_unit_id_asked_at", "asks", ["unit_id", "asked_at"])
    op.create_index("ix_asks_state_listed_at", "asks", ["state", "listed_at"])
    op.execute("UPDATE asks SET state = 'settled' WHERE answered_at IS NOT NULL")
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("uncertain", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("citizens") as table:
        table.add_column(sa.Column("desk_first", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("citizens") as table:
        table.drop_column("desk_first")
    with op.batch_alter_table("incidents") as table:
        table.drop_column("uncertain")
    op.drop_index("ix_asks_state_listed_at", "asks")
    op.drop_index("ix_asks_unit_id_asked_at", "asks")
    for column in ("code", "opens_at", "above_at", "incident_id"):
        op.drop_index(op.f(f"ix_asks_{column}"), "asks")
    with op.batch_alter_table("asks") as table:
        table.drop_constraint(op.f("fk_asks_incident_id_incidents"), type_="foreignkey")
        for column in (
            *("code", "state", "above_at", "opens_at", "opened_itself_at", "listed_at", "asked", "needs", "quiet"),
            *("desk_first", "low", "unknown", "words_key", "said_no_at", "incident_id"),
        ):
            table.drop_column(column)
