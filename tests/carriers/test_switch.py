"""How the process `switch` lives through a call, without an Asterisk: its events are told, its orders are kept.

tests/worst/test_real_asterisk.py does the same, and more, with a real one.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from worst.processes import eventually

from gateway.carriers.scripts import write_script
from gateway.core.messages import Ask, Bridge, HangUp, Say, Script
from gateway.switch import missed_calls
from gateway.switch.exchange import Exchange
from gateway.switch.hooks import Hooks
from tests.carriers.cases.asterisk import line
from tests.fake_asterisk import Channel, FakeAsterisk
from tests.loopback import Asked, Loopback, Reply

CALL, PHONE = "siaga-7-0123456789ab", "+6281234567890"
SOUND = "http://127.0.0.1:9/a.wav"


class Web(Loopback):
    """Web's hooks. `scripts` answers by event; `away`: so many hooks are answered 503 first."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: dict[str, Script] = {}
        self.away = 0
        self.status = 200
        self.told: list[dict[str, Any]] = []

    def respond(self, asked: Asked) -> Reply:
        self.away -= 1
        if self.away >= 0:
            return Reply(503)
        fields = json_of(asked)
        self.told.append(fields)
        return Reply(self.status, write_script(self.scripts.get(fields["event"], ())))

    def events(self) -> list[str]:
        return [fields["event"] for fields in self.told]


def json_of(asked: Asked) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(asked.body)
    return fields


@dataclass
class Bench:
    web: Web
    asterisk: FakeAsterisk
    ending: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.line = line(self.asterisk.url, public_url=self.web.url)
        self.exchange = Exchange(self.line, lambda: True, self.ending)

    def happens(self, kind: str, channel: str = CALL, **more: object) -> None:
        shown = {"id": channel, "state": "Up", "caller": {"number": PHONE}}
        self.exchange.heard({"type": kind, "channel": shown, **more})

    def picks_up(self) -> None:
        self.asterisk.channels[CALL] = Channel(CALL, PHONE, "Up")
        self.exchange.heard({"type": "Dial", "peer": {"id": CALL}, "dialstring": f"{PHONE}@trunk"})
        self.happens("StasisStart", args=["out", PHONE])

    def ordered(self, *words: str) -> str:
        """The first order with all these words, once it came."""
        return self.until(lambda: [order for order in self.asterisk.orders if all(word in order for word in words)])[0]

    def until(self, look: Callable[[], Any]) -> Any:
        return eventually(5, look, f"{self.web.told} {self.asterisk.orders}")


@pytest.fixture
def bench() -> Iterator[Bench]:
    with Web() as web, FakeAsterisk() as asterisk:
        made = Bench(web, asterisk)
        yield made
        made.ending.set()


def test_a_key_stops_the_words_and_its_answer_is_carried_out(bench: Bench) -> None:
    bench.web.scripts = {"answered": (Say("Darurat", "id", SOUND), Ask("Tekan 1", "id", 8, SOUND)), "key": (HangUp(),)}
    bench.picks_up()
    first = bench.ordered("POST", f"channels/{CALL}/play", f"sound:{SOUND}")
    bench.happens("ChannelDtmfReceived", digit="1")
    bench.ordered("DELETE", f"playbacks/{first.split('/play/')[1].split(' ')[0]}")
    bench.ordered("DELETE", f"channels/{CALL}", "normal")
    bench.happens("ChannelDestroyed", cause=16)
    bench.until(lambda: bench.web.events() == ["answered", "key", "ended"])
    assert [fields.get("digits") for fields in bench.web.told] == [None, "1", None]
    assert {fields["phone"] for fields in bench.web.told} == {PHONE}
    ended = bench.web.told[-1]
    assert (ended["cause"], ended["answered"], ended["keyed"]) == ("16", "1", "1")


def test_a_key_from_before_the_words_is_none(bench: Bench) -> None:
    bench.web.away = 2
    bench.web.scripts = {"answered": (Ask("Tekan 1", "id", 0),)}
    bench.picks_up()
    bench.happens("ChannelDtmfReceived", digit="1")
    bench.until(lambda: "key" in bench.web.events())
    assert bench.web.told[-1]["digits"] == ""


def test_an_end_that_web_could_not_take_is_told_again(bench: Bench) -> None:
    bench.web.away = 3
    bench.exchange.heard({"type": "Dial", "peer": {"id": CALL}, "dialstring": f"{PHONE}@trunk"})
    bench.happens("ChannelDestroyed", cause=17)
    bench.until(lambda: bench.web.events() == ["ended"])
    assert bench.web.told[0]["cause"] == "17"


