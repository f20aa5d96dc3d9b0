"""What is peculiar to a phone as a line: one address for every event, ids that are not unique, a clock of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from gateway.core.messages import BadHook, Script, TextOut
from tests.carriers.cases.smsgate import CASE, NOW, NUMBER, PUBLIC, hook, line, signed
from tests.fake_smsgate import FakeSmsGate, envelope

NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def phone() -> Iterator[FakeSmsGate]:
    with FakeSmsGate(PUBLIC) as running:
        yield running


def test_it_sends_past_the_apps_own_limits_under_our_id(phone: FakeSmsGate) -> None:
    (sent,) = line(phone.url).send_texts([TextOut(7, "+6281234567890", "TOLONG", valid_seconds=600)])
    assert phone.asked[0].path == "/3rdparty/v1/messages"
    assert json.loads(phone.asked[0].body) == {
        "id": sent.ref,
        "textMessage": {"text": "TOLONG"},
        "phoneNumbers": ["+6281234567890"],
        "ttl": 600,
        "priority": 100,
        "withDeliveryReport": True,
    }


def test_an_address_with_a_path_is_taken_as_it_is(phone: FakeSmsGate) -> None:
    line(f"{phone.url}/3rdparty/v1/").send_texts([TextOut(7, "+6281234567890", "TOLONG")])
    assert phone.asked[0].path == "/3rdparty/v1/messages"


def test_the_same_attempt_never_has_the_same_id_twice(phone: FakeSmsGate) -> None:
    smsgate = line(phone.url)
    refs = {smsgate.send_texts([TextOut(7, "+6281234567890", "TOLONG")])[0].ref for _ in range(3)}
    reports = [smsgate.read_receipt(hook("", {"event": "sms:sent", "messageId": ref})) for ref in refs]
    assert len(refs) == 3
    assert {report.attempt for report in reports} == {7}


def test_two_equal_texts_are_two_texts() -> None:
    first = line(NOWHERE).read_text(hook("", {**CASE.text, "id": "one"}))
    second = line(NOWHERE).read_text(hook("", {**CASE.text, "id": "two"}))
    assert first.body == second.body
    assert first.ref != second.ref


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        ("sms:received", "text"),
        ("sms:data-received", "text"),
        ("sms:delivered", "report"),
        ("call:ringing", "call"),
        ("call:ended", ""),
        ("system:ping", ""),
        ("", ""),
    ],
)
def test_it_tells_events_apart(event: str, kind: str) -> None:
    assert line(NOWHERE).kind(hook("", {"event": event})) == kind


@pytest.mark.parametrize("payload", [{}, {"phoneNumber": None}])
def test_a_ring_without_a_number_is_nobodys(payload: dict[str, object]) -> None:
    with pytest.raises(BadHook):
        line(NOWHERE).read_call(signed(envelope("call:ringing", payload, "one")))


@pytest.mark.parametrize(("data", "words"), [("VE9MT05H", "TOLONG"), ("VE9MT05", ""), ("/w==", "ÿ"), ("", "")])
def test_a_data_message_is_read_as_words(data: str, words: str) -> None:
    fields = {"event": "sms:data-received", "id": "one", "sender": "+6281234567890", "data": data}
    assert line(NOWHERE).read_text(hook("", fields)).body == words


def test_the_recipient_is_the_sim_where_the_app_does_not_know() -> None:
    told = {"sender": "081234567890", "message": "TOLONG", "recipient": None}
    text = line(NOWHERE).read_text(signed(envelope("sms:received", told, "one")))
    assert (text.sender, text.recipient) == ("081234567890", NUMBER)


@pytest.mark.parametrize("late", [-800, 0, 800])
def test_a_phone_whose_clock_is_a_little_wrong_is_believed(late: int) -> None:
    assert line(NOWHERE).authentic(signed(b"{}", at=NOW + late))


def test_without_a_key_of_its_own_it_believes_nobody() -> None:
    assert not line(NOWHERE, signing_key="").authentic(signed(b"{}"))


def test_nothing_is_said_to_a_phone_that_rings() -> None:
    event = line(NOWHERE).read_call(hook("", {"event": "call:ringing", "id": "one", "phoneNumber": "+62811"}))
    nothing: Script = ()
    assert line(NOWHERE).answer_call(nothing, event).body == ""
