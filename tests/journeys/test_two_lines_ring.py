"""Nobody knows whether one line's call has left, so another line rings the same phone: one human is one yes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import Engine, select

from gateway import voice
from gateway.carriers import wire
from gateway.carriers.base import Carrier
from gateway.config import Settings
from gateway.core.messages import Answer, CallEvent, CallOut, Ending, Hook, Phase, Script, Sent
from gateway.models import outbound as outbounds
from gateway.models.attempt import Attempt
from gateway.models.outbound import Outbound

RINA = "+628121000001"


class OldLine:
    """A line for calls that reaches only Rina: it answers as it is told to, and her phone rings all the same."""

    name, own_numbers, languages = "old", (), frozenset({"id"})
    speaks, plays_sounds = True, False

    def __init__(self, answer: Sent) -> None:
        self.answer = answer
        self.placed: list[CallOut] = []

    def authentic(self, hook: Hook) -> bool:
        return False

    def read_call(self, hook: Hook) -> CallEvent:
        raise NotImplementedError

    def answer_call(self, script: Script, event: CallEvent) -> Answer:
        return Answer()

    def place_call(self, call: CallOut) -> Sent:
        if call.to != RINA:
            return wire.BAD_NUMBER
        self.placed.append(call)
        return self.answer

    def cancel_call(self, ref: str) -> bool:
        return False


Tell = Callable[..., None]


def town(engine: Engine, settings: Settings, folder: Path, answer: Sent) -> tuple[Pontianak, OldLine]:
    old = OldLine(answer)

    def lines(simulator: Carrier) -> list[Carrier]:
        return [old, simulator]

    return Pontianak(engine, settings, folder, lines=lines).build(), old


def rung_by(city: Pontianak, phone: Phone) -> list[str]:
    """The lines that have called this phone, oldest first."""
    with city.open() as uow:
        query = select(Attempt.line).join(Outbound).where(Outbound.kind == outbounds.CALL)
        return list(uow.db.scalars(query.where(Outbound.phone == phone.number).order_by(Attempt.id)))


def on_old_line(city: Pontianak, old: OldLine, phone: Phone) -> Tell:
    """What the phone does with the first call of the old line, as that line tells us after all."""
    call = old.placed[0]

    def tell(phase: Phase, digits: str = "") -> None:
        ending = Ending.COMPLETED if phase is Phase.ENDED else None
        with city.open() as uow:
            voice.heard(
                uow,
                CallEvent(
                    "old", "old-1", False, phone.number, phase, attempt=call.attempt, digits=digits, ending=ending
                ),
            )
        city.settle()

    return tell


def said_yes(city: Pontianak) -> tuple[list[str], int]:
    """Who has accepted, and how often the timeline says so."""
    yes = [alert.phone for alert in city.alerts() if alert.state == "accepted"]
    return yes, city.timeline().count("accepted")


def test_the_next_line_rings_at_once_where_the_first_answers_503(
    engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    city, _ = town(engine, settings, tmp_path, wire.refused_call(503))
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    rina.expects_call()
    assert rung_by(city, rina) == ["old", "simulator"]


def test_the_other_line_rings_8_seconds_after_a_time_out(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    city, _ = town(engine, settings, tmp_path, wire.TIMED_OUT)
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    city.forward(seconds=7)
    assert not rina.is_ringing
    city.forward(seconds=2)
    rina.expects_call()


@pytest.mark.parametrize("answer", [wire.refused_call(503), wire.TIMED_OUT], ids=["503", "time-out"])
def test_key_1_on_both_calls_is_one_yes(engine: Engine, settings: Settings, tmp_path: Path, answer: Sent) -> None:
    city, old = town(engine, settings, tmp_path, answer)
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    city.forward(seconds=9)
    call, tell = rina.expects_call().answers(), on_old_line(city, old, rina)
    tell(Phase.ANSWERED)
    tell(Phase.KEY, "1")
    call.presses("1")
    tell(Phase.ENDED)
    city.forward(seconds=90)
    assert said_yes(city) == ([rina.number], 1)
    assert city.incident.state == "accepted"


def test_no_on_one_call_and_a_yes_on_the_other_is_a_yes(engine: Engine, settings: Settings, tmp_path: Path) -> None:
    city, old = town(engine, settings, tmp_path, wire.TIMED_OUT)
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    city.forward(seconds=9)
    tell = on_old_line(city, old, rina)
    tell(Phase.ANSWERED)
    tell(Phase.KEY, "0")
    rina.expects_call().presses("1")
    assert said_yes(city)[0] == [rina.number]
