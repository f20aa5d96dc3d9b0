"""The Indonesian case, whole and real: texts over Kannel, calls over Asterisk, and the processes of the Procfile.

Both come from the system's packages; without them nothing here can run, and pytest says so.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import pytest
import requests
from worst.asterisk_box import NUMBER, AsteriskBox
from worst.asterisk_box import PROGRAM as ASTERISK
from worst.conftest import Towns
from worst.kannel_boxes import PASSWORD, PROGRAMS, SHORT_CODE, TOKEN, Boxes, HttpOperator, Link
from worst.processes import Running, eventually
from worst.sip_phones import SILENT, SIPP, Operator, presses
from worst.town import BUDI, DESK, Town, officer

from gateway.models import attempt as attempts
from gateway.models import incident as incidents

pytestmark = pytest.mark.skipif(
    None in (ASTERISK, SIPP, *PROGRAMS),
    reason="needs a real Kannel, Asterisk and SIPp (Debian: apt install kannel sip-tester; .ci/asterisk)",
)


def reasons(town: Town) -> dict[str, str]:
    found: dict[str, str] = requests.get(f"{town.address}/readyz", timeout=5).json()["reasons"]
    return found


@dataclass
class Station:
    """A town whose texts go over Kannel and whose calls over Asterisk, all running but the switch."""

    town: Town
    link: Link
    exchange: AsteriskBox
    operator: Operator
    mail: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def start_switch(self) -> Running:
        switch = self.town.start("switch", [sys.executable, "switch.py"])
        eventually(20, lambda: "switch asterisk" not in self.reasons(), "the switch holds its Asterisk")
        return switch

    def reasons(self) -> dict[str, str]:
        found: dict[str, str] = requests.get(f"{self.town.address}/readyz", timeout=5).json()["reasons"]
        return found

    def texted(self, phone: str) -> str:
        """The first text that leaves for this phone; others' are kept."""
        while not self.mail[phone]:
            to, _, words = self.link.got()
            self.mail[to].append(words)
        return self.mail[phone][0]


@contextmanager
def station(town: Town, folder: Path, phones: dict[str, str]) -> Iterator[Station]:
    with (
        HttpOperator() as http,
        Boxes(folder / "kannel", town.address, http) as boxes,
        boxes.link() as link,
        AsteriskBox(folder / "asterisk") as exchange,
        Operator(folder / "sipp", exchange.operator, exchange.sip, phones) as operator,
    ):
        town.settings |= {"CARRIERS": "kannel,asterisk", "KANNEL_SENDSMS_URL": boxes.send_url}
        town.settings |= {"KANNEL_SENDER": SHORT_CODE, "KANNEL_USERNAME": "siaga", "KANNEL_PASSWORD": PASSWORD}
        town.settings |= {"KANNEL_HOOK_TOKEN": TOKEN, **exchange.settings(town.address)}
        town.start_all()
        yield Station(town, link, exchange, operator)


def show(began: float, steps: dict[str, float]) -> None:
    for what, at in steps.items():
        print(f"+{at - began:7.3f} s  {what}")


def test_from_the_text_to_two_people_talking(towns: Towns, postgresql_url: str, redis_url: str, tmp_path: Path) -> None:
    town = towns.found(postgresql_url, redis_url).build(officers=1)
    with station(town, tmp_path, {officer(0): presses("2", after=1.5), BUDI: SILENT}) as at:
        assert at.reasons()["switch asterisk"] == "no switch process has been heard for 5 s"
        at.start_switch()
        began = time.time()
        at.link.text(BUDI, "TOLONG kebakaran")
        alert = at.texted(officer(0))
        steps = {"the alert's text": time.time()}
        rang = at.operator.wait("ring", officer(0), within=15)[0]
        pressed = at.operator.wait("key2", officer(0), within=15)[0]
        citizen = at.operator.wait("ring", BUDI, within=60)[0]  # first the officer hears who, where and what, twice
        talking = at.operator.wait("up", BUDI)[0]
        steps |= {"the officer's phone rings": rang.at, "key 2": pressed.at}
        show(began, steps | {"the citizen's phone rings": citizen.at, "both talk": talking.at})
        (incident,) = town.incidents()
    assert incident.code in alert
    assert (rang.saw, citizen.saw) == (NUMBER, NUMBER)
    assert incident.state == incidents.ACCEPTED


