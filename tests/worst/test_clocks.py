"""Two houses on one PostgreSQL, one of them on a machine whose clock is two minutes fast."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from no_redis import no_redis

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.delivery import dead_workers
from gateway.infrastructure.database import open_engine
from gateway.infrastructure.database_clock import DatabaseClock, own_time
from gateway.models import outbound as outbounds
from gateway.models.outbound import Outbound
from gateway.models.worker import Worker
from gateway.wiring import House
from gateway.worker.queue import JobQueue

FAST = timedelta(minutes=2)


def fast_time() -> datetime:
    return own_time() + FAST


@pytest.fixture
def houses(postgresql_url: str, settings: Settings) -> Iterator[tuple[House, House]]:
    made = []
    for name, own in (("right", own_time), ("fast", fast_time)):
        engine = open_engine(postgresql_url)
        clock = DatabaseClock(engine, own)
        clock.measure()
        made.append(House(settings, engine, Switchboard([]), JobQueue(no_redis), clock, worker=f"{name}:1:abc"))
    yield made[0], made[1]
    for house in made:
        house.engine.dispose()


def test_a_machine_two_minutes_fast_lives_by_the_databases_clock(houses: tuple[House, House]) -> None:
    right, fast = houses
    assert abs(fast.clock() - right.clock()) < timedelta(seconds=1)
    assert abs(fast.clock_ahead - FAST) < timedelta(seconds=1)
    assert abs(right.clock_ahead) < timedelta(seconds=1)


def test_readyz_names_the_machine_whose_clock_is_off(houses: tuple[House, House]) -> None:
    right, fast = houses
    for house in houses:
        house.sweep.beat()
    told = right.reasons()
    assert told["clock fast"] == "its clock is 120 s ahead of the database's"
    assert "clock right" not in told
    assert "clock fast" in {name for name in fast.reasons() if name.startswith("clock")}


def test_a_beat_from_the_future_is_refused_and_told(houses: tuple[House, House]) -> None:
    right, _ = houses
    with right.open_uow() as uow:
        uow.db.add(Worker(name="old:1:abc", beat_at=uow.now() + FAST, swept_at=uow.now() + FAST))
    told = right.reasons()
    assert told["worker"] == "no worker has been heard for 5 s"
    assert "ahead" in told["clock old"]


def test_what_a_worker_with_a_beat_from_the_future_has_claimed_is_owed_again(houses: tuple[House, House]) -> None:
    right, _ = houses
    with right.open_uow() as uow:
        uow.db.add(Worker(name="old:1:abc", beat_at=uow.now() + FAST))
        row = Outbound(kind="text", purpose="reply", phone="+6281234500001", body="", state=outbounds.CLAIMED,
                       claimed_by="old:1:abc", created_at=uow.now(), due_at=uow.now())  # fmt: skip
        uow.db.add(row)
        uow.db.flush()
        dead_workers.take_over(uow)
        uow.db.refresh(row)
        assert row.state == outbounds.OWED


def test_without_the_database_the_time_goes_on(postgresql_url: str) -> None:
    ticks = iter([100.0, 100.0, 130.0, 190.0])
    engine = open_engine(postgresql_url)
    clock = DatabaseClock(engine, own_time, lambda: next(ticks))
    clock.measure()
    engine.dispose()
    first, second = clock(), clock()
    assert second - first == timedelta(seconds=60)