def test_the_other_phone_of_a_bridge_is_rung_and_freed(bench: Bench) -> None:
    bench.web.scripts = {"answered": (Bridge("+6281390000001", 20),)}
    bench.picks_up()
    bench.until(lambda: bench.asterisk.calls)
    leg = bench.asterisk.calls[0]
    assert leg.phone == "+6281390000001"
    bench.happens("StasisStart", leg.id, args=["leg", CALL])
    bench.ordered("addChannel", leg.id)
    bench.happens("ChannelDestroyed", leg.id, cause=16)
    bench.ordered("DELETE", f"channels/{CALL}", "normal")
    assert not [fields for fields in bench.web.told if fields["phone"] != PHONE]


def test_events_of_another_shape_cost_nothing(bench: Bench) -> None:
    for kind in ("Dial", "ChannelStateChange", "StasisStart", "ChannelDtmfReceived", "PlaybackFinished", "StasisEnd"):
        for event in ({}, {"channel": None, "peer": 7, "playback": "x", "args": None}, {"channel": {"id": []}}):
            bench.exchange.heard({"type": kind, **event})
    bench.exchange.heard({"type": "Tomorrow"})
    bench.web.scripts = {"answered": (HangUp(),)}
    bench.picks_up()
    bench.until(lambda: "answered" in bench.web.events())


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_hook_that_web_refuses_is_not_told_again(bench: Bench, status: int) -> None:
    bench.web.status = status
    assert Hooks(bench.line, bench.ending).tell("voice", {"event": "answered"}, patience=5) is None
    assert len(bench.web.told) == 1


def test_a_hook_is_given_up_when_nobody_wants_its_answer(bench: Bench) -> None:
    bench.web.away = 100
    told = Hooks(bench.line, bench.ending).tell("voice", {"event": "answered"}, patience=60, wanted=lambda: False)
    assert told is None


def test_kept_missed_calls_are_told_and_forgotten(bench: Bench) -> None:
    kept = ["1000000100.1:+628111", "box-1000000200.2:", "1000000300.3:0812"]
    old, junk = "999990000.4:+628222", "no call"
    bench.asterisk.variables["SIAGA_MISSED"] = "".join(f"{call}/" for call in (*kept, old, junk))
    refused = "0812"

    def tell(fields: dict[str, str]) -> Script | None:
        bench.web.told.append(fields)
        return None if fields["phone"] == refused else ()

    missed_calls.tell_kept(bench.line, tell, now=lambda: 1000000400.0)
    calls = [(fields["call"], fields["phone"]) for fields in bench.web.told]
    assert calls == [("1000000100.1", "+628111"), ("box-1000000200.2", "anonymous"), ("1000000300.3", "0812")]
    assert bench.asterisk.variables == {"SIAGA_MISSED": "1000000300.3:0812/"}


def test_a_second_line_keeps_its_missed_calls_apart(bench: Bench) -> None:
    bench.asterisk.variables["SIAGA_2_MISSED"] = "1000000100.1:+628111/"
    second = line(bench.asterisk.url, name="asterisk-2")
    missed_calls.tell_kept(second, lambda fields: (), now=lambda: 1000000400.0)
    assert bench.asterisk.variables == {"SIAGA_2_MISSED": ""}


def test_an_ending_process_keeps_the_missed_call_that_web_has_not_taken(bench: Bench) -> None:
    bench.web.away = 1000
    bench.asterisk.channels["1000000200.2"] = Channel("1000000200.2", PHONE, "Ring", incoming=True)
    bench.asterisk.variables["SIAGA_MISSED"] = "1000000100.1:+628111/"
    bench.happens("StasisStart", "1000000200.2", args=[])
    bench.until(lambda: bench.web.away < 1000)
    bench.ending.set()
    bench.until(lambda: bench.asterisk.variables["SIAGA_MISSED"] == f"1000000100.1:+628111/1000000200.2:{PHONE}/")
    bench.ordered("DELETE", "channels/1000000200.2", "busy")


def test_an_ending_process_leaves_a_call_to_the_next(bench: Bench) -> None:
    bench.web.scripts = {"answered": (Ask("Tekan 1", "id", 20),)}
    bench.picks_up()
    bench.until(lambda: bench.web.events() == ["answered"])
    bench.web.away = 1000
    bench.happens("ChannelDtmfReceived", digit="1")
    bench.until(lambda: bench.web.away < 1000)
    bench.ending.set()
    assert not [order for order in bench.asterisk.orders if order.startswith("DELETE")]
    assert list(bench.asterisk.channels) == [CALL]
