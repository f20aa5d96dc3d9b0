"""Who has proven that they hold their phone, closings without proof, officers' PINs and leaves"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("alerts") as table:
        table.add_column(sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("on_scene_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("closes_as", sa.String(12), nullable=True))
    with op.batch_alter_table("incidents") as table:
        table.add_column(sa.Column("unproven", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("follows_id", sa.Integer(), nullable=True))
        table.create_foreign_key(op.f("fk_incidents_follows_id_incidents"), "incidents", ["follows_id"], ["id"])
    with op.batch_alter_table("officers") as table:
        table.add_column(sa.Column("pin_hash", sa.Text(), nullable=True))
        table.add_column(sa.Column("wrong_pins", sa.Integer(), nullable=False, server_default="0"))
        table.add_column(sa.Column("wrong_pin_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("away_until", sa.DateTime(timezone=True), nullable=True))
        table.create_index(op.f("ix_officers_away_until"), ["away_until"])
    with op.batch_alter_table("units") as table:
        table.add_column(sa.Column("hole_told", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("units") as table:
        table.drop_column("hole_told")
    with op.batch_alter_table("officers") as table:
        table.drop_index(op.f("ix_officers_away_until"))
        for column in ("away_until", "wrong_pin_at", "wrong_pins", "pin_hash"):
            table.drop_column(column)
    with op.batch_alter_table("incidents") as table:
        table.drop_constraint(op.f("fk_incidents_follows_id_incidents"), type_="foreignkey")
        table.drop_column("follows_id")
        table.drop_column("unproven")
    with op.batch_alter_table("alerts") as table:
        for column in ("closes_as", "on_scene_at", "proven_at"):
            table.drop_column(column)
