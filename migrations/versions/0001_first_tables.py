"""First tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "audit_heads",
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("link", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_heads")),
    )
    op.create_table(
        "audits",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=120), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("link", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
    )
    op.create_table(
        "cells",
        sa.Column("mcc", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("net", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("area", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cell", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("radio", sa.String(length=4), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("range_m", sa.Integer(), nullable=False),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("mcc", "net", "area", "cell", "radio", name=op.f("pk_cells")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "handovers",
        sa.Column("desk", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
    )
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_handovers_desk"), ["desk"], unique=False)

    op.create_table(
        "line_health",
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("good_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("bad_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_health")),
        sa.UniqueConstraint("line", name=op.f("uq_line_health_line")),
    )
    op.create_table(
        "paces",
        sa.Column("lane", sa.String(length=40), nullable=False),
        sa.Column("free_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paces")),
        sa.UniqueConstraint("lane", name=op.f("uq_paces_lane")),
    )
    op.create_table(
        "persons",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("national_id", sa.Text(), nullable=True),
        sa.Column("national_id_hash", sa.String(length=64), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("next_of_kin", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_persons_national_id_hash"), ["national_id_hash"], unique=False)

    op.create_table(
        "units",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=True),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("timezone", sa.String(length=40), nullable=False),
        sa.Column("policy", sa.String(length=40), nullable=False),
        sa.Column("waves", sa.Text(), nullable=True),
        sa.Column("volunteers", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["units.id"], name=op.f("fk_units_parent_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_units")),
        sa.UniqueConstraint("code", name=op.f("uq_units_code")),
    )
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_units_parent_id"), ["parent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_units_phone"), ["phone"], unique=False)

    op.create_table(
        "workers",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("swept_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
        sa.UniqueConstraint("name", name=op.f("uq_workers_name")),
    )
    op.create_table(
        "areas",
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("geometry", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_areas_unit_id_units"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_areas")),
    )
    with op.batch_alter_table("areas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_areas_changed_at"), ["changed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_areas_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "citizens",
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("ring_back", sa.Boolean(), nullable=False),
        sa.Column("pin_hash", sa.Text(), nullable=True),
        sa.Column("duress_hash", sa.Text(), nullable=True),
        sa.Column("wrong_pins", sa.Integer(), nullable=False),
        sa.Column("wrong_pin_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("volunteer_m", sa.Integer(), nullable=True),
        sa.Column("usual_lat", sa.Double(), nullable=True),
        sa.Column("usual_lon", sa.Double(), nullable=True),
        sa.Column("usual_words", sa.Text(), nullable=True),
        sa.Column("usual_radius_m", sa.Double(), nullable=True),
        sa.Column("usual_from", sa.Integer(), nullable=True),
        sa.Column("usual_until", sa.Integer(), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("consent", sa.String(length=40), nullable=True),
        sa.Column("consent_text", sa.Text(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=120), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_citizens_person_id_persons")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_citizens_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_citizens")),
    )
    with op.batch_alter_table("citizens", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_citizens_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_citizens_phone"), ["phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_citizens_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_citizens_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_citizens_phone_current",
            ["phone"],
            unique=True,
            sqlite_where=sa.text("state <> 'replaced'"),
            postgresql_where=sa.text("state <> 'replaced'"),
        )

    op.create_table(
        "officers",
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("rank", sa.String(length=40), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("lat", sa.Double(), nullable=True),
        sa.Column("lon", sa.Double(), nullable=True),
        sa.Column("on_duty", sa.Boolean(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("here_lat", sa.Double(), nullable=True),
        sa.Column("here_lon", sa.Double(), nullable=True),
        sa.Column("here_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_officers_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officers")),
        sa.UniqueConstraint("phone", name=op.f("uq_officers_phone")),
    )
    with op.batch_alter_table("officers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_officers_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "places",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("aliases", sa.Text(), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("radius_m", sa.Double(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_places_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("name", name=op.f("uq_places_name")),
    )
    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_places_changed_at"), ["changed_at"], unique=False)

    op.create_table(
        "tips",
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by", sa.String(length=120), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_tips_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tips")),
    )
    with op.batch_alter_table("tips", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tips_phone"), ["phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_tips_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_tips_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "users",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("totp_secret", sa.Text(), nullable=False),
        sa.Column("totp_on", sa.Boolean(), nullable=False),
        sa.Column("totp_step", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("session", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_users_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name", name=op.f("uq_users_name")),
    )
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_users_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "incidents",
        sa.Column("code", sa.String(length=4), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("citizen_id", sa.Integer(), nullable=True),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("fix_id", sa.Integer(), nullable=True),
        sa.Column("told_fix_id", sa.Integer(), nullable=True),
        sa.Column("place_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("quiet", sa.Boolean(), nullable=False),
        sa.Column("ring_back", sa.Boolean(), nullable=False),
        sa.Column("duress", sa.Boolean(), nullable=False),
        sa.Column("drill", sa.Boolean(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("last_wave_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_wave_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leader_id", sa.Integer(), nullable=True),
        sa.Column("clock_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nudged", sa.Boolean(), nullable=False),
        sa.Column("repeats", sa.Integer(), nullable=False),
        sa.Column("repeats_told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("repeats_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("kind", sa.String(length=10), nullable=True),
        sa.Column("volunteers_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hushed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_code", sa.String(length=4), nullable=True),
        sa.Column("shown_quiet", sa.Boolean(), nullable=False),
        sa.Column("shown_left", sa.Boolean(), nullable=False),
        sa.Column("citizen_told", sa.String(length=20), nullable=False),
        sa.Column("honest_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizens.id"], name=op.f("fk_incidents_citizen_id_citizens")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_incidents_officer_id_officers")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_incidents_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_incidents_citizen_id"), ["citizen_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_clock_at"), ["clock_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_closed_at"), ["closed_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_code"), ["code"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_honest_at"), ["honest_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_next_wave_at"), ["next_wave_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_phone"), ["phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_repeats_at"), ["repeats_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_incidents_unit_id"), ["unit_id"], unique=False)
        batch_op.create_index(
            "uq_incidents_code_open",
            ["code"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "uq_incidents_phone_open",
            ["phone"],
            unique=True,
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )

    op.create_table(
        "alerts",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("wave", sa.Integer(), nullable=False),
        sa.Column("officer_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("replaced", sa.Boolean(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_alerts_incident_id_incidents")),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name=op.f("fk_alerts_officer_id_officers")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_alerts_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("incident_id", "phone", "wave", name=op.f("uq_alerts_incident_id_phone_wave")),
    )
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alerts_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_officer_id"), ["officer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_phone"), ["phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_alerts_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "events",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("who", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_events_incident_id_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_events_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "fixes",
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lon", sa.Double(), nullable=False),
        sa.Column("radius_m", sa.Double(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_fixes_incident_id_incidents")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_fixes_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fixes")),
    )
    with op.batch_alter_table("fixes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fixes_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fixes_phone"), ["phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_fixes_taken_at"), ["taken_at"], unique=False)

    op.create_table(
        "helpings",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("citizen_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("briefed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["citizen_id"], ["citizens.id"], name=op.f("fk_helpings_citizen_id_citizens")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_helpings_incident_id_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helpings")),
        sa.UniqueConstraint("incident_id", "citizen_id", name=op.f("uq_helpings_incident_id_citizen_id")),
    )
    with op.batch_alter_table("helpings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_helpings_citizen_id"), ["citizen_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_helpings_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "inbounds",
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("ref", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_inbounds_incident_id_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbounds")),
        sa.UniqueConstraint("line", "kind", "ref", name=op.f("uq_inbounds_line_kind_ref")),
    )
    with op.batch_alter_table("inbounds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_inbounds_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbounds_phone"), ["phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbounds_received_at"), ["received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_inbounds_state"), ["state"], unique=False)

    op.create_table(
        "lookups",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=60), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_lookups_incident_id_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lookups")),
    )
    with op.batch_alter_table("lookups", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lookups_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_lookups_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "sightings",
        sa.Column("incident_id", sa.Integer(), nullable=False),
        sa.Column("desk", sa.Integer(), nullable=False),
        sa.Column("who", sa.String(length=60), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_sightings_incident_id_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sightings")),
        sa.UniqueConstraint("incident_id", "desk", name=op.f("uq_sightings_incident_id_desk")),
    )
    with op.batch_alter_table("sightings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sightings_incident_id"), ["incident_id"], unique=False)

    op.create_table(
        "ussd_sessions",
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("ref", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=64), nullable=False),
        sa.Column("node", sa.String(length=30), nullable=False),
        sa.Column("memory", sa.Text(), nullable=False),
        sa.Column("hops", sa.Text(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("touched_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_ussd_sessions_incident_id_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ussd_sessions")),
        sa.UniqueConstraint("line", "ref", name=op.f("uq_ussd_sessions_line_ref")),
    )
    with op.batch_alter_table("ussd_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ussd_sessions_phone"), ["phone"], unique=False)

    op.create_table(
        "asks",
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ring_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.String(length=120), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbounds.id"], name=op.f("fk_asks_inbound_id_inbounds")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_asks_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asks")),
    )
    with op.batch_alter_table("asks", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asks_phone"), ["phone"], unique=False)
        batch_op.create_index(batch_op.f("ix_asks_ring_at"), ["ring_at"], unique=False)

    op.create_table(
        "outbounds",
        sa.Column("kind", sa.String(length=4), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("lane", sa.String(length=8), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("distance_m", sa.Double(), nullable=False),
        sa.Column("phone", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("to_citizen", sa.Boolean(), nullable=False),
        sa.Column("incident_id", sa.Integer(), nullable=True),
        sa.Column("alert_id", sa.Integer(), nullable=True),
        sa.Column("ask_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.String(length=80), nullable=True),
        sa.Column("unknowns", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("cancel_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_outbounds_alert_id_alerts")),
        sa.ForeignKeyConstraint(["ask_id"], ["asks.id"], name=op.f("fk_outbounds_ask_id_asks")),
        sa.ForeignKeyConstraint(["incident_id"], ["incidents.id"], name=op.f("fk_outbounds_incident_id_incidents")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbounds")),
    )
    with op.batch_alter_table("outbounds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_outbounds_alert_id"), ["alert_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbounds_ask_id"), ["ask_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbounds_cancel_at"), ["cancel_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbounds_claimed_by"), ["claimed_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbounds_ends_by"), ["ends_by"], unique=False)
        batch_op.create_index(batch_op.f("ix_outbounds_incident_id"), ["incident_id"], unique=False)
        batch_op.create_index(
            "ix_outbounds_owed",
            ["kind", "due_at"],
            unique=False,
            sqlite_where=sa.text("state = 'owed'"),
            postgresql_where=sa.text("state = 'owed'"),
        )
        batch_op.create_index(batch_op.f("ix_outbounds_phone"), ["phone"], unique=False)
        batch_op.create_index(
            "ix_outbounds_stranger",
            ["created_at"],
            unique=False,
            sqlite_where=sa.text("purpose = 'stranger'"),
            postgresql_where=sa.text("purpose = 'stranger'"),
        )
        batch_op.create_index(
            "uq_outbounds_phone_ringing",
            ["phone"],
            unique=True,
            sqlite_where=sa.text("kind = 'call' AND state IN ('claimed', 'sending', 'under_way')"),
            postgresql_where=sa.text("kind = 'call' AND state IN ('claimed', 'sending', 'under_way')"),
        )

    op.create_table(
        "attempts",
        sa.Column("outbound_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("ref", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ending", sa.String(length=12), nullable=True),
        sa.Column("keyed", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["outbound_id"], ["outbounds.id"], name=op.f("fk_attempts_outbound_id_outbounds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.create_index("ix_attempts_line_ref", ["line", "ref"], unique=False)
        batch_op.create_index(batch_op.f("ix_attempts_outbound_id"), ["outbound_id"], unique=False)

    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.create_foreign_key(
            batch_op.f("fk_incidents_leader_id_alerts"), "alerts", ["leader_id"], ["id"], use_alter=True
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_incidents_fix_id_fixes"), "fixes", ["fix_id"], ["id"], use_alter=True
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_incidents_told_fix_id_fixes"), "fixes", ["told_fix_id"], ["id"], use_alter=True
        )


def downgrade() -> None:
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_incidents_leader_id_alerts"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_incidents_fix_id_fixes"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_incidents_told_fix_id_fixes"), type_="foreignkey")

    with op.batch_alter_table("attempts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attempts_outbound_id"))
        batch_op.drop_index("ix_attempts_line_ref")

    op.drop_table("attempts")
    with op.batch_alter_table("outbounds", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_outbounds_phone_ringing",
            sqlite_where=sa.text("kind = 'call' AND state IN ('claimed', 'sending', 'under_way')"),
            postgresql_where=sa.text("kind = 'call' AND state IN ('claimed', 'sending', 'under_way')"),
        )
        batch_op.drop_index(
            "ix_outbounds_stranger",
            sqlite_where=sa.text("purpose = 'stranger'"),
            postgresql_where=sa.text("purpose = 'stranger'"),
        )
        batch_op.drop_index(batch_op.f("ix_outbounds_phone"))
        batch_op.drop_index(
            "ix_outbounds_owed", sqlite_where=sa.text("state = 'owed'"), postgresql_where=sa.text("state = 'owed'")
        )
        batch_op.drop_index(batch_op.f("ix_outbounds_incident_id"))
        batch_op.drop_index(batch_op.f("ix_outbounds_ends_by"))
        batch_op.drop_index(batch_op.f("ix_outbounds_claimed_by"))
        batch_op.drop_index(batch_op.f("ix_outbounds_cancel_at"))
        batch_op.drop_index(batch_op.f("ix_outbounds_ask_id"))
        batch_op.drop_index(batch_op.f("ix_outbounds_alert_id"))

    op.drop_table("outbounds")
    with op.batch_alter_table("asks", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_asks_ring_at"))
        batch_op.drop_index(batch_op.f("ix_asks_phone"))

    op.drop_table("asks")
    with op.batch_alter_table("ussd_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ussd_sessions_phone"))

    op.drop_table("ussd_sessions")
    with op.batch_alter_table("sightings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sightings_incident_id"))

    op.drop_table("sightings")
    with op.batch_alter_table("lookups", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lookups_incident_id"))
        batch_op.drop_index(batch_op.f("ix_lookups_due_at"))

    op.drop_table("lookups")
    with op.batch_alter_table("inbounds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_inbounds_state"))
        batch_op.drop_index(batch_op.f("ix_inbounds_received_at"))
        batch_op.drop_index(batch_op.f("ix_inbounds_phone"))
        batch_op.drop_index(batch_op.f("ix_inbounds_incident_id"))

    op.drop_table("inbounds")
    with op.batch_alter_table("helpings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_helpings_incident_id"))
        batch_op.drop_index(batch_op.f("ix_helpings_citizen_id"))

    op.drop_table("helpings")
    with op.batch_alter_table("fixes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fixes_taken_at"))
        batch_op.drop_index(batch_op.f("ix_fixes_phone"))
        batch_op.drop_index(batch_op.f("ix_fixes_incident_id"))

    op.drop_table("fixes")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_incident_id"))

    op.drop_table("events")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_alerts_unit_id"))
        batch_op.drop_index(batch_op.f("ix_alerts_phone"))
        batch_op.drop_index(batch_op.f("ix_alerts_officer_id"))
        batch_op.drop_index(batch_op.f("ix_alerts_incident_id"))

    op.drop_table("alerts")
    with op.batch_alter_table("incidents", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_incidents_phone_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(
            "uq_incidents_code_open",
            sqlite_where=sa.text("closed_at IS NULL"),
            postgresql_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_incidents_unit_id"))
        batch_op.drop_index(batch_op.f("ix_incidents_repeats_at"))
        batch_op.drop_index(batch_op.f("ix_incidents_phone"))
        batch_op.drop_index(batch_op.f("ix_incidents_next_wave_at"))
        batch_op.drop_index(batch_op.f("ix_incidents_honest_at"))
        batch_op.drop_index(batch_op.f("ix_incidents_code"))
        batch_op.drop_index(batch_op.f("ix_incidents_closed_at"))
        batch_op.drop_index(batch_op.f("ix_incidents_clock_at"))
        batch_op.drop_index(batch_op.f("ix_incidents_citizen_id"))

    op.drop_table("incidents")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_users_unit_id"))

    op.drop_table("users")
    with op.batch_alter_table("tips", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tips_unit_id"))
        batch_op.drop_index(batch_op.f("ix_tips_received_at"))
        batch_op.drop_index(batch_op.f("ix_tips_phone"))

    op.drop_table("tips")
    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_places_changed_at"))

    op.drop_table("places")
    with op.batch_alter_table("officers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_officers_unit_id"))

    op.drop_table("officers")
    with op.batch_alter_table("citizens", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_citizens_phone_current",
            sqlite_where=sa.text("state <> 'replaced'"),
            postgresql_where=sa.text("state <> 'replaced'"),
        )
        batch_op.drop_index(batch_op.f("ix_citizens_unit_id"))
        batch_op.drop_index(batch_op.f("ix_citizens_state"))
        batch_op.drop_index(batch_op.f("ix_citizens_phone"))
        batch_op.drop_index(batch_op.f("ix_citizens_person_id"))

    op.drop_table("citizens")
    with op.batch_alter_table("areas", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_areas_unit_id"))
        batch_op.drop_index(batch_op.f("ix_areas_changed_at"))

    op.drop_table("areas")
    op.drop_table("workers")
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_units_phone"))
        batch_op.drop_index(batch_op.f("ix_units_parent_id"))

    op.drop_table("units")
    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_persons_national_id_hash"))

    op.drop_table("persons")
    op.drop_table("paces")
    op.drop_table("line_health")
    with op.batch_alter_table("handovers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_handovers_desk"))

    op.drop_table("handovers")
    op.drop_table("cells")
    op.drop_table("audits")
    op.drop_table("audit_heads")
