"""Keep the simulated phones in their SQLite file: tables, statements, and values to rows and back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime

from gateway.carriers.scripts import read_script, write_script
from gateway.carriers.simulator.phones import CallState, Owed, ScreenText, SimCall, UssdSession
from gateway.core.messages import Ending

SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE phones (phone TEXT PRIMARY KEY, quirk TEXT NOT NULL DEFAULT 'fine');
CREATE TABLE lines (number TEXT PRIMARY KEY, fault TEXT NOT NULL, slow_seconds REAL NOT NULL);
CREATE TABLE texts (
    id INTEGER PRIMARY KEY, ref TEXT NOT NULL, phone TEXT NOT NULL, direction TEXT NOT NULL, other TEXT NOT NULL,
    body TEXT NOT NULL, at TEXT NOT NULL, attempt INTEGER, expires TEXT, fate TEXT NOT NULL
);
CREATE INDEX texts_of_phone ON texts (phone);
CREATE INDEX texts_waiting ON texts (fate) WHERE fate = 'waiting';
CREATE TABLE calls (
    ref TEXT PRIMARY KEY, phone TEXT NOT NULL, direction TEXT NOT NULL, other TEXT NOT NULL, started TEXT NOT NULL,
    ring_until TEXT NOT NULL, attempt INTEGER, parent TEXT NOT NULL, state TEXT NOT NULL, ending TEXT, answered TEXT,
    ended TEXT, said TEXT NOT NULL, language TEXT NOT NULL, keys TEXT NOT NULL, steps TEXT NOT NULL,
    speaks_until TEXT, listening_until TEXT, leg TEXT NOT NULL, sequence INTEGER NOT NULL
);
CREATE INDEX calls_of_phone ON calls (phone);
CREATE INDEX calls_living ON calls (state) WHERE state != 'ended';
CREATE TABLE sessions (
    session TEXT PRIMARY KEY, phone TEXT NOT NULL, code TEXT NOT NULL, touched TEXT NOT NULL, typed TEXT NOT NULL,
    screen TEXT NOT NULL, open INTEGER NOT NULL
);
CREATE TABLE hooks (
    id INTEGER PRIMARY KEY, path TEXT NOT NULL, payload TEXT NOT NULL, about TEXT NOT NULL, due TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE violations (at TEXT NOT NULL, what TEXT NOT NULL);
"""
KNOW_PHONE = "INSERT OR IGNORE INTO phones (phone) VALUES (?)"
NEW_TEXT = (
    "INSERT INTO texts (ref, phone, direction, other, body, at, attempt, expires, fate)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
WAITING_TEXTS = "SELECT texts.*, phones.quirk FROM texts JOIN phones USING (phone) WHERE fate = 'waiting' ORDER BY id"
NEW_CALL = """INSERT INTO calls VALUES (
    :ref, :phone, :direction, :other, :started, :ring_until, :attempt, :parent, :state, :ending, :answered, :ended,
    :said, :language, :keys, :steps, :speaks_until, :listening_until, :leg, :sequence)"""
CHANGE_CALL = """UPDATE calls SET state = :state, ending = :ending, answered = :answered, ended = :ended, said = :said,
    language = :language, keys = :keys, steps = :steps, speaks_until = :speaks_until,
    listening_until = :listening_until, leg = :leg, sequence = sequence + 1
    WHERE ref = :ref AND sequence = :sequence"""
CALL = "SELECT * FROM calls WHERE ref = ?"
LIVE_CALL = "SELECT * FROM calls WHERE phone = ? AND state != 'ended' ORDER BY rowid LIMIT 1"
CALL_LOG = "SELECT * FROM calls WHERE phone = ? ORDER BY started, rowid"
KEEP_SESSION = "REPLACE INTO sessions VALUES (:session, :phone, :code, :touched, :typed, :screen, :open)"
NEW_HOOK = "INSERT INTO hooks (path, payload, about, due) VALUES (?, ?, ?, ?) RETURNING *"
CLAIM_HOOK = "UPDATE hooks SET tries = tries + 1, due = ? WHERE id = ? AND tries = ?"
NEW_VIOLATION = "INSERT INTO violations VALUES (?, ?)"


def stamp(at: datetime) -> str:
    """Return an aware time as text of one fixed width in UTC, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def read_text(row: sqlite3.Row) -> ScreenText:
    at = datetime.fromisoformat(row["at"])
    return ScreenText(row["id"], row["ref"], row["phone"], row["direction"], row["other"], row["body"], at)


def write_call(call: SimCall) -> dict[str, object]:
    written = {**vars(call), "state": call.state.value, "ending": call.ending and call.ending.value}
    written |= {"said": json.dumps(call.said), "steps": write_script(call.steps)}
    return {name: stamp(value) if isinstance(value, datetime) else value for name, value in written.items()}


def read_call(row: sqlite3.Row) -> SimCall:
    fields = dict(row)
    for name in ("started", "ring_until", "answered", "ended", "speaks_until", "listening_until"):
        fields[name] = fields[name] and datetime.fromisoformat(fields[name])
    fields |= {"state": CallState(row["state"]), "ending": row["ending"] and Ending(row["ending"])}
    return SimCall(**{**fields, "said": tuple(json.loads(row["said"])), "steps": read_script(row["steps"])})


def read_session(row: sqlite3.Row) -> UssdSession:
    fields = (row["session"], row["phone"], row["code"], datetime.fromisoformat(row["touched"]))
    return UssdSession(*fields, row["typed"], row["screen"], bool(row["open"]))


def owe(db: sqlite3.Connection, path: str, told: Mapping[str, object], due: datetime, about: str = "") -> Owed:
    """Write down a hook that the network owes from `due` on."""
    return read_owed(db.execute(NEW_HOOK, (path, json.dumps(told), about, stamp(due))).fetchone())


def read_owed(row: sqlite3.Row) -> Owed:
    return Owed(row["id"], row["path"], row["payload"], row["about"], row["tries"])