def test_a_missed_call_raises_the_panic_and_is_never_answered(
    towns: Towns, postgresql_url: str, redis_url: str, tmp_path: Path
) -> None:
    town = towns.found(postgresql_url, redis_url).build(officers=1)
    with station(town, tmp_path, {}) as at:
        at.start_switch()
        at.operator.call(BUDI, NUMBER)
        at.operator.wait("ring", officer(0), within=15)
        lived = [one.what for one in at.operator.heard() if one.saw == BUDI]
        (incident,) = town.incidents()
    assert lived == ["busy"]
    assert (incident.phone, incident.channel) == (BUDI, "call")


def test_the_death_of_the_switch_is_seen_and_its_calls_are_placed_again(
    towns: Towns, postgresql_url: str, redis_url: str, tmp_path: Path
) -> None:
    town = towns.found(postgresql_url, redis_url).build(officers=1)
    with station(town, tmp_path, {}) as at:
        switch = at.start_switch()
        at.link.text(BUDI, "TOLONG kebakaran")
        at.operator.wait("ring", officer(0), within=15)
        switch.kill()
        died = time.time()
        eventually(6, lambda: "switch asterisk" in at.reasons(), "readyz tells it")
        at.operator.wait("cancelled", officer(0), within=10)
        show(died, {"the phone that nobody would speak to stops ringing": time.time()})
        at.start_switch()
        at.operator.wait("ring", officer(0), within=15, many=2)
        (first, *_) = [one for one in town.attempts() if one.line == "asterisk"]
    assert (first.ending, first.state) == ("switch_lost", attempts.ENDED)


def test_a_second_switch_goes_on_with_the_calls_of_a_dead_one(
    towns: Towns, postgresql_url: str, redis_url: str, tmp_path: Path
) -> None:
    town = towns.found(postgresql_url, redis_url).build(officers=1)
    with station(town, tmp_path, {officer(0): presses("1", after=8)}) as at:
        holder = at.start_switch()
        second = town.start("switch", [sys.executable, "switch.py"])
        eventually(20, lambda: "stands by" in second.said, "the second one stands by")
        at.link.text(BUDI, "TOLONG kebakaran")
        at.operator.wait("up", officer(0), within=15)
        holder.kill()
        at.operator.wait("key1", officer(0), within=15)
        accepted = eventually(5, lambda: [one for one in town.incidents() if one.state == incidents.ACCEPTED])
        calls = [one for one in town.attempts() if one.line == "asterisk"]
        holders = [running for running in (holder, second) if "took over" in running.said]
    assert len(accepted) == 1
    assert len({one.outbound_id for one in calls if one.keyed}) == 1
    assert holders == []


def test_a_hundred_phones_ring_within_seconds_of_the_text(
    towns: Towns, postgresql_url: str, redis_url: str, tmp_path: Path
) -> None:
    phones = [officer(n) for n in range(100)]
    town = towns.found(postgresql_url, redis_url)
    town.unit("BARAT", DESK, phones, policy="all_at_once").citizens("BARAT", BUDI)
    with station(town, tmp_path, {}) as at:
        at.start_switch()
        began = time.time()
        at.link.text(BUDI, "TOLONG kebakaran")
        eventually(30, lambda: {one.phone for one in at.operator.heard("ring")} >= set(phones), "all phones ring")
        rang = sorted(at.operator.heard("ring", phone)[0].at for phone in phones)
        (incident,) = town.incidents()
        calls = sorted(one.started_at.timestamp() for one in town.attempts() if one.line == "asterisk")
        steps = {"the incident is open": incident.opened_at.timestamp(), "the first call is placed": calls[0]}
        steps |= {"the last call is placed": calls[-1], "the first of 100 phones rings": rang[0]}
        show(began, steps | {"the median": median(rang), "the last": rang[-1]})
