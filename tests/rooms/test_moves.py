"""The functions that move incidents, alerts, outbounds and attempts: every function, from every state."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, event, update
from sqlalchemy.orm import Session

from gateway.models import alert as alerts
from gateway.models import alert_states, incident_states
from gateway.models import attempt as attempts
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from tests.rooms.state_grids import ALERT, ATTEMPT, INCIDENT, OUTBOUND, allowed, pairs

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=1)
# Each function that moves outbounds, and all that it may do. What is not here it must leave alone.
OUTBOUND_MOVES: Mapping[str, tuple[Callable[[Session, int], object], set[tuple[str, str]]]] = {
    "claim": (lambda db, row: outbounds.claim(db, [row], "w"), {("owed", "claimed")}),
    "begin": (
        lambda db, row: outbounds.begin(db, Outbound.id == row),
        {("claimed", "sending"), ("sending", "sending")},
    ),
    "hand_over_text": (outbounds.hand_over_text, {("sending", "done")}),
    "hand_over_call": (lambda db, row: outbounds.hand_over_call(db, row, LATER), {("sending", "under_way")}),
    "put_back": (
        lambda db, row: outbounds.put_back(db, Outbound.id == row, due_at=LATER),
        {("claimed", "owed"), ("sending", "owed")},
    ),
    "fail": (
        lambda db, row: outbounds.fail(db, Outbound.id == row),
        {("claimed", "failed"), ("sending", "failed"), ("under_way", "failed")},
    ),
    "call_off": (
        lambda db, row: outbounds.call_off(db, Outbound.id == row),
        {("owed", "called_off"), ("claimed", "called_off")},
    ),
    "call_off_in_hand": (
        lambda db, row: outbounds.call_off_in_hand(db, Outbound.id == row),
        {("claimed", "called_off"), ("sending", "called_off")},
    ),
    "prove": (lambda db, row: outbounds.prove(db, Outbound.id == row), {("owed", "done"), ("claimed", "done")}),
    "finish_call": (outbounds.finish_call, {("sending", "done"), ("under_way", "done")}),
    "call_again": (
        lambda db, row: outbounds.call_again(db, row, LATER),
        {("sending", "owed"), ("under_way", "owed")},
    ),
    "text_again": (lambda db, row: outbounds.text_again(db, row, LATER), {("done", "owed")}),
    "fail_text": (outbounds.fail_text, {("done", "failed")}),
}

ATTEMPT_MOVES: Mapping[str, tuple[Callable[[Attempt], bool], set[tuple[str, str]]]] = {
    "wire_answered: handed": (lambda row: attempts.wire_answered(row, attempts.HANDED), {("trying", "handed")}),
    "wire_answered: refused": (lambda row: attempts.wire_answered(row, attempts.REFUSED), {("trying", "refused")}),
    "wire_answered: permanent": (
        lambda row: attempts.wire_answered(row, attempts.PERMANENT),
        {("trying", "permanent")},
    ),
    "wire_answered: unknown": (lambda row: attempts.wire_answered(row, attempts.UNKNOWN), {("trying", "unknown")}),
    "lose": (lambda row: attempts.lose(row, "worker_lost", NOW), {("trying", "unknown")}),
    "hand_over": (attempts.hand_over, {("trying", "handed"), ("unknown", "handed")}),
    "deliver": (
        attempts.deliver,
        {(state, "delivered") for state in ("handed", "refused", "permanent", "undelivered")},
    ),
    "miss": (
        lambda row: attempts.miss(row, "NACK", permanent=False),
        {("handed", "undelivered"), ("refused", "undelivered")},
    ),
    "miss for good": (
        lambda row: attempts.miss(row, "NACK", permanent=True),
        {("handed", "permanent"), ("refused", "permanent")},
    ),
    "pick_up": (
        lambda row: attempts.pick_up(row, NOW),
        {("handed", "answered"), ("refused", "answered"), ("permanent", "answered")},
    ),
    "end": (
        lambda row: attempts.end(row, permanent=False),
        {(state, "ended") for state in ("trying", "unknown", "handed", "refused", "answered")},
    ),
    "end for good": (
        lambda row: attempts.end(row, permanent=True),
        {(state, "permanent") for state in ("handed", "refused", "answered")},
    ),
}


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as db, db.begin():
        yield db


def owed(db: Session, state: str) -> Outbound:
    row = Outbound(kind="text", purpose="alert", phone="+6281", state=state, created_at=NOW, due_at=NOW)
    db.add(row)
    db.flush()
    return row


@pytest.mark.parametrize("name", OUTBOUND_MOVES)
def test_a_function_moves_outbounds_out_of_its_own_states_only(db: Session, name: str) -> None:
    move, its_own = OUTBOUND_MOVES[name]
    made = set()
    for before in outbounds.STATES.states:
        row = owed(db, before)
        moved = move(db, row.id)
        db.refresh(row)
        if (row.state, row.tries) != (before, 0):
            made.add((before, row.state))
        assert bool(moved) == ((before, row.state) in made) or name == "hand_over_text"  # it tells the alert's id
    assert made == its_own


def test_the_table_of_outbounds_holds_what_its_functions_do_and_nothing_else() -> None:
    assert allowed(OUTBOUND) == set().union(*(its_own for _, its_own in OUTBOUND_MOVES.values()))


def test_a_set_of_outbounds_moves_in_one_statement_and_is_told(db: Session) -> None:
    rows = [owed(db, state) for state in (outbounds.OWED, outbounds.DONE, outbounds.CLAIMED, outbounds.SENDING)]
    assert sorted(outbounds.call_off(db, Outbound.phone == "+6281")) == [rows[0].id, rows[2].id]
    assert [row.state for row in rows] == ["called_off", "done", "called_off", "sending"]


@pytest.mark.parametrize("name", ATTEMPT_MOVES)
def test_a_function_moves_an_attempt_out_of_its_own_states_only(name: str) -> None:
    move, its_own = ATTEMPT_MOVES[name]
    made = set()
    for before in attempts.STATES.states:
        row = Attempt(state=before, line="x", started_at=NOW)
        moved = move(row)
        assert moved == (row.state != before)
        made |= {(before, row.state)} if moved else set()
    assert made == its_own


def test_the_table_of_attempts_holds_what_its_functions_do_and_nothing_else() -> None:
    assert allowed(ATTEMPT) == set().union(*(its_own for _, its_own in ATTEMPT_MOVES.values()))


def test_two_who_move_the_same_outbound_do_not_both_move_it(engine: Engine) -> None:
    """Whoever is second finds it moved, whatever it had read before."""
    with Session(engine) as db, db.begin():
        row_id = owed(db, outbounds.OWED).id
    with Session(engine) as late:
        read = late.get_one(Outbound, row_id)
        late.commit()
        with Session(engine) as db, db.begin():
            db.execute(update(Outbound).values(state=outbounds.DONE))
        assert read.id == row_id
        assert outbounds.call_off(late, Outbound.id == row_id) == []
        assert late.get_one(Outbound, row_id, populate_existing=True).state == outbounds.DONE


@pytest.mark.parametrize(("before", "after", "may"), pairs(INCIDENT))
def test_an_incident_moves_as_the_table_says_and_else_stays_as_it_is(before: str, after: str, may: bool) -> None:
    incident = Incident(state=before)
    if after in incidents.CLOSED:
        assert incident_states.move(incident, after) is False  # an incident ends by `close` alone
        assert incident_states.close(incident, after, NOW, "because") is may
        assert (incident.closed_at, incident.reason) == ((NOW, "because") if may else (None, None))
    else:
        assert incident_states.close(incident, after, NOW, None) is False
        assert incident_states.move(incident, after) is (may and before not in incidents.CLOSED)
        if before in incidents.CLOSED and after == incidents.OPEN:  # a closed one is opened by `reopen` alone
            assert incident_states.reopen(incident) is may
    assert incident.state == (after if may else before)


@pytest.mark.parametrize(("before", "after", "may"), pairs(ALERT))
def test_an_alert_moves_as_the_table_says_and_else_stays_as_it_is(before: str, after: str, may: bool) -> None:
    alert = Alert(state=before)
    assert alert_states.move(alert, after) is may
    assert alert.state == (after if may else before)


@pytest.fixture
def one_of_each(engine: Engine) -> Session:
    """An alert in every state, of one incident."""
    db = Session(engine)
    incident = Incident(code="U8Y", phone="+62813", name="Budi", channel="text", opened_at=NOW, state=incidents.OPEN)
    db.add(incident)
    db.flush()
    for number, state in enumerate(alerts.STATES.states):
        db.add(Alert(incident_id=incident.id, wave=1, phone=f"+62812{number}", state=state, asked_at=NOW))
    db.flush()
    return db


@pytest.mark.parametrize("after", alerts.STATES.states)
def test_a_set_of_alerts_moves_in_one_statement_that_leaves_the_others_alone(one_of_each: Session, after: str) -> None:
    db, said = one_of_each, []
    before = {row.id: row.state for row in alerts.of_incident(db, 1)}
    connection = db.connection()
    event.listen(connection, "before_cursor_execute", lambda *told: said.append(told[2]))
    moved = alert_states.move_all(db, after, Alert.incident_id == 1)
    assert len(said) == 1
    db.expire_all()
    assert sorted(moved) == sorted(row for row, state in before.items() if alerts.STATES.allows(state, after))
    now = {row.id: row.state for row in alerts.of_incident(db, 1)}
    assert now == before | dict.fromkeys(moved, after)
    db.close()
