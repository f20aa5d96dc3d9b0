"""A release at a station that is in use: what stood in the tables stays, and the old processes go on meanwhile."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import Connection, Engine, MetaData, Table, select, text

from gateway.infrastructure.database import migrate, open_engine, scripts

AT = datetime(2026, 11, 22, 7, tzinfo=UTC)
ROWS: dict[str, dict[str, object]] = {
    "units": {"code": "PTK", "name": "Polres Pontianak", "kind": "polres", "timezone": "Asia/Pontianak",
              "policy": "nearest_first", "volunteers": False},
    "officers": {"phone": "+628121", "name": "Rina", "rank": "Aipda", "unit_id": 1, "language": "id", "on_duty": True,
                 "suspended": False},
    "incidents": {"code": "K7Q", "phone": "+62813", "name": "Budi", "language": "id", "state": "open",
                  "channel": "text", "quiet": False, "ring_back": True, "duress": False, "drill": False,
                  "opened_at": AT, "wave": 1, "nudged": False, "repeats": 1, "shown_quiet": False, "shown_left": False,
                  "citizen_told": ""},
    "fixes": {"phone": "+62813", "incident_id": 1, "source": "home", "lat": -0.03, "lon": 109.3, "radius_m": 50.0,
              "place": "", "taken_at": AT, "received_at": AT},
    "alerts": {"incident_id": 1, "officer_id": 1, "wave": 1, "phone": "+628121", "language": "id", "state": "sent",
               "calls": 1, "replaced": False, "asked_at": AT},
    "outbounds": {"kind": "text", "purpose": "alert", "lane": "alert", "rank": 0, "distance_m": 1.0,
                  "phone": "+628121", "body": "x", "to_citizen": False, "incident_id": 1, "alert_id": 1,
                  "state": "owed", "created_at": AT, "due_at": AT, "unknowns": 0, "tries": 0},
    "attempts": {"outbound_id": 1, "line": "simulator", "state": "handed", "ref": "r1", "code": "", "started_at": AT,
                 "keyed": False},
    "tips": {"phone": "+62813", "words": "x", "channel": "sms", "verified": False, "received_at": AT},
}  # fmt: skip


@pytest.fixture
def old(database_url: str) -> Engine:
    """A database as the version before 0002 left it, with one of everything in it."""
    command.downgrade(scripts(database_url), "0001")
    engine = open_engine(database_url)
    with engine.begin() as connection:
        old_process_writes(connection)
        connection.execute(text("UPDATE incidents SET fix_id = 1, told_fix_id = 1, leader_id = 1"))
    return engine


def old_process_writes(connection: Connection) -> None:
    """Naming the columns that it knows, and no others."""
    for name, row in ROWS.items():
        connection.execute(table(connection, name).insert().values(row))


def table(connection: Connection, name: str) -> Table:
    return Table(name, MetaData(), autoload_with=connection, resolve_fks=False)


def contents(connection: Connection) -> dict[str, list[dict[str, object]]]:
    found = {name: connection.execute(select(table(connection, name))).mappings() for name in ROWS}
    return {name: [dict(row) for row in rows] for name, rows in found.items()}


def test_what_stood_there_stays_on_the_way_up_and_down_and_up(database_url: str, old: Engine) -> None:
    with old.connect() as connection:
        before = contents(connection)
    old.dispose()
    migrate(database_url)
    command.downgrade(scripts(database_url), "0001")
    with old.connect() as connection:
        assert contents(connection) == before
    old.dispose()
    migrate(database_url)
    with old.connect() as connection:
        after = contents(connection)
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
    (unit,) = before["units"]
    unit["policy"] = ""  # from 0018 on it inherits
    for name, rows in before.items():
        assert [{**new, **was} for new, was in zip(after[name], rows, strict=True)] == after[name]
    old.dispose()


def test_a_process_of_the_version_before_writes_on(database_url: str, old: Engine) -> None:
    """A release migrates first and starts the new processes after that."""
    old.dispose()
    migrate(database_url)
    with old.begin() as connection:
        connection.execute(text("UPDATE incidents SET state = 'resolved', closed_at = opened_at"))
        for name in ("tips", "attempts"):
            connection.execute(table(connection, name).insert().values(ROWS[name]))
    old.dispose()


def test_shifts_and_their_officer_go_together_and_a_downgrade_with_shifts_is_possible(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.begin() as connection:
        old_process_writes(connection)
        shift = {"officer_id": 1, "weekday": 0, "starts": 360, "minutes": 480}
        connection.execute(table(connection, "shifts").insert().values(shift))
    engine.dispose()
    command.downgrade(scripts(database_url), "0001")
    with engine.connect() as connection:
        assert [row["name"] for row in contents(connection)["officers"]] == ["Rina"]
    engine.dispose()
    migrate(database_url)


def test_kinds_that_the_version_before_does_not_know_are_forgotten_on_the_way_down(database_url: str) -> None:
    """It knows those of the phone menu."""
    engine = open_engine(database_url)
    with engine.begin() as connection:
        old_process_writes(connection)
        row = {"kind": "domestic_violence", "kind_reason": "sealed", "kind_by": "Siti"}
        connection.execute(table(connection, "incidents").update().values(row))
        known = {**ROWS["incidents"], "code": "B2C", "phone": "+62814", "kind": "fire"}
        connection.execute(table(connection, "incidents").insert().values(known))
    engine.dispose()
    command.downgrade(scripts(database_url), "0004")
    with engine.connect() as connection:
        rows = contents(connection)["incidents"]
        assert {row["code"]: row["kind"] for row in rows} == {"K7Q": None, "B2C": "fire"}
        assert "kind_by" not in rows[0]
    engine.dispose()
    migrate(database_url)
    with engine.connect() as connection:
        kinds = connection.execute(text("SELECT code, kind, kind_by FROM incidents ORDER BY code")).all()
        assert [tuple(row) for row in kinds] == [("B2C", "fire", None), ("K7Q", None, None)]
    engine.dispose()


def test_labelled_texts_go_and_the_texts_stay_on_the_way_down(database_url: str) -> None:
    engine = open_engine(database_url)
    with engine.begin() as connection:
        came = {"line": "simulator", "kind": "text", "ref": "1", "phone": "+62813", "body": "x", "raw": "x",
                "state": "handled", "tries": 1, "verified": True, "received_at": AT}  # fmt: skip
        connection.execute(table(connection, "inbounds").insert().values(came))
        row = {"inbound_id": 1, "label": "emergency", "kind": "fire", "language": "id", "words": "x",
               "read_by": "Siti", "received_at": AT}  # fmt: skip
        connection.execute(table(connection, "labelled_texts").insert().values(row))
    engine.dispose()
    command.downgrade(scripts(database_url), "0005")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM inbounds")).scalar() == 1
    engine.dispose()
    migrate(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM labelled_texts")).scalar() == 0
    engine.dispose()


def station(connection: Connection, code: str, parent: int | None = None, **policy: str) -> None:
    row = {**ROWS["units"], "code": code, "name": code, "parent_id": parent, **policy}
    connection.execute(table(connection, "units").insert().values(row))


def policies_of(connection: Connection) -> dict[str, tuple[object, ...]]:
    rows = connection.execute(select(table(connection, "units"))).mappings()
    return {
        row["code"]: (row["policy"], row["waves"], *([row["policy_was"]] if "policy_was" in row else []))
        for row in rows
    }


OWN = '{"waves": [{"after": 0, "groups": [{"who": "desk"}]}]}'


def test_policies_that_stood_there_are_own_or_inherited_on_the_way_up_and_as_before_on_the_way_down(
    database_url: str,
) -> None:
    command.downgrade(scripts(database_url), "0011")
    engine = open_engine(database_url)
    with engine.begin() as connection:
        station(connection, "POLDA")
        station(connection, "PTK", 1, policy="all_at_once")
        station(connection, "BRT", 2)
        station(connection, "KOTA", 2, waves=OWN)
        station(connection, "POS", 4)
        station(connection, "TIMUR", 2, policy="all_at_once")
        incident = {**ROWS["incidents"], "unit_id": 3, "contact": "usual", "uncertain": False}
        connection.execute(table(connection, "incidents").insert().values(incident))
        before = policies_of(connection)
    engine.dispose()
    migrate(database_url)
    with engine.begin() as connection:
        assert policies_of(connection) == {
            "POLDA": ("", None, None),
            "PTK": ("all_at_once", None, None),
            "BRT": ("", None, "nearest_first"),  # asked the nearest, and asks all at once from now on
            "KOTA": ("nearest_first", OWN, None),
            "POS": ("", None, "nearest_first"),
            "TIMUR": ("all_at_once", None, None),
        }
        named = "SELECT v.policy, v.waves, v.unit_id FROM incidents i JOIN policy_versions v ON v.id = i.policy_id"
        assert [tuple(row) for row in connection.execute(text(named))] == [("nearest_first", None, 3)]
        rule = {"unit_id": 3, "kind": "fire", "policy": "all_at_once"}
        connection.execute(table(connection, "policy_rules").insert().values(rule))
    engine.dispose()
    command.downgrade(scripts(database_url), "0011")
    with engine.connect() as connection:
        assert policies_of(connection) == before
        assert [row["code"] for row in contents(connection)["incidents"]] == ["K7Q"]
    engine.dispose()
    migrate(database_url)
