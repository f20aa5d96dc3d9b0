"""What the live pages are told of, and that nothing slips by."""

from __future__ import annotations

import pytest

from gateway.incidents import timeline
from gateway.models import incident as incidents
from gateway.models.event import Event
from gateway.models.inbound import Inbound
from gateway.monitor.changes import SETTLED, Change, Lookout
from gateway.wiring import House
from tests.console.station import panic


@pytest.fixture
def console_url(database_url: str) -> str:
    return database_url


class Ticks:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks() -> Ticks:
    return Ticks()


@pytest.fixture
def lookout(home: House, ticks: Ticks) -> Lookout:
    return Lookout(home.open_uow, ticks)


def note(home: House, code: str, event_id: int | None = None) -> None:
    with home.open_uow() as uow:
        incident = incidents.open_by_code(uow.db, code)
        assert incident is not None
        if event_id is None:
            timeline.record(uow, incident, "note")
        else:
            uow.db.add(Event(id=event_id, incident_id=incident.id, at=uow.now(), kind="note"))


def test_the_first_look_only_takes_the_measure(home: House, lookout: Lookout) -> None:
    panic(home)
    assert [change for change in lookout.look() if change.code] == []
    assert lookout.newest > 0


def test_each_incident_that_changed_is_told_once_a_look(home: House, lookout: Lookout) -> None:
    lookout.look()
    code = panic(home)
    changes = lookout.look()
    assert [(change.code, change.unit_id) for change in changes] == [(code, 2)]
    assert changes[0].event_id == lookout.newest
    assert lookout.look() == []
    note(home, code)
    assert [change.code for change in lookout.look()] == [code]


def test_a_line_that_is_committed_after_a_later_one_is_not_missed(home: House, lookout: Lookout, ticks: Ticks) -> None:
    code = panic(home)
    lookout.look()
    note(home, code, event_id=1000)
    assert lookout.look() == [Change(1000, code, 2)]
    ticks.now += SETTLED - 1
    note(home, code, event_id=998)  # its transaction took longer
    assert lookout.look() == [Change(998, code, 2)]
    assert lookout.newest == 1000


def test_a_latecomer_of_before_the_first_look_is_told_too(home: House, lookout: Lookout) -> None:
    code = panic(home)
    note(home, code, event_id=1000)
    lookout.look()
    note(home, code, event_id=990)
    assert [change.event_id for change in lookout.look()] == [990]


def test_it_forgets_what_is_settled(home: House, lookout: Lookout, ticks: Ticks) -> None:
    code = panic(home)
    lookout.look()
    for _ in range(50):
        note(home, code)
        lookout.look()
    ticks.now += SETTLED + 1
    lookout.look()
    note(home, code)
    assert [change.code for change in lookout.look()] == [code]
    assert len(lookout._seen) == 1


def test_a_text_that_waits_for_a_human_is_told_without_a_code(home: House, lookout: Lookout) -> None:
    lookout.look()
    with home.open_uow() as uow:
        uow.db.add(Inbound(line="x", kind="text", ref="1", phone="+62899", state="to_human", received_at=uow.now()))
    assert lookout.look() == [Change(lookout.newest)]
    assert lookout.look() == []
