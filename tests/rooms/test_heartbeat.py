"""The dead-man's switch: a sign of life goes out while all is well, and only then; a secret address stays one."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from loopback import Asked, Loopback, Reply
from no_redis import no_redis
from sqlalchemy import Engine

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.infrastructure.heartbeat import EVERY, LOOK, Heartbeat
from gateway.infrastructure.logs import JsonLines
from gateway.models.worker import LineHealth
from gateway.wiring import House
from gateway.worker.queue import JobQueue

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


class Station:
    """A house whose Redis answers, with a worker that works and sends signs of life when told."""

    def __init__(self, house: House, clock: Clock, url: str) -> None:
        self.house, self.clock = house, clock
        self.heartbeat = Heartbeat(url, house.reasons, lambda: clock.at.timestamp())

    def works(self) -> None:
        self.house.sweep.beat()
        self.house.sweep.sweep()
        self.house.sweep.beat()  # it tells when the sweep ended

    def passes(self, seconds: float, working: bool = True) -> None:
        """Time goes by, and with it the looks whether a sign is due."""
        for _ in range(int(seconds // LOOK)):
            self.clock.at += timedelta(seconds=LOOK)
            if working:
                self.works()
            self.heartbeat.tick()


class Answering(House):
    def redis_answers(self) -> bool:
        return True


@pytest.fixture
def station(engine: Engine, settings: Settings, watchman: Watchman) -> Station:
    clock = Clock()
    house = Answering(settings, engine, Switchboard([]), JobQueue(no_redis), clock)
    return Station(house, clock, f"{watchman.url}{PATH}?rid=1")


def test_while_all_is_well_a_sign_arrives_each_minute(station: Station, watchman: Watchman) -> None:
    station.passes(LOOK + 3 * EVERY)
    assert [(asked.method, asked.path, asked.value("rid")) for asked in watchman.asked] == [("GET", PATH, "1")] * 4


def test_a_sweep_that_stands_still_silences_it_until_it_runs_again(station: Station, watchman: Watchman) -> None:
    station.passes(LOOK)
    station.passes(10 * EVERY, working=False)
    assert len(watchman.asked) == 1
    station.passes(LOOK)
    assert len(watchman.asked) == 2


def test_a_line_that_fails_silences_it(station: Station, watchman: Watchman) -> None:
    with station.house.open_uow() as uow:
        uow.db.add(LineHealth(line="simulator", bad_at=uow.now(), code="http_500"))
    station.passes(2 * EVERY)
    assert watchman.asked == []


def test_one_that_did_not_arrive_is_sent_again_at_the_next_look(station: Station, watchman: Watchman) -> None:
    watchman.trouble.kind = "500"
    station.passes(2 * LOOK)
    watchman.trouble.kind = ""
    station.passes(2 * LOOK)
    assert len(watchman.asked) == 3


@pytest.mark.parametrize("kind", ["500", "404", "cut_off"])
def test_an_outside_in_trouble_is_told_by_its_host_only(
    station: Station, watchman: Watchman, caplog: pytest.LogCaptureFixture, kind: str
) -> None:
    watchman.trouble.kind = kind
    with caplog.at_level(logging.INFO):
        station.passes(LOOK)
    lines = [JsonLines().format(record) for record in caplog.records]
    assert any(json.loads(line).get("host") == "127.0.0.1" for line in lines)
    assert not any("secret" in line or "rid" in line or "ping" in line for line in lines)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/ping/secret", "http://127.0.0.1:99999/ping/secret"])
def test_an_address_that_leads_nowhere_is_no_error(
    station: Station, caplog: pytest.LogCaptureFixture, url: str
) -> None:
    station.heartbeat.url = url
    station.passes(LOOK)
    assert "a sign of life did not arrive" in caplog.text


def test_a_house_without_an_address_sends_none(settings: Settings, station: Station) -> None:
    assert station.house.heartbeat is None
    station.house.settings = settings.model_copy(update={"heartbeat_url": "https://watch.example/x"})
    assert station.house.heartbeat == Heartbeat("https://watch.example/x", station.house.reasons)
