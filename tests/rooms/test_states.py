"""The tables of states: every pair, what a move returns, and that a set is moved in one statement."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

from gateway.models import alert as alerts
from gateway.models import alert_states, incident_states
from gateway.models import incident as incidents
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.models.states import StateTable

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
# A row is what a state may be followed by: x in the column of each that may.
INCIDENT = """
            open accepted en_route on_scene resolved false_alarm cancelled
open        .    x        .        .        x        x           x
accepted    x    .        x        x        x        x           .
en_route    x    .        .        x        x        x           .
on_scene    x    .        .        .        x        x           .
resolved    .    .        .        .        .        .           .
false_alarm .    .        .        .        .        .           .
cancelled   .    .        .        .        .        .           .
"""
ALERT = """
            waiting sent delivered no_answer failed accepted declined stood_down
waiting     .       x    x         x         x      x        x        x
sent        .       .    x         x         x      x        x        x
delivered   .       .    .         x         x      x        x        x
no_answer   .       .    .         .         x      x        x        x
failed      .       .    .         .         .      x        x        .
accepted    .       .    .         .         .      .        x        .
declined    .       .    .         .         .      x        .        .
stood_down  .       .    .         .         .      x        x        .
"""


def pairs(grid: str) -> list[tuple[str, str, bool]]:
    """Every (from, to) of a grid, and whether that move is allowed."""
    head, *rows = (line.split() for line in grid.strip().splitlines())
    return [(row[0], to, mark == "x") for row in rows for to, mark in zip(head, row[1:], strict=True)]


@pytest.mark.parametrize(("grid", "table"), [(INCIDENT, incident_states.TABLE), (ALERT, alert_states.TABLE)])
def test_the_table_is_this_one(grid: str, table: StateTable) -> None:
    every = pairs(grid)
    assert set(table.moves) == {before for before, _, _ in every} == {after for _, after, _ in every}
    assert set(table.pairs()) == {(before, after) for before, after, allowed in every if allowed}
    for before, after, allowed in every:
        assert table.allows(before, after) is allowed
        assert (before in table.sources(after)) is allowed


@pytest.mark.parametrize(("before", "after", "allowed"), pairs(INCIDENT))
def test_an_incident_moves_as_the_table_says_and_else_stays_as_it_is(before: str, after: str, allowed: bool) -> None:
    incident = Incident(state=before)
    if after in incidents.CLOSED:
        assert incident_states.move(incident, after) is False  # an incident ends by `close` alone
        assert incident_states.close(incident, after, NOW, "because") is allowed
        assert (incident.closed_at, incident.reason) == ((NOW, "because") if allowed else (None, None))
    else:
        assert incident_states.close(incident, after, NOW, None) is False
        assert incident_states.move(incident, after) is allowed
    assert incident.state == (after if allowed else before)


@pytest.mark.parametrize(("before", "after", "allowed"), pairs(ALERT))
def test_an_alert_moves_as_the_table_says_and_else_stays_as_it_is(before: str, after: str, allowed: bool) -> None:
    alert = Alert(state=before)
    assert alert_states.move(alert, after) is allowed
    assert alert.state == (after if allowed else before)


@pytest.fixture
def one_of_each(engine: Engine) -> Session:
    """An alert in every state, of one incident."""
    db = Session(engine)
    incident = Incident(code="U8Y", phone="+62813", name="Budi", channel="text", opened_at=NOW, state=incidents.OPEN)
    db.add(incident)
    db.flush()
    for number, state in enumerate(alert_states.TABLE.moves):
        db.add(Alert(incident_id=incident.id, wave=1, phone=f"+62812{number}", state=state, asked_at=NOW))
    db.flush()
    return db


@pytest.mark.parametrize("after", alert_states.TABLE.moves)
def test_a_set_of_alerts_moves_in_one_statement_that_leaves_the_others_alone(one_of_each: Session, after: str) -> None:
    db, said = one_of_each, []
    before = {row.id: row.state for row in alerts.of_incident(db, 1)}
    connection = db.connection()
    event.listen(connection, "before_cursor_execute", lambda *told: said.append(told[2]))
    moved = alert_states.move_all(db, after, Alert.incident_id == 1)
    assert len(said) == 1
    db.expire_all()
    assert sorted(moved) == sorted(row for row, state in before.items() if alert_states.TABLE.allows(state, after))
    now = {row.id: row.state for row in alerts.of_incident(db, 1)}
    assert now == before | dict.fromkeys(moved, after)
    db.close()
