"""Redis is only the doorbell: flushed, frozen, stopped or empty, it costs a second."""

from __future__ import annotations

import os
import signal
import time

import pytest
from worst.conftest import Towns
from worst.processes import eventually
from worst.servers import OwnRedis
from worst.town import BUDI, SITI, Town, wave_one


@pytest.fixture
def town(towns: Towns, postgresql_url: str, own_redis: OwnRedis) -> Town:
    own_redis.start()
    town = towns.found(postgresql_url, own_redis.url).build()
    town.start_all()
    return town


def everybody_once(town: Town, times: int = 1, within: float = 3.0) -> None:
    """Each phone of wave 1 was texted and rung for each of so many panics, and only once for each."""
    eventually(within, lambda: min(town.alerts()[phone] for phone in wave_one()) >= times)
    eventually(within, lambda: set(town.rung()) >= wave_one())
    eventually(within, town.settled)
    assert {town.alerts()[phone] for phone in wave_one()} == {times}
    assert set(town.rung().values()) == {1}  # a phone that rings is not rung for the other panic meanwhile


def test_a_flushed_redis_costs_a_second(town: Town, own_redis: OwnRedis) -> None:
    worker = town.running[1]
    worker.pause()
    town.text()
    own_redis.flush()
    worker.resume()
    everybody_once(town)


def test_a_stopped_redis_costs_a_second_and_one_that_comes_back_empty_too(town: Town, own_redis: OwnRedis) -> None:
    own_redis.stop()
    started = time.monotonic()
    town.text(sender=BUDI)
    assert time.monotonic() - started < 2
    everybody_once(town)

    own_redis.forget()
    own_redis.start()
    with own_redis.client() as connection:
        eventually(5, lambda: connection.info("clients")["blocked_clients"])  # the worker waits for a ring
        town.text(sender=SITI)
        eventually(1, lambda: not connection.llen("rq:queue:siaga"))  # what is rung is picked up again
    everybody_once(town, times=2)
    assert all(running.alive for running in town.running)


def test_a_frozen_redis_delays_no_answer(town: Town, own_redis: OwnRedis) -> None:
    pid = own_redis.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        started = time.monotonic()
        town.text()
        assert time.monotonic() - started < 1.5
        everybody_once(town)
    finally:
        os.kill(pid, signal.SIGCONT)


def test_redis_killed_in_the_middle_of_a_wave_is_not_noticed(town: Town, own_redis: OwnRedis) -> None:
    town.twilio.entrance.shut()
    town.text()
    eventually(5, lambda: len(town.twilio.entrance.held) >= 2 * len(wave_one()))
    os.kill(own_redis.pid, signal.SIGKILL)
    town.twilio.entrance.open()
    everybody_once(town)
    assert all(running.alive for running in town.running)
