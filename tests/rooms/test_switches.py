"""Which process holds a line, what `/readyz` says of it, and what becomes of its calls when it falls silent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select, update

from gateway import notices
from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.delivery import claims, dead_switches, sending
from gateway.infrastructure import readiness
from gateway.models import attempt as attempts
from gateway.models import outbound as outbounds
from gateway.models.attempt import Attempt
from gateway.models.outbound import Outbound
from gateway.models.worker import Switch
from gateway.switch import holding
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House
from gateway.worker.queue import JobQueue
from tests.carriers.cases.asterisk import line
from tests.fake_asterisk import FakeAsterisk
from tests.locks import watched
from tests.no_redis import no_redis

NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
PHONE = "+6281234567890"


@dataclass
class Exchange:
    """A line over an Asterisk, and processes that may hold it."""

    settings: Settings
    engine: Engine
    asterisk: FakeAsterisk
    now: datetime = NOW
    houses: dict[str, House] = field(default_factory=dict)

    def open(self, process: str = "worker") -> AbstractContextManager[UnitOfWork]:
        if process not in self.houses:
            board = Switchboard([line(self.asterisk.url)])
            made = House(self.settings, self.engine, board, JobQueue(no_redis), lambda: self.now, worker=process)
            self.houses[process] = made
        return self.houses[process].open_uow()

    def beats(self, process: str, linked: bool = True) -> bool:
        with self.open(process) as uow:
            return holding.hold(uow, "asterisk", linked=linked)

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def reason(self) -> str:
        """What `/readyz` says of the switch."""
        found = readiness.reasons(self.open, ["asterisk"], 0, lambda: True)
        return found.get("switch asterisk", "")

    def calls(self) -> Attempt:
        """A call is placed and rings; its attempt."""
        with self.open() as uow:
            notices.owe_text(uow, PHONE, "TOLONG", purpose="alert")
            uow.db.execute(update(Outbound).values(kind=outbounds.CALL))
        self.sends()
        return self.attempts()[-1]

    def sends(self) -> None:
        with self.open() as uow:
            groups = sending.batches(uow, claims.claim(uow))
        for group in groups:
            sending.deliver(self.open, group)

    def judges(self) -> list[tuple[str, str]]:
        return dead_switches.judge(self.open)

    def attempts(self) -> list[Attempt]:
        with self.open() as uow:
            return list(uow.db.scalars(select(Attempt).order_by(Attempt.id)))


@pytest.fixture
def exchange(engine: Engine, settings: Settings) -> Iterator[Exchange]:
    with FakeAsterisk() as asterisk, watched(engine) as locks:
        yield Exchange(settings, engine, asterisk)
    assert locks.wrong == []


def test_one_process_holds_a_line_and_the_other_waits_for_its_silence(exchange: Exchange) -> None:
    assert [exchange.beats("first"), exchange.beats("second")] == [True, False]
    exchange.forward(2)
    assert [exchange.beats("second"), exchange.beats("first")] == [False, True]
    exchange.forward(4)
    assert [exchange.beats("second"), exchange.beats("first")] == [True, False]
    with exchange.open() as uow:
        assert uow.db.scalar(select(func.count(Switch.id))) == 1


def test_a_process_that_ends_leaves_its_line_at_once(exchange: Exchange) -> None:
    exchange.beats("first")
    with exchange.open("first") as uow:
        holding.leave(uow)
    assert exchange.reason() == ""  # the next one has SILENT_AFTER to come
    assert [exchange.beats("second"), exchange.beats("first")] == [True, False]


def test_readyz_tells_of_a_line_that_nobody_holds(exchange: Exchange) -> None:
    assert exchange.reason() == "no switch process has been heard for 5 s"
    exchange.beats("first", linked=False)
    assert exchange.reason() == "the switch has had no connection to its Asterisk for 5 s"
    exchange.beats("first")
    exchange.forward(4)
    assert exchange.reason() == ""
    exchange.beats("first", linked=False)
    exchange.forward(1)
    assert exchange.reason() == "the switch has had no connection to its Asterisk for 5 s"
    exchange.forward(5)
    assert exchange.reason() == "no switch process has been heard for 5 s"


def test_the_calls_of_a_silent_switch_are_placed_again(exchange: Exchange) -> None:
    exchange.beats("first")
    placed = exchange.calls()
    exchange.forward(4)
    assert exchange.judges() == []
    exchange.forward(1)
    assert exchange.judges() == [("asterisk", placed.ref)]
    assert exchange.judges() == []
    (lost,) = exchange.attempts()
    assert (lost.state, lost.ending) == (attempts.ENDED, "switch_lost")
    exchange.forward(3)
    exchange.sends()
    assert [attempt.state for attempt in exchange.attempts()] == [attempts.ENDED, attempts.HANDED]


def test_a_call_with_a_key_that_counted_is_left_in_peace(exchange: Exchange) -> None:
    exchange.beats("first")
    exchange.calls()
    with exchange.open() as uow:
        uow.db.execute(update(Attempt).values(keyed=True))
    exchange.forward(6)
    assert exchange.judges() == []


def test_a_call_is_not_judged_while_its_switch_hears(exchange: Exchange) -> None:
    exchange.calls()
    for _ in range(8):
        exchange.forward(1)
        exchange.beats("first")
        assert exchange.judges() == []


def test_the_calls_of_a_switch_without_its_asterisk_are_judged_too(exchange: Exchange) -> None:
    exchange.beats("first")
    placed = exchange.calls()
    judged = []
    for _ in range(6):
        exchange.forward(1)
        exchange.beats("first", linked=False)
        judged.append(exchange.judges())
    assert judged == [[], [], [], [], [("asterisk", placed.ref)], []]


def test_another_process_that_takes_over_has_time_to_find_the_calls(exchange: Exchange) -> None:
    exchange.beats("first")
    exchange.calls()
    exchange.forward(4)
    assert exchange.beats("second", linked=False) is True
    assert (exchange.judges(), exchange.reason()) == ([], "")
