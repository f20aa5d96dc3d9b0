"""The four tables of states, every pair: what a table allows, and what an assignment around its moves does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from gateway.models import alert, attempt, incident, outbound
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.models.states import ForbiddenMove, StateTable
from tests.rooms.state_grids import GRIDS, allowed, pairs

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TABLES = {"incident": incident.STATES, "alert": alert.STATES, "outbound": outbound.STATES, "attempt": attempt.STATES}
MODELS = {"incident": Incident, "alert": Alert, "outbound": Outbound, "attempt": Attempt}
FIRST = {
    "incident": ("open",),
    "alert": ("waiting", "sent"),
    "outbound": ("owed", "done"),
    "attempt": ("trying", "handed"),
}
PAIRS = [(name, *pair) for name, grid in GRIDS.items() for pair in pairs(grid)]


@pytest.mark.parametrize(("name", "table"), TABLES.items(), ids=TABLES)
def test_the_table_is_this_one(name: str, table: StateTable) -> None:
    every = pairs(GRIDS[name])
    assert set(table.states) == {before for before, _, _ in every} == {after for _, after, _ in every}
    assert set(table.moves) == allowed(GRIDS[name])
    assert table.first == FIRST[name]
    assert set(table.last) == set(table.states) - {before for before, _, may in every if may}
    assert all(table.moves.values())  # each has its reason
    for before, after, may in every:
        assert table.allows(before, after) is may
        assert (before in table.sources(after)) is may
        assert table.sources(after, among=[before]) == ((before,) if may else ())


@pytest.mark.parametrize(("name", "before", "after", "may"), PAIRS)
def test_an_assignment_around_the_table_is_an_error(name: str, before: str, after: str, may: bool) -> None:
    row = MODELS[name](id=7, state=before)  # a new row may be written in any state
    if may or before == after:
        row.state = after
        assert row.state == after
        return
    with pytest.raises(ForbiddenMove, match=f"{name} 7: {before} -> {after}"):
        row.state = after
    assert row.state == before


def test_a_stored_row_is_guarded_and_reading_it_again_is_no_assignment(engine: Engine) -> None:
    with Session(engine) as db, db.begin():
        db.add(Outbound(kind="text", purpose="alert", phone="+6281", state="done", created_at=NOW, due_at=NOW))
    with Session(engine) as db:
        row = db.get_one(Outbound, 1)
        db.expire(row)
        with pytest.raises(ForbiddenMove, match="outbound 1: done -> claimed"):
            row.state = "claimed"
        db.execute(text("UPDATE outbounds SET state = 'claimed'"))
        db.refresh(row)
        assert row.state == "claimed"
