"""Indexes that hold only the outbounds that are alive"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

RINGING = "kind = 'call' AND state IN ('claimed', 'sending', 'under_way')"
PARTIAL = (
    ("ix_outbounds_incident_ringing", "incident_id", RINGING),
    ("ix_outbounds_phone_called", "phone", "kind = 'call' AND state IN ('owed', 'claimed', 'sending', 'under_way')"),
    ("ix_outbounds_held", "claimed_by", "state IN ('claimed', 'sending')"),
    ("ix_outbounds_expires", "expires_at", "state = 'owed'"),
)


def upgrade() -> None:
    for name, column, alive in PARTIAL:
        where = sa.text(alive)
        op.create_index(name, "outbounds", [column], unique=False, sqlite_where=where, postgresql_where=where)
    op.create_index("ix_outbounds_phone_created", "outbounds", ["phone", "created_at"], unique=False)
    shown = sa.text("shown_code IS NOT NULL")
    op.create_index(
        "ix_incidents_shown_code", "incidents", ["shown_code"], unique=False, sqlite_where=shown, postgresql_where=shown
    )
    op.drop_index("ix_outbounds_phone", table_name="outbounds")
    op.drop_index("ix_outbounds_claimed_by", table_name="outbounds")


def downgrade() -> None:
    op.drop_index("ix_incidents_shown_code", table_name="incidents")
    op.create_index("ix_outbounds_claimed_by", "outbounds", ["claimed_by"], unique=False)
    op.create_index("ix_outbounds_phone", "outbounds", ["phone"], unique=False)
    op.drop_index("ix_outbounds_phone_created", table_name="outbounds")
    for name, *_ in reversed(PARTIAL):
        op.drop_index(name, table_name="outbounds")
