"""The dead-man's switch: a sign of life goes out while all is well, and only then; a secret address stays one."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from loopback import Asked, Loopback, Reply
from sqlalchemy import Engine

from gateway import heartbeat
from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.logs import JsonLines
from gateway.models.worker import LineHealth
from gateway.queue import Doorbell
from gateway.wiring import House

PATH = "/ping/8f14e45f-secret"


class Watchman(Loopback):
    """Somebody outside who waits for signs of life."""

    def respond(self, asked: Asked) -> Reply:
        return Reply(200, "OK", "text/plain")


@pytest.fixture
def watchman() -> Iterator[Watchman]:
    with Watchman() as there:
        yield there


@dataclass
class Clock:
    at: datetime = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.at


@dataclass
class Station:
    """A house whose Redis answers, with a worker that beats and sweeps when told."""

    house: House
    clock: Clock
    url: str

    def works(self) -> None:
        self.house.rounds.beat()
        self.house.rounds.sweep()

    def tick(self) -> bool:
        """A minute has passed; what `worker.py` does then."""
        return heartbeat.beat(self.url, self.house.reasons)


class Answering(House):
    def redis_answers(self) -> bool:
        return True


def no_redis() -> None:
    raise OSError("no doorbell here")


@pytest.fixture
def station(engine: Engine, settings: Settings, watchman: Watchman) -> Station:
    clock = Clock()
    house = Answering(settings, engine, Switchboard([]), Doorbell(no_redis), clock)  # type: ignore[arg-type]
    station = Station(house, clock, f"{watchman.url}{PATH}?rid=1")
    station.works()
    return station


def test_while_all_is_well_a_sign_arrives_each_minute(station: Station, watchman: Watchman) -> None:
    for _ in range(3):
        assert station.tick()
        station.clock.at += timedelta(seconds=heartbeat.EVERY)
        station.works()
    assert [(asked.method, asked.path, asked.value("rid")) for asked in watchman.asked] == [("GET", PATH, "1")] * 3


def test_while_something_is_wrong_nothing_is_sent_and_then_it_goes_on(station: Station, watchman: Watchman) -> None:
    station.clock.at += timedelta(seconds=heartbeat.EVERY)  # the sweep stands still
    assert not station.tick()
    assert watchman.asked == []
    station.works()
    assert station.tick()
    assert len(watchman.asked) == 1


def test_a_line_that_fails_stops_it(station: Station, watchman: Watchman) -> None:
    with station.house.open_desk() as desk:
        desk.db.add(LineHealth(line="simulator", bad_at=desk.now(), code="http_500"))
    assert not station.tick()
    assert watchman.asked == []


@pytest.mark.parametrize("kind", ["500", "404", "cut_off"])
def test_an_outside_in_trouble_is_told_by_its_host_only(
    station: Station, watchman: Watchman, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    watchman.trouble.kind = kind
    with caplog.at_level(logging.INFO):
        assert not station.tick()
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any(json.loads(line).get("host") == "127.0.0.1" for line in lines)
    assert not any("secret" in line or "rid" in line or "ping" in line for line in lines)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/ping/secret", "http://127.0.0.1:99999/x"])
def test_an_address_that_leads_nowhere_is_no_error(station: Station, url: str) -> None:
    station.url = url
    assert not station.tick()
