"""The main chain on two web and two worker hosts with a DATA_DIR each, on one PostgreSQL and one Valkey."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from worst.processes import eventually
from worst.town import BUDI, SITI, Town, officer, wave_one
from worst.two_hosts import Host, Proxy, two_hosts


@pytest.fixture
def hosts(town: Town, tmp_path: Path) -> Iterator[tuple[Proxy, Host, Host]]:
    proxy, first, second = two_hosts(town.build(), tmp_path)
    starting = [threading.Thread(target=host.start) for host in (first, second)]
    for thread in starting:
        thread.start()
    for thread in starting:
        thread.join()
    yield proxy, first, second
    proxy.close()
    for host in (first, second):
        host.town.engine.dispose()


def test_the_main_chain_runs_on_two_hosts_and_goes_on_when_one_loses_its_power(
    town: Town, hosts: tuple[Proxy, Host, Host]
) -> None:
    proxy, first, second = hosts

    town.text("TOLONG ada maling", MessageSid="SMfirst")
    town.text("TOLONG ada maling", MessageSid="SMfirst")  # the carrier was not sure; this one comes to the other host
    assert min(proxy.served.values()) >= 1
    eventually(15, lambda: set(town.alerts()) == wave_one() and set(town.rung()) == wave_one())
    assert [incident.state for incident in town.incidents()] == ["open"]
    assert set(town.alerts().values()) == set(town.rung().values()) == {1}

    leader = next(call for call in town.twilio.calls if call.phone == officer(0))
    leader.answers()
    leader.presses("1")  # each request of this call may come to another host
    eventually(10, lambda: town.incidents()[0].state == "accepted")
    eventually(10, lambda: any(text.to == BUDI and "akan datang" in text.body for text in town.twilio.texts))
    town.text("TIBA", sender=officer(0))
    town.text("SELESAI", sender=officer(0))
    eventually(10, lambda: town.incidents()[0].state == "resolved")

    first.loses_power()
    town.twilio.ring_in(SITI).hangs_up()  # a missed call, to whichever host is left
    eventually(30, lambda: len(town.incidents()) == 2)
    eventually(30, lambda: all(town.rung()[phone] == 2 for phone in wave_one()), "the other host's worker rings them")
    assert all(one.alive for one in second.running)
    assert first.town.data_dir != second.town.data_dir
