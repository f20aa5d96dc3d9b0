"""Asked to end, a process ends within seconds and leaves nothing undone."""

from __future__ import annotations

import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from worst.conftest import Towns
from worst.processes import eventually
from worst.servers import OwnRedis
from worst.town import Town, wave_one

SECONDS = 5.0


def test_an_idle_worker_ends_at_once(town: Town) -> None:
    _, worker = town.build().start_all()
    assert worker.terminate() < SECONDS
    assert worker.process.returncode == 0
    assert town.beats() == []


def test_a_worker_ends_when_what_is_on_the_wire_has_come_back(town: Town) -> None:
    _, worker = town.build().start_all()
    town.twilio.exit.shut()
    town.text()
    eventually(5, lambda: set(town.alerts()) == wave_one() and set(town.rung()) == wave_one())
    threading.Timer(1.5, town.twilio.exit.open).start()
    assert 1 < worker.terminate() < SECONDS
    town.start_worker()
    time.sleep(1.5)
    assert town.settled()
    assert set(town.alerts().values()) == {1}
    assert set(town.rung().values()) == {1}


def test_a_worker_that_ends_while_a_carrier_hangs_does_not_wait_for_it(town: Town) -> None:
    """Supervisors kill after ten seconds; whoever is next counts it as of unknown outcome."""
    _, worker = town.build().start_all()
    town.twilio.entrance.shut()
    town.text()
    eventually(5, lambda: len(town.twilio.entrance.held) >= 2 * len(wave_one()))
    assert worker.terminate() < 10
    town.twilio.entrance.open()
    town.start_worker()
    eventually(10, lambda: set(town.alerts()) == wave_one() and town.settled())
    assert max(town.alerts().values()) <= 2


def test_a_worker_without_redis_ends_too(towns: Towns, postgresql_url: str, own_redis: OwnRedis) -> None:
    own_redis.start()
    town = towns.found(postgresql_url, own_redis.url).build()
    first, second = town.start_worker(), town.start_worker()
    own_redis.stop()
    time.sleep(0.5)
    assert first.terminate() < SECONDS
    own_redis.start()
    own_redis_pid = own_redis.pid
    time.sleep(1.5)
    os.kill(own_redis_pid, signal.SIGSTOP)
    try:
        assert second.terminate() < SECONDS
    finally:
        os.kill(own_redis_pid, signal.SIGCONT)


def test_a_web_process_that_ends_has_kept_whatever_it_answered_with_200(town: Town) -> None:
    citizens = [f"+6281390{n:06d}" for n in range(100, 140)]
    web, _ = town.build().citizens("BARAT", *citizens).start_all()
    answered: list[str] = []

    def ask(phone: str) -> None:
        try:
            if town.twilio.text_in(phone, "TOLONG").status == 200:
                answered.append(phone)
        except requests.ConnectionError:
            return  # the carrier tries again

    with ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(ask, phone) for phone in citizens]
        eventually(5, lambda: len(answered) > 5)
        assert web.terminate() < SECONDS
        for each in asked:
            each.result()
    assert {incident.phone for incident in town.incidents()} >= set(answered)
