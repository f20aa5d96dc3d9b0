"""Stories of two trunks of one carrier: they share the calls, and each has its own pace and health."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from journeys.city import Pontianak
from sqlalchemy import Engine

from gateway.carriers.base import Carrier
from gateway.config import Settings
from gateway.core.messages import Answer, CallEvent, CallOut, Hook, Outcome, Script, Sent

NAMES = ("asterisk", "asterisk-2")
Build = Callable[..., Pontianak]


class Trunk:
    """A line for calls that takes every call, and whose phones ring on; or that answers 5xx to each."""

    own_numbers, languages = (), frozenset({"id"})
    speaks, plays_sounds = True, False

    def __init__(self, name: str) -> None:
        self.name, self.fails = name, False
        self.rung: list[str] = []

    def authentic(self, hook: Hook) -> bool:
        return False

    def read_call(self, hook: Hook) -> CallEvent:
        raise NotImplementedError

    def answer_call(self, script: Script, event: CallEvent) -> Answer:
        return Answer()

    def place_call(self, call: CallOut) -> Sent:
        if self.fails:
            return Sent(Outcome.REFUSED, code="503")
        self.rung.append(call.to)
        return Sent(Outcome.ACCEPTED, f"{self.name}-{len(self.rung)}")

    def cancel_call(self, ref: str) -> bool:
        return True


@pytest.fixture
def trunks() -> list[Trunk]:
    return [Trunk(name) for name in NAMES]


@pytest.fixture
def town(engine: Engine, settings: Settings, tmp_path: Path, trunks: list[Trunk]) -> Build:
    def build(**how: object) -> Pontianak:
        def lines(simulator: Carrier) -> list[Carrier]:
            return [*trunks, simulator]

        return Pontianak(engine, settings, tmp_path, lines=lines, **how).build()  # type: ignore[arg-type]

    return build


def test_the_calls_of_a_wave_are_spread_over_both_and_no_phone_is_rung_by_two(town: Build, trunks: list[Trunk]) -> None:
    city = town()
    city.budi.texts("TOLONG")
    city.forward(2)
    first, second = (trunk.rung for trunk in trunks)
    assert first
    assert second
    assert len({*first, *second}) == len(first) + len(second)
    assert {officer.number for officer in city.of_barat[:3]} <= {*first, *second}


def test_paced_trunks_ring_side_by_side(town: Build, trunks: list[Trunk]) -> None:
    city = town(paces=dict.fromkeys(NAMES, (0.0, 1.0)))
    city.budi.texts("TOLONG")
    city.forward(1)
    assert all(trunk.rung for trunk in trunks)
    city.forward(3)
    assert sum(len(trunk.rung) for trunk in trunks) >= 4


def test_a_trunk_that_fails_leaves_every_call_to_the_other_at_once(town: Build, trunks: list[Trunk]) -> None:
    trunks[0].fails = True
    city = town()
    city.budi.texts("TOLONG")
    city.forward(1)
    assert {officer.number for officer in city.of_barat[:3]} <= set(trunks[1].rung)
