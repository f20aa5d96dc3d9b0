"""What runs each second, and for each panic, reads what is alive: PostgreSQL's plans on a history of some thousands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from no_redis import no_redis
from sqlalchemy import Connection, Engine, event, text

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.delivery import claims, dead_workers
from gateway.inbound import unknown_numbers
from gateway.incidents.free import busy_phones
from gateway.infrastructure.database import open_engine
from gateway.models import incident as incidents
from gateway.responses import timers
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House
from gateway.worker import glance
from gateway.worker.queue import JobQueue
from gateway.worker.sweep import Sweep
from tests.rooms.test_sending import Told

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
GROWS = ("incidents", "alerts", "outbounds", "attempts", "inbounds", "events", "fixes")  # tables that hold history
# Three years of a small station: closed incidents, what was sent for them under workers that are long gone, and one
# incident that is open.
HISTORY = """
INSERT INTO incidents (code, phone, name, language, state, channel, quiet, ring_back, duress, drill, opened_at,
    closed_at, wave, nudged, repeats, shown_quiet, shown_left, citizen_told, last_wave_at)
SELECT 'A' || n % 9 || 'B', '+62' || n, 'x', 'id', 'resolved', 'text', false, true, false, false,
    :now - n * interval '3 hours', :now - n * interval '3 hours' + interval '1 hour', 1, false, 0, false, false, '',
    :now - n * interval '3 hours'
FROM generate_series(1, 6000) n;
INSERT INTO incidents (code, phone, name, language, state, channel, quiet, ring_back, duress, drill, opened_at,
    wave, nudged, repeats, shown_quiet, shown_left, citizen_told, last_wave_at, next_wave_at)
VALUES ('K7Q', '+62', 'x', 'id', 'open', 'text', false, true, false, false, :now, 1, false, 0, false, false, '', :now,
    :now + interval '30 seconds');
INSERT INTO alerts (incident_id, wave, phone, language, state, calls, replaced, asked_at)
SELECT i.id, 1, '+628' || p, 'id', CASE WHEN i.closed_at IS NULL THEN 'waiting' ELSE 'stood_down' END, 0, false,
    i.opened_at
FROM incidents i, generate_series(1, 3) p;
INSERT INTO outbounds (kind, purpose, lane, rank, distance_m, phone, body, to_citizen, incident_id, alert_id, state,
    created_at, due_at, expires_at, claimed_by, unknowns, tries)
SELECT kind, 'alert', 'alert', 0, 1, a.phone, '', false, a.incident_id, a.id,
    CASE WHEN a.state = 'waiting' THEN 'owed' ELSE 'done' END, a.asked_at, a.asked_at,
    a.asked_at + interval '10 minutes', CASE WHEN a.state = 'waiting' THEN NULL ELSE 'long gone' END, 0, 1
FROM alerts a, unnest(ARRAY['text', 'call']) kind;
INSERT INTO attempts (outbound_id, line, started_at, finished_at, ended_at, state, ref, code, keyed)
SELECT id, 'line', due_at, due_at, due_at, 'delivered', 'r' || id, '', false FROM outbounds WHERE state = 'done';
INSERT INTO inbounds (line, kind, ref, phone, body, raw, state, tries, verified, received_at)
SELECT 'line', 'text', 'r' || id, phone, '', '', 'handled', 1, true, opened_at FROM incidents;
"""


@dataclass
class Asked:
    """The statements that something sent to the database."""

    statements: list[tuple[str, Any]] = field(default_factory=list)

    def note(self, _connection: Connection, _cursor: object, statement: str, parameters: Any, *_more: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "WITH")):
            self.statements.append((statement, parameters))


@pytest.fixture(scope="module")
def engine(postgresql_server: str, numbers: Iterator[int]) -> Iterator[Engine]:
    """One database with a history, for all tests of this file; nothing that they do stays."""
    from conftest import MIGRATED, execute

    name = f"test_{next(numbers)}"
    execute(postgresql_server, f"CREATE DATABASE {name} TEMPLATE {MIGRATED}")
    engine = open_engine(postgresql_server.format(name))
    with engine.begin() as db:
        for statement in HISTORY.split(";\n"):
            if statement.strip():
                db.execute(text(statement), {"now": NOW})
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as db:
        db.execute(text("VACUUM ANALYZE"))
    yield engine
    engine.dispose()
    execute(postgresql_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def house(engine: Engine, settings: Settings) -> House:
    return House(settings, engine, Switchboard([Told("line")]), JobQueue(no_redis), lambda: NOW + timedelta(seconds=9))


def scans(engine: Engine, asked: Asked) -> list[str]:
    """The tables with history that a statement would read from end to end, each with the statement."""
    found = []
    with engine.connect() as db:
        for statement, parameters in asked.statements:
            plan = db.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {statement}", parameters).scalar_one()
            nodes = [json.loads(plan)[0]["Plan"]] if isinstance(plan, str) else [plan[0]["Plan"]]
            while nodes:
                node = nodes.pop()
                nodes += node.get("Plans", [])
                if node["Node Type"] == "Seq Scan" and node.get("Relation Name") in GROWS:
                    found.append(f"{node['Relation Name']}: {' '.join(statement.split())[:600]}")
        db.rollback()
    return found


STEPS: dict[str, Callable[[UnitOfWork], object]] = {
    "the glance of a sweep": glance.steps_due,
    "claim all": claims.claim,
    "claim for a job": lambda uow: claims.claim(uow, 6001),
    "drop what is late": claims.drop_late,
    "take over from the dead": dead_workers.take_over,
    "give up": dead_workers.give_up,
    "the next timer": timers.next_due,
    "a fresh code": lambda uow: incidents.fresh_code(uow.db, uow.now()),
    "our last texts to a phone": lambda uow: unknown_numbers.last_texts(uow, "+6281"),
    "who is free": lambda uow: busy_phones(uow.db, ["+6281", "+6282", "+6283"]),
}


@pytest.mark.parametrize("step", STEPS)
def test_it_reads_no_history(engine: Engine, house: House, step: str) -> None:
    asked = Asked()
    with house.open_uow() as uow:
        uow.db.connection()
        event.listen(engine, "before_cursor_execute", asked.note)
        try:
            STEPS[step](uow)
        finally:
            event.remove(engine, "before_cursor_execute", asked.note)
        uow.db.rollback()
    assert asked.statements
    assert scans(engine, asked) == []


def test_no_step_of_the_sweep_reads_history(engine: Engine, house: House) -> None:
    asked = Asked()
    rounds = Sweep(house.open_uow, lambda lane, work: None)
    rounds.beat()
    event.listen(engine, "before_cursor_execute", asked.note)
    try:
        rounds.sweep()
    finally:
        event.remove(engine, "before_cursor_execute", asked.note)
    assert len(asked.statements) > 10
    assert scans(engine, asked) == []
