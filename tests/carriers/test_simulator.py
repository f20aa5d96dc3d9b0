"""The simulated line as the gateway meets it: what it reads, and what it says when something is handed over."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.carriers.base import TextCarrier, UssdCarrier, VoiceCarrier
from gateway.carriers.scripts import read_script, write_script
from gateway.carriers.simulator.handsets import Handsets
from gateway.carriers.simulator.line import Simulator
from gateway.carriers.simulator.phones import CallState, Fault, LineQuirk, Quirk
from gateway.carriers.simulator.wire import sign
from gateway.core.messages import (
    Ask,
    BadHook,
    Bridge,
    CallEvent,
    CallOut,
    Delivery,
    Ending,
    HangUp,
    Hook,
    Outcome,
    Phase,
    Reject,
    Say,
    Script,
    TextOut,
)

KEY, LINE = b"made-up-key", "+628110000001"
BUDI, RINA = "+6281230000001", "+6281230000002"
NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


@pytest.fixture
def handsets(tmp_path: Path) -> Handsets:
    return Handsets(tmp_path / "phones.db", lambda: NOON)


@pytest.fixture
def line(handsets: Handsets) -> Simulator:
    return Simulator(KEY, LINE, handsets, "http://gateway.test")


def hook(path: str, body: bytes | dict[str, object]) -> Hook:
    words = body if isinstance(body, bytes) else json.dumps(body).encode()
    signature = {"x-simulator-signature": sign(KEY, words)}
    return Hook("POST", f"http://gateway.test/hooks/simulator/{path}", path, headers=signature, body=words)


def test_it_is_a_line_for_texts_calls_and_menus(line: Simulator) -> None:
    assert isinstance(line, TextCarrier)
    assert isinstance(line, VoiceCarrier)
    assert isinstance(line, UssdCarrier)
    assert line.own_numbers == (LINE,)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda real: replace(real, headers={}),
        lambda real: replace(real, headers={"x-simulator-signature": "séance \ud800"}),
        lambda real: replace(real, headers={"x-simulator-signature": sign(b"another key", real.body)}),
        lambda real: replace(real, body=real.body + b" "),
    ],
)
def test_it_believes_only_its_own_signature(line: Simulator, spoil: Callable[[Hook], Hook]) -> None:
    real = hook("sms", {"from": BUDI, "body": "TOLONG"})
    assert line.authentic(real)
    assert not line.authentic(spoil(real))


# --- in


def test_it_reads_a_text(line: Simulator) -> None:
    told: dict[str, object] = {"ref": "r1", "from": BUDI, "to": LINE, "body": "TOLONG", "tomorrow": 1}
    text = line.read_text(hook("sms", told))
    assert (text.line, text.ref, text.sender, text.recipient, text.body) == ("simulator", "r1", BUDI, LINE, "TOLONG")
    assert json.loads(text.raw) == told


@pytest.mark.parametrize("told", [{"body": "TOLONG", "ref": "r1"}, {"from": " ", "ref": "r1"}, {"from": BUDI}])
def test_it_refuses_a_text_that_nobody_could_act_on(line: Simulator, told: dict[str, object]) -> None:
    with pytest.raises(BadHook):
        line.read_text(hook("sms", told))


def test_it_gives_a_text_without_id_the_same_ref_for_a_repeat_only(line: Simulator) -> None:
    first, repeat = (line.read_text(hook("sms", {"from": BUDI, "body": "TOLONG"})) for _ in range(2))
    other = line.read_text(hook("sms", {"from": RINA, "body": "TOLONG"}))
    assert first.ref == repeat.ref != other.ref


@pytest.mark.parametrize(
    ("status", "code", "delivery", "permanent"),
    [
        ("sent", "", Delivery.SENT, False),
        ("delivered", "", Delivery.DELIVERED, False),
        ("failed", "expired", Delivery.FAILED, False),
        ("failed", "unreachable", Delivery.FAILED, True),
        ("sent", "unreachable", Delivery.SENT, False),
        ("teleported", "", None, False),
    ],
)
def test_it_reads_reports(line: Simulator, status: str, code: str, delivery: Delivery | None, permanent: bool) -> None:
    told: dict[str, object] = {"ref": "r1", "attempt": 7, "to": RINA, "status": status, "code": code}
    report = line.read_receipt(hook("sms/status", told))
    assert (report.ref, report.attempt, report.phone) == ("r1", 7, RINA)
    assert (report.delivery, report.permanent) == (delivery, permanent)


@pytest.mark.parametrize(
    ("path", "told", "phase", "ending"),
    [
        ("voice", {"state": "ringing"}, Phase.RINGING, None),
        ("voice", {"state": "talking"}, Phase.ANSWERED, None),
        ("voice", {"state": "something new"}, Phase.RINGING, None),
        ("voice/keys", {"state": "talking", "digits": "1"}, Phase.KEY, None),
        ("voice/keys", {"state": "talking"}, Phase.KEY, None),
        ("voice/status", {"state": "ended", "ending": "busy"}, Phase.ENDED, Ending.BUSY),
        ("voice/status", {"state": "ended", "ending": "something new"}, Phase.ENDED, None),
    ],
)
def test_it_reads_calls(
    line: Simulator, path: str, told: dict[str, object], phase: Phase, ending: Ending | None
) -> None:
    common = {"ref": "c1", "direction": "outgoing", "from": LINE, "to": RINA, "attempt": 7, "sequence": 3, "seconds": 4}
    event = line.read_call(hook(path, {**common, **told}))
    assert (event.phase, event.ending, event.digits) == (phase, ending, told.get("digits", ""))
    assert (event.ref, event.incoming, event.phone, event.called) == ("c1", False, RINA, LINE)
    assert (event.attempt, event.sequence, event.seconds) == (7, 3, 4)


def test_it_reads_who_calls_us(line: Simulator) -> None:
    event = line.read_call(hook("voice", {"ref": "c1", "direction": "incoming", "from": BUDI, "to": LINE}))
    assert (event.incoming, event.phone, event.called, event.attempt) == (True, BUDI, LINE, None)


@pytest.mark.parametrize(("path", "ended"), [("ussd", False), ("ussd/end", True)])
def test_it_reads_a_menu_step(line: Simulator, path: str, ended: bool) -> None:
    hop = line.read_hop(hook(path, {"session": "s1", "from": BUDI, "code": "*110#", "typed": "1*2"}))
    assert (hop.session, hop.phone, hop.code, hop.typed, hop.ended) == ("s1", BUDI, "*110#", "1*2", ended)


VALUES = st.one_of(
    st.text(max_size=200),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.lists(st.text(max_size=3), max_size=2),
)
NAMES = [
    "ref",
    "from",
    "to",
    "body",
    "attempt",
    "status",
    "code",
    "direction",
    "state",
    "sequence",
    "digits",
    "ending",
    "seconds",
    "session",
    "typed",
]
BODIES = st.one_of(
    st.binary(max_size=60),
    st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=12).map(lambda told: json.dumps(told).encode()),
    st.sampled_from(
        [b"[" * 100_000, b'{"from": "\\ud800\\u0000+62", "ref": "\\u0000"}', b'{"attempt": ' + b"9" * 5000]
    ),
)


# The first text that Hypothesis draws in a fresh checkout takes it seconds, on a machine that is busy with other tests.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(body=BODIES, path=st.sampled_from(["sms", "sms/status", "voice", "voice/keys", "voice/status", "ussd", "x"]))
def test_it_raises_nothing_but_bad_hook_whatever_comes(body: bytes, path: str) -> None:
    for reader in ("read_text", "read_receipt", "read_call", "read_hop"):
        try:
            read = getattr(READER, reader)(hook(path, body))
        except BadHook:
            continue
        kept = "\n".join(value for value in vars(read).values() if isinstance(value, str))
        assert "\x00" not in kept
        assert kept.encode("utf-8").decode() == kept
        assert len(getattr(read, "ref", "")) <= 120
        assert len(getattr(read, "phone", "")) <= 64


# A reader that keeps no phone: its file is gone before the first hook comes.
with TemporaryDirectory() as gone:
    READER = Simulator(KEY, LINE, Handsets(Path(gone) / "phones.db", lambda: NOON), "http://gateway.test")


# --- answers


SCRIPTS: list[Script] = [
    (),
    (Reject(),),
    (Say('satu "dua"', "id"), Ask("Tekan 1", "id", seconds=6)),
    (Say("Wait", "en"), Bridge(BUDI, ring_seconds=20), HangUp()),
]


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_network_understands_every_script(line: Simulator, script: Script) -> None:
    event = CallEvent("simulator", "c1", incoming=False, phone=RINA, phase=Phase.ANSWERED)
    answer = line.answer_call(script, event)
    assert read_script(answer.body) == script
    assert answer.mimetype == "application/json"


@pytest.mark.parametrize("junk", ["<Response/>", '{"do": "say"}', '[{"do": "dance"}]', '[{"do": "say"}]', "[1]", "7"])
def test_a_script_of_another_shape_is_refused(junk: str) -> None:
    with pytest.raises(ValueError, match=r"script|Expecting"):
        read_script(junk)


def test_it_answers_a_menu_step(line: Simulator) -> None:
    assert json.loads(line.answer_hop("1. Polisi", more=True).body) == {"screen": "1. Polisi", "more": True}
    assert line.answer_text().status == 200


# --- out


@pytest.mark.parametrize(
    ("to", "quirk", "fault", "outcome", "arrives"),
    [
        (RINA, Quirk.FINE, Fault.NONE, Outcome.ACCEPTED, True),
        (RINA, Quirk.BUSY, Fault.NONE, Outcome.ACCEPTED, True),
        (RINA, Quirk.OFF, Fault.NONE, Outcome.ACCEPTED, False),
        (RINA, Quirk.REFUSES, Fault.NONE, Outcome.PERMANENT, False),
        ("0812-30", Quirk.FINE, Fault.NONE, Outcome.PERMANENT, False),
        (RINA, Quirk.FINE, Fault.DOWN, Outcome.REFUSED, False),
        (RINA, Quirk.FINE, Fault.SWALLOWS_DELIVERED, Outcome.UNKNOWN, True),
        (RINA, Quirk.FINE, Fault.SWALLOWS_LOST, Outcome.UNKNOWN, False),
    ],
)
def test_it_says_what_became_of_a_text(
    line: Simulator, handsets: Handsets, to: str, quirk: Quirk, fault: Fault, outcome: Outcome, arrives: bool
) -> None:
    handsets.set_quirk(to, quirk)
    handsets.set_line(LINE, LineQuirk(fault))
    (sent,) = line.send_texts([TextOut(7, to, "ke pasar")])
    assert sent.outcome is outcome
    assert bool(sent.ref) == (outcome is Outcome.ACCEPTED)
    assert bool(sent.code) == (outcome is not Outcome.ACCEPTED)
    assert [text.body for text in handsets.texts(to)] == ["ke pasar"] * arrives


@pytest.mark.parametrize(
    ("to", "quirk", "fault", "outcome", "log"),
    [
        (RINA, Quirk.FINE, Fault.NONE, Outcome.ACCEPTED, ["ringing"]),
        (RINA, Quirk.OFF, Fault.NONE, Outcome.ACCEPTED, ["ringing"]),
        (RINA, Quirk.BUSY, Fault.NONE, Outcome.ACCEPTED, ["busy"]),
        (RINA, Quirk.REFUSES, Fault.NONE, Outcome.PERMANENT, []),
        ("anonymous", Quirk.FINE, Fault.NONE, Outcome.PERMANENT, []),
        (RINA, Quirk.FINE, Fault.DOWN, Outcome.REFUSED, []),
        (RINA, Quirk.FINE, Fault.SWALLOWS_DELIVERED, Outcome.UNKNOWN, ["ringing"]),
        (RINA, Quirk.FINE, Fault.SWALLOWS_LOST, Outcome.UNKNOWN, []),
    ],
)
def test_it_says_what_became_of_a_call(
    line: Simulator, handsets: Handsets, to: str, quirk: Quirk, fault: Fault, outcome: Outcome, log: list[str]
) -> None:
    handsets.set_quirk(to, quirk)
    handsets.set_line(LINE, LineQuirk(fault))
    sent = line.place_call(CallOut(7, to))
    assert (sent.outcome, bool(sent.ref)) == (outcome, outcome is Outcome.ACCEPTED)
    assert [call.outcome for call in handsets.call_log(to)] == log


def test_one_bad_number_leaves_the_others_alone(line: Simulator, handsets: Handsets) -> None:
    sent = line.send_texts([TextOut(at, to, "ke pasar") for at, to in enumerate([BUDI, "not a number", RINA])])
    assert [one.outcome for one in sent] == [Outcome.ACCEPTED, Outcome.PERMANENT, Outcome.ACCEPTED]
    assert [sent[0].ref, sent[2].ref] == [handsets.texts(to)[0].ref for to in (BUDI, RINA)]


@pytest.mark.parametrize("bodies", [["satu", "dua"], ["sama"] * 51])
def test_a_batch_that_no_carrier_would_take_is_written_down(
    line: Simulator, handsets: Handsets, bodies: list[str]
) -> None:
    line.send_texts([TextOut(at, f"+62812300{at:05}", body) for at, body in enumerate(bodies)])
    assert len(handsets.violations()) == 1


def test_a_slow_line_takes_its_seconds_once_a_request(handsets: Handsets) -> None:
    slept: list[float] = []
    line = Simulator(KEY, LINE, handsets, "http://gateway.test", sleep=slept.append)
    handsets.set_line(LINE, LineQuirk(slow_seconds=4.5))
    line.send_texts([TextOut(1, BUDI, "ke pasar"), TextOut(2, RINA, "ke pasar")])
    line.place_call(CallOut(3, RINA))
    assert slept == [4.5, 4.5]


def test_a_phone_that_rings_is_not_to_be_rung_again(line: Simulator, handsets: Handsets) -> None:
    first, second = line.place_call(CallOut(1, RINA)), line.place_call(CallOut(2, RINA))
    assert first.ref != second.ref
    assert handsets.violations() == [f"{RINA} was rung twice at once"]
    assert [call.outcome for call in handsets.call_log(RINA)] == ["ringing", "busy"]


def test_a_call_is_taken_back_only_while_it_rings(line: Simulator, handsets: Handsets) -> None:
    ref = line.place_call(CallOut(1, RINA, ring_seconds=20)).ref
    ringing = handsets.ringing(RINA)
    assert ringing is not None
    assert (ringing.ref, ringing.other, ringing.ring_until) == (ref, LINE, NOON + timedelta(seconds=20))
    assert line.cancel_call(ref)
    assert handsets.ringing(RINA) is None
    assert [call.ending for call in handsets.call_log(RINA)] == [Ending.CANCELLED]
    assert not line.cancel_call(ref)
    assert not line.cancel_call("nobody knows this")


def test_a_changed_call_cannot_be_changed_from_an_old_view(line: Simulator, handsets: Handsets) -> None:
    line.place_call(CallOut(1, RINA))
    seen = handsets.live(RINA)
    assert seen is not None
    talking = handsets.change(replace(seen, state=CallState.TALKING, steps=SCRIPTS[2], said=("halo",), answered=NOON))
    assert handsets.end(seen, Ending.NO_ANSWER, NOON) is None
    assert handsets.live(RINA) == talking


def test_scripts_survive_the_file() -> None:
    assert [read_script(write_script(script)) for script in SCRIPTS] == SCRIPTS
