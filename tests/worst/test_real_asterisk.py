"""The line "asterisk" and its process `switch` against a real Asterisk, with SIPp as operator and phones.

Both come from the system's packages (`.ci/packages` brings them); without them nothing here can run, and pytest says
so.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest
import requests
from worst.asterisk_box import NUMBER, PASSWORD, PROGRAM, AsteriskBox
from worst.asterisk_doors import Gateway
from worst.processes import eventually
from worst.sip_phones import (
    BUSY,
    DECLINED,
    NO_NETWORK,
    PLAYS_TONES,
    SILENT,
    SIPP,
    UNKNOWN,
    Operator,
    hangs_up,
    info,
    presses,
)

from gateway.core.messages import Ask, Bridge, CallEvent, CallOut, Ending, HangUp, Outcome, Phase, Say, Script

pytestmark = pytest.mark.skipif(
    None in (PROGRAM, SIPP),
    reason="needs a real Asterisk and SIPp (Debian: apt install sip-tester; .ci/asterisk unpacks an Asterisk)",
)
TONES, INFO, CITIZEN, BRIDGED = "+6281200000001", "+6281200000002", "+6281200000003", "+6281200000010"
NOBODY = "+6281200000099"
NO_TONES = "SIPp plays a tone through a raw socket, which needs root"
PHONES = {
    TONES: presses("1"),
    INFO: info("1"),
    "+6281200000004": BUSY,
    "+6281200000005": UNKNOWN,
    "+6281200000006": DECLINED,
    "+6281200000007": NO_NETWORK,
    "+6281200000008": SILENT,
    "+6281200000009": hangs_up(0.2),
    CITIZEN: hangs_up(0.6),
    BRIDGED: presses("2", after=0.3),
    "+6281200000075": SILENT,
    "+6281200000076": SILENT,
}


@pytest.fixture(scope="module")
def box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AsteriskBox]:
    with AsteriskBox(tmp_path_factory.mktemp("asterisk")) as running:
        yield running


@pytest.fixture(scope="module")
def operator(box: AsteriskBox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operator]:
    with Operator(tmp_path_factory.mktemp("sipp"), box.operator, box.sip, PHONES) as running:
        yield running


@pytest.fixture
def gateway(box: AsteriskBox, operator: Operator) -> Iterator[Gateway]:
    opened = Gateway(box)
    yield opened
    for channel in box.channels():  # or the next test's process would take them over
        requests.delete(f"{box.url}/ari/channels/{channel}", auth=("siaga", PASSWORD), timeout=5)
    eventually(5, lambda: box.channels() == [], "no call is left")
    opened.close()


def place(gateway: Gateway, attempt: int, to: str, ring_seconds: int = 20) -> str:
    sent = gateway.line.place_call(CallOut(attempt, to, ring_seconds))
    assert (sent.outcome, sent.code) == (Outcome.ACCEPTED, "")
    return sent.ref


@pytest.mark.parametrize(
    ("attempt", "phone"),
    [
        pytest.param(11, TONES, id="RFC 2833", marks=pytest.mark.skipif(not PLAYS_TONES, reason=NO_TONES)),
        pytest.param(12, INFO, id="SIP INFO"),
    ],
)
def test_a_key_stops_the_words_and_reaches_web(gateway: Gateway, operator: Operator, attempt: int, phone: str) -> None:
    def answers(event: CallEvent) -> Script:
        if event.phase is Phase.ANSWERED:
            return (Say("Darurat", "id", gateway.sound(0.1)), Ask("Tekan 1", "id", 8, gateway.sound(20)))
        return (Say("Terima kasih", "id", gateway.sound(0.1)), HangUp()) if event.phase is Phase.KEY else ()

    gateway.answers = answers
    began = time.monotonic()
    ref = place(gateway, attempt, phone)
    key, ended = gateway.wait(Phase.KEY, ref), gateway.wait(Phase.ENDED, ref)
    assert (key.digits, key.attempt, key.phone, key.incoming) == ("1", attempt, phone, False)
    assert ended.ending is Ending.COMPLETED
    assert time.monotonic() - began < 10
    assert operator.wait("ring", phone)[0].saw == NUMBER
    assert [event.phase for event in gateway.events] == [Phase.RINGING, Phase.ANSWERED, Phase.KEY, Phase.ENDED]


def test_words_are_played_to_their_end(gateway: Gateway) -> None:
    sound = gateway.sound(1.2)
    gateway.answers = lambda event: (Say("Darurat", "id", sound), HangUp()) if event.phase is Phase.ANSWERED else ()
    ref = place(gateway, 13, "+6281200000008")
    assert gateway.wait(Phase.ENDED, ref).seconds >= 1
    assert gateway.fetched == 1


@pytest.mark.parametrize(
    ("attempt", "phone", "ending"),
    [
        (21, "+6281200000004", Ending.BUSY),
        (22, "+6281200000005", Ending.UNREACHABLE),
        (23, "+6281200000006", Ending.REJECTED),
        (24, "+6281200000007", Ending.FAILED),
        (25, NOBODY, Ending.NO_ANSWER),
    ],
    ids=lambda value: value.value if isinstance(value, Ending) else str(value),
)
def test_web_hears_why_nobody_picked_up(gateway: Gateway, attempt: int, phone: str, ending: Ending) -> None:
    ref = place(gateway, attempt, phone, ring_seconds=1)
    assert gateway.wait(Phase.ENDED, ref).ending is ending
    assert gateway.heard(Phase.ANSWERED) == []


def test_a_voicemail_is_never_a_yes(gateway: Gateway) -> None:
    def answers(event: CallEvent) -> Script:
        if event.phase is Phase.ANSWERED:
            return (Ask("Tekan 1", "id", 1, gateway.sound(0.2)),)
        return (Say("Tidak ada tombol", "id", gateway.sound(0.1)), HangUp())

    gateway.answers = answers
    ref = place(gateway, 31, "+6281200000008")
    assert gateway.wait(Phase.KEY, ref).digits == ""
    assert gateway.wait(Phase.ENDED, ref).ending is Ending.COMPLETED


def test_words_without_a_sound_are_left_out_and_the_key_counts(gateway: Gateway) -> None:
    gateway.answers = lambda event: (Say("Darurat", "id"), Ask("Tekan 1", "id")) if event.digits == "" else ()
    ref = place(gateway, 32, TONES)
    assert gateway.wait(Phase.KEY, ref).digits == "1"


def test_a_sound_that_is_not_there_costs_no_key(gateway: Gateway) -> None:
    gateway.answers = lambda event: (Ask("Tekan 1", "id", 8, f"{gateway.url}/nothing"),) if event.digits == "" else ()
    ref = place(gateway, 33, INFO)
    assert gateway.wait(Phase.KEY, ref).digits == "1"


def test_who_hangs_up_early_has_ended_the_call(gateway: Gateway) -> None:
    gateway.answers = lambda event: (Ask("Tekan 1", "id", 8, gateway.sound(5)),)
    ref = place(gateway, 34, "+6281200000009")
    assert gateway.wait(Phase.ENDED, ref).ending is Ending.COMPLETED
    assert gateway.heard(Phase.KEY) == []


def test_a_call_that_is_taken_back_stops_ringing(gateway: Gateway, operator: Operator) -> None:
    phone = "+6281200000041"
    ref = place(gateway, 41, phone)
    operator.wait("ring", phone)
    assert gateway.line.cancel_call(ref) is True
    operator.wait("cancelled", phone)
    assert gateway.wait(Phase.ENDED, ref).ending is Ending.NO_ANSWER
    assert gateway.line.cancel_call(ref) is False


def test_a_call_that_was_answered_meanwhile_is_not_taken_back(gateway: Gateway, operator: Operator) -> None:
    gateway.answers = lambda event: (Ask("Tekan 1", "id", 8, gateway.sound(1)),) if event.digits == "" else ()
    ref = place(gateway, 42, TONES)
    gateway.wait(Phase.ANSWERED, ref)
    assert gateway.line.cancel_call(ref) is False
    assert gateway.wait(Phase.KEY, ref).digits == "1"


def test_a_repeat_is_the_same_call(gateway: Gateway, operator: Operator) -> None:
    phone = "+6281200000043"
    refs = {place(gateway, 43, phone) for _ in range(3)}
    assert len(refs) == 1
    operator.wait("ring", phone)
    gateway.line.cancel_call(refs.pop())
    operator.wait("cancelled", phone)
    assert len(operator.heard("ring", phone)) == 1


# --- who rings us ---


def test_a_missed_call_is_refused_busy_and_never_answered(gateway: Gateway, operator: Operator) -> None:
    caller = "+6281390000051"
    operator.call(caller, NUMBER)
    event = gateway.wait(Phase.RINGING, phone=caller)
    assert (event.incoming, event.attempt, event.region) == (True, None, "ID")
    eventually(5, lambda: [one for one in operator.heard("busy") if one.saw == caller], "the caller sees busy")
    assert [one.what for one in operator.heard() if one.saw == caller] == ["busy"]
    assert gateway.wait(Phase.ENDED, event.ref).ending is Ending.CANCELLED


def test_a_missed_call_is_told_until_web_takes_it(gateway: Gateway, operator: Operator) -> None:
    gateway.refuses = 3
    caller = "+6281390000052"
    operator.call(caller, NUMBER)
    assert gateway.wait(Phase.RINGING, phone=caller).incoming is True


def test_a_call_from_a_strange_address_reaches_nobody(gateway: Gateway, operator: Operator) -> None:
    caller = "+6281390000054"
    operator.call(caller, NUMBER, address="127.0.0.2")
    eventually(5, lambda: [one for one in operator.heard("unknown") if one.saw == caller], "it is asked who it is")
    assert [event for event in gateway.events if event.incoming] == []


def test_an_officer_who_rings_in_hears_and_presses(gateway: Gateway, operator: Operator) -> None:
    def answers(event: CallEvent) -> Script:
        if event.phase is Phase.RINGING:
            return (Ask("Tekan 1", "id", 8, gateway.sound(5)),)
        return (Say("Terima kasih", "id", gateway.sound(0.1)), HangUp()) if event.phase is Phase.KEY else ()

    gateway.answers = answers
    caller = "+6281200000053"
    operator.call(caller, NUMBER, "1")
    key = gateway.wait(Phase.KEY, phone=caller)
    assert (key.digits, key.incoming) == ("1", True)
    ended = gateway.wait(Phase.ENDED, key.ref)
    assert (ended.ending, ended.incoming) == (Ending.COMPLETED, True)


# --- two phones ---


def test_a_key_puts_the_officer_through_to_the_citizen(gateway: Gateway, operator: Operator) -> None:
    def answers(event: CallEvent) -> Script:
        if event.phase is Phase.ANSWERED:
            return (Ask("Tekan 2", "id", 8, gateway.sound(5)),)
        return (Bridge(CITIZEN, 10), Say("Selesai", "id", gateway.sound(0.1))) if event.phase is Phase.KEY else ()

    gateway.answers = answers
    ref = place(gateway, 61, BRIDGED)
    assert gateway.wait(Phase.KEY, ref).digits == "2"
    (ringing,) = operator.wait("ring", CITIZEN)
    assert ringing.saw == NUMBER
    operator.wait("over", CITIZEN)
    assert gateway.wait(Phase.ENDED, ref).ending is Ending.COMPLETED
    assert not [event for event in gateway.events if event.phone == CITIZEN]
    eventually(3, lambda: gateway.line.ari.bridges() == [] and gateway.line.ari.channels() == [], "nothing is left")


def test_the_officer_who_hangs_up_frees_the_citizen(gateway: Gateway, operator: Operator) -> None:
    citizen = "+6281200000062"
    gateway.answers = lambda event: (Bridge(citizen, 10),) if event.phase is Phase.ANSWERED else ()
    ref = place(gateway, 62, "+6281200000009")
    assert gateway.wait(Phase.ENDED, ref).ending is Ending.COMPLETED
    eventually(3, lambda: gateway.line.ari.bridges() == [] and gateway.line.ari.channels() == [], "nothing is left")
    assert not operator.heard("up", citizen)


# --- when something is gone ---


def test_a_phone_does_not_ring_while_nobody_would_speak_to_it(box: AsteriskBox, operator: Operator) -> None:
    gateway = Gateway(box)
    gateway.close()
    eventually(3, lambda: gateway.line.ari.look("applications/siaga") is None, "Asterisk has seen it go")
    sent = gateway.line.place_call(CallOut(71, "+6281200000071"))
    assert (sent.outcome, sent.code) == (Outcome.REFUSED, "no_switch")
    assert not operator.heard("ring", "+6281200000071")


def test_who_rings_while_nobody_holds_the_line_is_told_afterwards(box: AsteriskBox, operator: Operator) -> None:
    gateway = Gateway(box)
    gateway.close()
    eventually(3, lambda: gateway.line.ari.look("applications/siaga") is None, "Asterisk has seen it go")
    caller = "+6281390000076"
    operator.call(caller, NUMBER)
    eventually(5, lambda: gateway.line.ari.variable("SIAGA_MISSED"), "Asterisk keeps the call")
    with standing_by(box) as second:
        event = second.wait(Phase.RINGING, phone=caller)
        assert (event.incoming, event.attempt) == (True, None)
        eventually(5, lambda: gateway.line.ari.variable("SIAGA_MISSED") == "", "and forgets it")
    assert operator.heard("up", NUMBER) == [one for one in operator.heard("up", NUMBER) if one.saw != caller]


def test_a_key_that_web_could_not_take_is_told_again(gateway: Gateway) -> None:
    def answers(event: CallEvent) -> Script:
        gateway.refuses = 3 if event.phase is Phase.ANSWERED else 0
        return (Ask("Tekan 1", "id", 8, gateway.sound(5)),) if event.phase is Phase.ANSWERED else ()

    gateway.answers = answers
    ref = place(gateway, 72, TONES)
    assert gateway.wait(Phase.KEY, ref).digits == "1"


def test_another_process_goes_on_with_the_calls(gateway: Gateway, box: AsteriskBox, operator: Operator) -> None:
    gateway.answers = lambda event: (Ask("Tekan 1", "id", 20, gateway.sound(0.1)),)
    ref = place(gateway, 73, "+6281200000008")
    gateway.wait(Phase.ANSWERED, ref)
    with standing_by(box, gateway) as second:
        second.answers = lambda event: ()
        eventually(5, lambda: not gateway.exchange.calls, "the first process has let go")
        assert second.wait(Phase.ANSWERED, ref).attempt == 73
        assert second.wait(Phase.ENDED, ref).ending is Ending.COMPLETED
    assert gateway.heard(Phase.ENDED, ref) == []


def test_two_who_talk_are_left_in_peace(gateway: Gateway, box: AsteriskBox, operator: Operator) -> None:
    citizen = "+6281200000076"
    gateway.answers = lambda event: (Bridge(citizen, 10),) if event.phase is Phase.ANSWERED else ()
    ref = place(gateway, 74, "+6281200000075")
    operator.wait("up", citizen)
    with standing_by(box, gateway) as second:
        assert not second.heard(Phase.ANSWERED)
        assert len(box.channels()) == 2
        assert requests.delete(f"{box.url}/ari/channels/{ref}", auth=("siaga", PASSWORD), timeout=5).ok
        assert second.wait(Phase.ENDED, ref).ending is Ending.COMPLETED
        eventually(3, lambda: box.channels() == [], "the other phone is freed too")


def test_asterisk_dies_in_the_middle_of_a_call(tmp_path: Path) -> None:
    with AsteriskBox(tmp_path / "asterisk") as box, Operator(tmp_path / "sipp", box.operator, box.sip, PHONES):
        gateway = Gateway(box)
        gateway.answers = lambda event: (Ask("Tekan 1", "id", 20, gateway.sound(0.1)),)
        silent, ringing = place(gateway, 81, "+6281200000008"), place(gateway, 82, NOBODY)
        gateway.wait(Phase.ANSWERED, silent)
        gateway.wait(Phase.RINGING, ringing)
        box.kill()
        assert gateway.wait(Phase.ENDED, silent).ending is Ending.FAILED
        assert gateway.wait(Phase.ENDED, ringing).ending is Ending.FAILED
        assert gateway.line.place_call(CallOut(83, TONES)).outcome is Outcome.REFUSED
        box.start()
        eventually(5, lambda: gateway.exchange.linked, "the switch holds the line again")
        gateway.answers = lambda event: (Ask("Tekan 1", "id", 8),) if event.digits == "" else ()
        assert gateway.wait(Phase.KEY, place(gateway, 84, TONES)).digits == "1"
        gateway.close()


# --- many at once ---


def test_a_hundred_phones_ring_at_once(gateway: Gateway, operator: Operator) -> None:
    phones = [f"+62812000010{n:02d}" for n in range(100)]
    began = time.time()
    with ThreadPoolExecutor(64) as pool:
        refs = list(pool.map(lambda phone: place(gateway, 1000 + int(phone[-2:]), phone), phones))
    taken = time.time() - began
    eventually(20, lambda: {one.phone for one in operator.heard("ring")} >= set(phones), "all phones ring")
    after = sorted(operator.heard("ring", phone)[0].at - began for phone in phones)
    print(f"100 phones: placed in {taken:.2f} s, median rings after {median(after):.2f} s, last {after[-1]:.2f} s")
    for ref in refs:
        gateway.line.cancel_call(ref)
    eventually(20, lambda: {event.ref for event in gateway.heard(Phase.ENDED)} >= set(refs), "all ends are told")
    assert {len(operator.heard("ring", phone)) for phone in phones} == {1}


@contextmanager
def standing_by(box: AsteriskBox, first: Gateway | None = None) -> Iterator[Gateway]:
    """Another process, which takes the line from the first."""
    if first is not None:
        first.holds = False
    second = Gateway(box)
    try:
        yield second
    finally:
        second.close()
