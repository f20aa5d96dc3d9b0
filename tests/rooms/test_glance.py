"""The glance of a sweep sees each thing that can be due, and the step that it names then acts on it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from no_redis import no_redis
from sqlalchemy import Engine

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.infrastructure.database import open_engine
from gateway.models import clarification as clarifications
from gateway.models import inbound as inbounds
from gateway.models import lookup as lookups
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.base import Base
from gateway.models.clarification import Clarification
from gateway.models.drill import Drill, DrillPlan
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.lookup import Lookup
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.models.synthetic_panic import SyntheticPanic, SyntheticPlan
from gateway.models.unit import Unit
from gateway.positions.outcomes import NotLocated
from gateway.wiring import House
from gateway.worker import glance
from gateway.worker.queue import JobQueue
from gateway.worker.sweep import Sweep
from tests.rooms.test_claims import NOW
from tests.rooms.test_sending import Told
from tests.statements import spent

WRITES = ("INSERT", "UPDATE", "DELETE")


@dataclass
class Station:
    """A worker that has beaten for some seconds, and rows of which something may be due."""

    engine: Engine
    settings: Settings
    now: datetime = NOW
    works: list[str] = field(default_factory=list)  # the lanes in which the worker has work done
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(10))

    def __post_init__(self) -> None:
        lines = Switchboard([Told("line")])
        self.house = House(self.settings, self.engine, lines, JobQueue(no_redis), lambda: self.now, worker="me")
        finders = {lookups.LINK: lambda link: NotLocated("nowhere")}
        self.rounds = Sweep(self.house.open_uow, lambda lane, work: self.works.append(lane), finders=finders)
        self.unit = self.add(Unit(code="PTK", name="Pontianak", kind="polsek", phone=self.phone, lat=0.0, lon=109.0))
        for _ in range(4):
            self.rounds.beat()
            self.now += timedelta(seconds=2)
        self.rounds.beat()
        self.rounds.sweep()

    @property
    def phone(self) -> str:
        return f"+62812345678{next(self.numbers)}"

    def add(self, row: Base) -> int:
        with self.house.open_uow() as uow:
            uow.db.add(row)
            uow.db.flush()
            return row.id

    def incident(self, **more: object) -> int:
        row = {"code": f"K{next(self.numbers)}", "phone": self.phone, "name": "Budi", "channel": "text"}
        return self.add(Incident(**row | {"opened_at": self.now, "unit_id": self.unit} | more))

    def owed(self, kind: str = outbounds.TEXT, **more: object) -> int:
        row = {"purpose": "notice", "phone": self.phone, "created_at": self.now, "due_at": self.now, "body": "Siaga"}
        return self.add(Outbound(**row | {"kind": kind} | more))

    def rings(self, line: str = "line", **more: object) -> None:
        """A call of ours is under way."""
        soon = self.now + timedelta(minutes=1)
        owed = self.owed(outbounds.CALL, **{"state": outbounds.UNDER_WAY, "ends_by": soon} | more)
        self.add(Attempt(outbound_id=owed, line=line, state="handed", ref="r", started_at=self.now))

    def text(self, **more: object) -> int:
        row = {"line": "line", "kind": "text", "ref": self.phone, "phone": self.phone, "state": inbounds.HANDLED}
        return self.add(Inbound(**row | {"body": "sapi", "received_at": self.now - timedelta(hours=1)} | more))

    def uncertain(self, **more: object) -> int:
        row = {"code": f"A{next(self.numbers)}", "phone": self.phone, "inbound_id": self.text(), "unit_id": self.unit}
        return self.add(Clarification(**row | {"asked_at": self.now - timedelta(minutes=5)} | more))

    def officer(self, **more: object) -> None:
        self.add(Officer(phone=self.phone, name="Sari", unit_id=self.unit, **more))

    def seen(self) -> set[str]:
        with self.house.open_uow() as uow:
            return glance.steps_due(uow)

    def writes(self) -> bool:
        """Whether a sweep that takes only what the glance saw writes something, or has work done."""
        with spent(self.engine) as found:
            self.rounds.sweep()
        assert not self.rounds._everywhere
        return bool(self.works) or any(said.startswith(WRITES) for said in found.said)


def worker_died(it: Station) -> None:
    it.owed(state=outbounds.CLAIMED, claimed_by="dead")


def switch_is_silent(it: Station) -> None:
    it.house.lines = Switchboard([Told("asterisk")])
    it.rings("asterisk")


def worker_is_held_up(it: Station) -> None:
    owed = it.owed(state=outbounds.SENDING, claimed_by="me")
    it.add(Attempt(outbound_id=owed, line="line", state="trying", ref="", started_at=it.now - timedelta(minutes=1)))


def uncertain_is_told_anew(it: Station) -> None:
    told = {"listed_at": it.now - timedelta(minutes=2), "words_key": "same"}
    it.uncertain(state=clarifications.SETTLED, **told)
    it.uncertain(state=clarifications.LISTED, code="B2B", **told)


def drill_is_over(it: Station) -> None:
    drill = it.incident(drill=True, channel="drill")
    it.add(Drill(incident_id=drill, ends_at=it.now))


def cry_is_beyond_the_bounds(it: Station) -> None:
    # done, as the row that only stands for a cry is
    it.owed(purpose=outbounds.STRANGER, rank=outbounds.BEYOND_RANK, state=outbounds.DONE)


def synthetic_panic_is_late(it: Station) -> None:
    text = it.owed(state=outbounds.DONE)
    long_ago = it.now - timedelta(minutes=5)
    it.add(SyntheticPanic(phone=it.phone, word="KUCING", within_s=60, outbound_id=text, started_at=long_ago))


def alert_is_needless(it: Station) -> None:
    alert = it.add(Alert(incident_id=it.incident(), wave=1, phone=it.phone, state="stood_down", asked_at=it.now))
    it.owed(purpose="alert", alert_id=alert, due_at=it.now - timedelta(seconds=6))


Due = Callable[[Station], object]
LATER = timedelta(minutes=1)
# What can be due: the rows that make it so, and all steps that the glance then sees.
STATES: dict[str, tuple[Due, set[str]]] = {
    "a worker has died": (worker_died, {glance.LOST}),
    "a carrier holds a request for too long": (worker_is_held_up, {glance.LOST}),
    "nobody hears of a call any more": (switch_is_silent, {glance.LOST}),
    "a call's end was never reported": (lambda it: it.rings(ends_by=it.now), {glance.LOST, glance.TAKE_BACK}),
    "a text failed": (lambda it: it.text(state=inbounds.UNHANDLED), {glance.UNHANDLED}),
    "a process died over a text": (lambda it: it.text(state=inbounds.BEGUN, tries=1), {glance.UNHANDLED}),
    "a drill is over": (drill_is_over, {glance.DRILLS}),
    "a drill is planned": (
        lambda it: it.add(DrillPlan(unit_id=it.unit, every_s=600, next_at=it.now)),
        {glance.DRILLS},
    ),
    "a wave": (lambda it: it.incident(next_wave_at=it.now), {glance.DUE}),
    "a leader is silent": (lambda it: it.incident(clock_at=it.now), {glance.DUE}),
    "repeats": (lambda it: it.incident(repeats_at=it.now), {glance.DUE}),
    "nobody came yet": (lambda it: it.incident(honest_at=it.now), {glance.DUE}),
    "the clock was put back": (
        lambda it: it.incident(last_wave_at=it.now + LATER, next_wave_at=it.now + 2 * LATER),
        {glance.DUE},
    ),
    "a desk has not looked": (lambda it: it.uncertain(ring_at=it.now), {glance.ASKS}),
    "the desk above is told": (lambda it: it.uncertain(above_at=it.now), {glance.ASKS}),
    "an uncertain call opens by itself": (lambda it: it.uncertain(opens_at=it.now), {glance.ASKS}),
    "a bundle": (lambda it: it.uncertain(state=clarifications.LISTED), {glance.ASKS}),
    "a line of a bundle anew": (uncertain_is_told_anew, {glance.ASKS}),
    "a cry beyond the bounds": (cry_is_beyond_the_bounds, {glance.CRIES}),
    "volunteers by the policy": (lambda it: it.incident(wave=1, volunteers_wanted=True), {glance.VOLUNTEERS}),
    "a look-up": (
        lambda it: it.add(
            Lookup(incident_id=it.incident(), kind=lookups.LINK, subject="x", created_at=it.now, due_at=it.now)
        ),
        {glance.LOOKUPS},
    ),
    "a turn begins": (lambda it: it.officer(turns_at=it.now), {glance.ROSTER}),
    "a turn of a wrong clock": (lambda it: it.officer(turns_at=it.now + timedelta(days=9)), {glance.ROSTER}),
    "a leave is over": (lambda it: it.officer(away_until=it.now), {glance.ROSTER}),
    "a synthetic panic is late": (synthetic_panic_is_late, {glance.SYNTHETIC}),
    "a synthetic panic is planned": (
        lambda it: it.add(SyntheticPlan(phone=it.phone, every_s=600, within_s=60, next_at=it.now)),
        {glance.SYNTHETIC},
    ),
    "too late": (lambda it: it.owed(due_at=it.now + LATER, expires_at=it.now), {glance.LATE}),
    "an alert that nobody needs": (alert_is_needless, {glance.LATE, glance.DELIVER}),
    "a text": (lambda it: it.owed(), {glance.DELIVER}),
    "a call": (lambda it: it.owed(outbounds.CALL), {glance.DELIVER}),
    "a call is taken back": (lambda it: it.rings(cancel_at=it.now), {glance.TAKE_BACK}),
}


@pytest.fixture
def station(sqlite_url: str, settings: Settings) -> Iterator[Station]:
    engine = open_engine(sqlite_url)
    yield Station(engine, settings)
    engine.dispose()


@pytest.mark.parametrize("state", STATES)
def test_the_glance_sees_what_is_due_and_the_sweep_then_acts(station: Station, state: str) -> None:
    assert station.seen() == set()
    make, steps = STATES[state]
    make(station)
    assert station.seen() == steps
    assert station.writes()


def test_on_every_database_the_glance_sees_all_of_them(engine: Engine, settings: Settings) -> None:
    station = Station(engine, settings)
    assert station.seen() == set()
    for make, _ in STATES.values():
        make(station)
    assert station.seen() == set(station.rounds.steps())


def test_every_step_of_the_sweep_has_a_state_in_which_it_alone_is_due(station: Station) -> None:
    alone = [next(iter(steps)) for _, steps in STATES.values() if len(steps) == 1]
    assert set(alone) == set(station.rounds.steps())
