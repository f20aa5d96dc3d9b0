"""Nobody but the file that owns them writes a model's states, timers and views, read from the syntax tree of gateway/
(see `state_writes` for what counts as a write)."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateway.models import CallerView, QuietNumber
from tests.house.state_writes import Owned, writes

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "gateway/models"


def columns(model: type[CallerView | QuietNumber]) -> tuple[str, ...]:
    return tuple(column.name for column in model.__table__.columns if column.name != "id")


TIMERS = ("next_wave_at", "last_wave_at", "clock_at", "nudged", "repeats_at", "repeats_told_at", "honest_at")
OLD_VIEW = (
    "dismissed_at",
    "shown_code",
    "shown_quiet",
    "shown_left",
    "citizen_told",
    "again_told_at",
    "hushed_until",
    "place_asked_at",
)
CALL = ("state", "ring_at", "above_at", "opens_at", "opened_itself_at", "listed_at", "said_no_at", "answered_at")
INCIDENT = ("incident", "running")
VIEW = ("view", "caller_view")
TABLE = {
    "states": Owned("Incident", "incident", INCIDENT, "incident_states.py", ("state", "closed_at", "reason")),
    "timers": Owned("Incident", "incident", INCIDENT, "incident_timers.py", TIMERS),
    "old view": Owned("Incident", "incident", INCIDENT, "caller_view.py", ("caller_view", *OLD_VIEW)),
    "alert": Owned("Alert", "alert", ("alert",), "alert_states.py", ("state",), born_elsewhere=True),
    "outbound": Owned("Outbound", "outbound", ("outbound",), "outbound.py", ("state",)),
    "attempt": Owned("Attempt", "attempt", ("attempt",), "attempt.py", ("state",)),
    "clarification": Owned(
        "Clarification", "clarification", ("call", "kept"), "clarification.py", CALL, born_elsewhere=True
    ),
    "view": Owned("CallerView", "caller_view", VIEW, "caller_view.py", columns(CallerView)),
    "quiet": Owned("QuietNumber", "quiet_number", ("quiet_number",), "quiet_number.py", columns(QuietNumber)),
}
# Retention empties what tells of a person once its time is over: (what, file) -> the column.
EMPTIED = {("states", "operations/retention/steps.py"): "Incident.reason: null(), "}


@pytest.mark.parametrize("what", TABLE)
def test_only_their_owner_writes_states_timers_and_views(what: str) -> None:
    owned, found = TABLE[what], {}
    for path in sorted((ROOT / "gateway").rglob("*.py")):
        name, source = str(path.relative_to(ROOT / "gateway")), path.read_text(encoding="utf-8")
        if lines := writes(source.replace(EMPTIED.get((what, name), "\0"), ""), owned):
            found[name] = lines
    assert found.pop(f"models/{owned.owner}")
    assert found == {}


@pytest.mark.parametrize("owned", TABLE.values(), ids=TABLE)
def test_the_model_and_its_owner_are_there(owned: Owned) -> None:
    assert f"class {owned.model}(Base):" in (MODELS / f"{owned.module}.py").read_text(encoding="utf-8")
    assert (MODELS / owned.owner).is_file()
    for attribute in owned.attributes:
        assert writes(f"def move(row: {owned.model}): row.{attribute} = 'x'", owned) == [1]


def test_what_retention_empties_is_still_there() -> None:
    for (_, name), column in EMPTIED.items():
        assert column in (ROOT / "gateway" / name).read_text(encoding="utf-8")


HEAD = """
from gateway.models import alert as alerts
from gateway.models import attempt as attempts
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models.alert import FAILED, Alert
from gateway.models.attempt import HANDED, Attempt
from gateway.models.outbound import Outbound
def do(one: Alert | None) -> None:
"""
WRITES = [
    ("alert", "alert.state = new"),
    ("alert", "duty.alert.state = new"),
    ("alert", "alert.state, alert.answered_at = new, now"),
    ("alert", "row.state = alerts.FAILED"),
    ("alert", "row.state = FAILED if late else before"),
    ("alert", "one.state = new"),
    ("alert", "db.execute(update(Alert).where(Alert.id == 1).values(state=new))"),
    ("alert", "db.execute(update(Alert).values({Alert.state: new}))"),
    ("outbound", "row.state = outbounds.DONE"),
    ("outbound", "row.state, row.claimed_by = outbounds.OWED, None"),
    ("attempt", "row.code, row.state = '', HANDED"),
    ("outbound", "row.state = outbounds.DONE if late else outbounds.OWED"),
    ("outbound", "attempt.outbound.state = 'done'"),
    ("attempt", "claimed.attempt.state = state"),
    ("attempt", "def move(row: Attempt | None, state: str): row.state = state"),
    ("outbound", "def move(row: models.Outbound, state: str): row.state = state"),
    ("outbound", "row: Outbound = given(); row.state += 'x'"),
    ("outbound", "self.row: Outbound = given(); self.row.state = 'x'"),
    ("outbound", "db.execute(update(Outbound).where(a, b).values(state='done'))"),
    ("outbound", "db.execute(update(Outbound).values(due_at=now).values({'state': 'done'}))"),
    ("outbound", "db.execute(sqlalchemy.update(models.Outbound).values(state='done'))"),
    ("attempt", "db.execute(update(Attempt).values(**{'state': 'done'}))"),
    ("attempt", "db.execute(insert(Attempt).values(line='x', state='handed'))"),
    ("outbound", "db.execute(update(Outbound).values({Outbound.state: 'done'}))"),
    ("outbound", "Step(Outbound, clear={Outbound.state: 'done'})"),
    ("outbound", "db.add(Outbound(kind='text', state='done'))"),
    ("outbound", "db.add(Outbound(**{'state': 'done'}))"),
    ("attempt", "setattr(attempt, 'state', 'ended')"),
    ("alert", "setattr(duty.alert, 'state', 'sent')"),
    ("states", "incident.state = state"),
    ("states", "row.state, row.closed_at = incidents.RESOLVED, now"),
    ("states", "Incident(state='accepted')"),
    ("timers", "incident.next_wave_at = None"),
    ("timers", "scene.incident.clock_at = now"),
    ("old view", "incident.dismissed_at = now"),
    ("old view", "Incident(place_asked_at=now)"),
    ("old view", "incident.caller_view = view"),
    ("view", "incident.view.quiet = True"),
    ("view", "incident.caller_view.told = ''"),
    ("view", "CallerView(code=code)"),
    ("quiet", "update(QuietNumber).where(a).values(until=now)"),
    ("quiet", "for row in rows: row: QuietNumber; row.lifted_at = now"),
]


@pytest.mark.parametrize(("what", "line"), WRITES)
def test_the_rule_sees_every_way_to_write_a_state(what: str, line: str) -> None:
    lines = HEAD.count("\n") + 1
    assert {name: found for name, owned in TABLE.items() if (found := writes(f"{HEAD}    {line}\n", owned))} == {
        what: [lines]
    }


@pytest.mark.parametrize(
    "line",
    [
        "row.state = inbounds.SEEN",
        "row.state = inbounds.TO_HUMAN",
        "citizen.state = new",
        "alert.calls += 1",
        "row.phase = outbounds.DONE",
        "held = row.state == outbounds.DONE",
        "due = update(Outbound).where(Outbound.state == outbounds.OWED).values(due_at=now)",
        "db.execute(update(Citizen).where(Citizen.id.in_(select(Outbound.id))).values(state='left'))",
        "call = replace(call, state=CallState.ENDED)",
        "query = select(Outbound.state, Attempt.state)",
        "def note(attempt: Attempt, citizen: Citizen): citizen.state = 'left'",
        "db.add(Alert(wave=1, state=alerts.SENT))",  # a new row, in one of the first states of its table
        "incident.quiet, incident.reminded_at = True, now",
        "report.reason = 'x'",
    ],
)
def test_the_rule_leaves_everything_else_alone(line: str) -> None:
    source = f"{HEAD}    {line}\n".replace("def do(", "from gateway.models import inbound as inbounds\ndef do(")
    assert [what for what, owned in TABLE.items() if writes(source, owned)] == []
