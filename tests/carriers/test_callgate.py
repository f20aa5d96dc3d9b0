"""What is peculiar to a telephone that rings and says nothing: it has one call, and tells little of it."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from gateway.core.messages import CallOut, Outcome, Reject
from tests.carriers.cases.callgate import CALLER, NUMBER, hook, line
from tests.carriers.cases.smsgate import signed
from tests.fake_callgate import FakeCallGate
from tests.fake_smsgate import envelope
from tests.loopback import Reply

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def phone() -> Iterator[FakeCallGate]:
    with FakeCallGate(call_back=lambda *_: Reply()) as running:
        yield running


def test_it_lets_the_phone_dial_and_hang_up(phone: FakeCallGate) -> None:
    callgate = line(phone.url)
    sent = callgate.place_call(CallOut(7, CALLER, 25))
    assert (sent.outcome, phone.rings) == (Outcome.ACCEPTED, CALLER)
    assert json.loads(phone.asked[0].body) == {"call": {"phoneNumber": CALLER}}
    assert callgate.cancel_call(sent.ref) is True
    assert phone.rings == ""


def test_an_address_with_a_path_is_taken_as_it_is(phone: FakeCallGate) -> None:
    line(f"{phone.url}/api/v1").place_call(CallOut(7, CALLER))
    assert phone.asked[0].path == "/api/v1/calls"


def test_it_hangs_up_its_own_call_though_another_waits(phone: FakeCallGate) -> None:
    callgate = line(phone.url)
    callgate.place_call(CallOut(7, CALLER))
    phone._waiting.append("+6281390000001")
    assert callgate.cancel_call("ring-7-1") is True
    assert phone.rings == ""


def test_nothing_to_hang_up_is_as_good_as_hung_up(phone: FakeCallGate) -> None:
    assert line(phone.url).cancel_call("ring-7-1") is True


@pytest.mark.parametrize("trouble", ["500", "401", "cut_off"])
def test_it_says_where_it_could_not_hang_up(phone: FakeCallGate, trouble: str) -> None:
    phone.trouble.kind = trouble
    assert line(phone.url).cancel_call("ring-7-1") is False


@pytest.mark.parametrize(
    ("event", "number", "kind"),
    [
        ("call:ringing", CALLER, "call"),
        ("call:ended", CALLER, "call"),
        ("call:ringing", None, ""),  # Android tells each event a second time, without the number
        ("call:started", CALLER, ""),
        ("system:ping", None, ""),
        ("", None, ""),
    ],
)
def test_it_tells_events_apart(event: str, number: str | None, kind: str) -> None:
    assert line(NOWHERE).kind(signed(envelope(event, {"phoneNumber": number}, "one"))) == kind


@pytest.mark.parametrize(
    ("key", "is_door", "expected"), [("key", True, True), ("key", False, False), ("", True, False)]
)
def test_it_is_a_door_only_where_it_can_tell_us_of_calls(key: str, is_door: bool, expected: bool) -> None:
    assert line(NOWHERE, signing_key=key, is_door=is_door).is_door is expected


def test_it_says_nothing_to_anybody() -> None:
    event = line(NOWHERE).read_call(hook("", {"event": "call:ringing", "id": "one", "phoneNumber": CALLER}))
    assert line(NOWHERE).answer_call((Reject(),), event).body == ""
    assert (event.called, event.region) == (NUMBER, "ID")
