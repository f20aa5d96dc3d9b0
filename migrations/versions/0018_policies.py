"""Policies by unit, kind and hour, inherited; their versions, and which one an incident runs by.

A unit that was named nearest_first and had no waves of its own inherits from now on. Where a unit above it says
something else, its answer changes: `policy_was` notes that for `siaga check`. Open incidents go on as they began.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
USUAL = "nearest_first"
UNITS = sa.table(
    "units",
    sa.column("id", sa.Integer),
    sa.column("parent_id", sa.Integer),
    sa.column("policy", sa.String),
    sa.column("waves", sa.Text),
    sa.column("policy_was", sa.String),
)
VERSIONS = sa.table(
    "policy_versions",
    sa.column("id", sa.Integer),
    sa.column("unit_id", sa.Integer),
    sa.column("number", sa.Integer),
    sa.column("policy", sa.String),
    sa.column("waves", sa.Text),
    sa.column("made_at", MOMENT),
)
INCIDENTS = sa.table(
    "incidents",
    sa.column("id", sa.Integer),
    sa.column("unit_id", sa.Integer),
    sa.column("closed_at", MOMENT),
    sa.column("policy_id", sa.Integer),
)
Row = Mapping[str, Any]


def upgrade() -> None:
    op.create_table(
        "policy_rules",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("from_hour", sa.Integer(), nullable=True),
        sa.Column("to_hour", sa.Integer(), nullable=True),
        sa.Column("policy", sa.String(length=40), nullable=False),
        sa.Column("waves", sa.Text(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_policy_rules_unit_id_units"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_rules")),
    )
    op.create_index(op.f("ix_policy_rules_unit_id"), "policy_rules", ["unit_id"], unique=False)
    op.create_table(
        "policy_versions",
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=20), nullable=True),
        sa.Column("from_hour", sa.Integer(), nullable=True),
        sa.Column("to_hour", sa.Integer(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("policy", sa.String(length=40), nullable=False),
        sa.Column("waves", sa.Text(), nullable=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_policy_versions_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_versions")),
    )
    op.create_index(op.f("ix_policy_versions_unit_id"), "policy_versions", ["unit_id"], unique=False)
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("policy_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("volunteers_wanted", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.create_foreign_key(
            op.f("fk_incidents_policy_id_policy_versions"), "policy_versions", ["policy_id"], ["id"]
        )
    with op.batch_alter_table("units") as table:
        table.add_column(sa.Column("policy_was", sa.String(length=40), nullable=True))
    _inherit(op.get_bind())


def _inherit(connection: sa.Connection) -> None:
    rows: dict[int, Row] = {row.id: row._mapping for row in connection.execute(sa.select(UNITS))}
    _go_on_as_begun(connection, rows)
    for row in rows.values():
        if not _has_own(row):
            was = USUAL if _own_above(row, rows) is not None else None
            connection.execute(UNITS.update().where(UNITS.c.id == row["id"]).values(policy="", policy_was=was))


def _has_own(row: Row) -> bool:
    return bool(row["waves"]) or row["policy"] not in ("", USUAL)


def _own_above(row: Row, rows: Mapping[int, Row]) -> Row | None:
    """Return the nearest unit above that has a policy of its own."""
    passed, above = {row["id"]}, row["parent_id"]
    while above in rows and above not in passed:
        if _has_own(rows[above]):
            return rows[above]
        passed.add(above)
        above = rows[above]["parent_id"]
    return None


def _go_on_as_begun(connection: sa.Connection, rows: Mapping[int, Row]) -> None:
    """Let every open incident run by the policy of its unit as it stood before."""
    is_open = INCIDENTS.c.closed_at.is_(None)
    mine = connection.scalars(
        sa.select(INCIDENTS.c.unit_id).where(is_open, INCIDENTS.c.unit_id.is_not(None)).distinct()
    )
    for unit_id in mine.all():
        row = rows[unit_id]
        values = {"unit_id": unit_id, "number": 1, "policy": row["policy"] or USUAL, "waves": row["waves"]}
        connection.execute(VERSIONS.insert().values(**values, made_at=datetime.now(UTC)))
        made = sa.select(VERSIONS.c.id).where(VERSIONS.c.unit_id == unit_id)
        of_unit = INCIDENTS.update().where(is_open, INCIDENTS.c.unit_id == unit_id)
        connection.execute(of_unit.values(policy_id=connection.scalar(made)))


def downgrade() -> None:
    """A unit that inherits is named nearest_first again, as before. Rules for kinds and hours, which the version before
    does not know, go, and the versions with them."""
    op.execute(UNITS.update().where(UNITS.c.policy == "").values(policy=USUAL))
    with op.batch_alter_table("units") as table:
        table.drop_column("policy_was")
    with op.batch_alter_table("incidents") as table:
        table.drop_constraint(op.f("fk_incidents_policy_id_policy_versions"), type_="foreignkey")
        table.drop_column("volunteers_wanted")
        table.drop_column("policy_id")
    op.drop_table("policy_versions")
    op.drop_table("policy_rules")
