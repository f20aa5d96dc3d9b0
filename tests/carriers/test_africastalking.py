"""What is peculiar to Africa's Talking: one voice address, USSD, batches matched by number, the SDK's traps."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest

from gateway.core.messages import (
    Ask,
    BadHook,
    Bridge,
    CallEvent,
    CallOut,
    Ending,
    Outcome,
    Phase,
    Reject,
    Say,
    Script,
    TextOut,
)
from tests.carriers.cases.africastalking import OUT, PUBLIC, TOKEN, VOICE, hook, line
from tests.fake_africastalking import FakeAfricasTalking
from tests.loopback import Reply

NOWHERE = "http://127.0.0.1:9"
NUMBERS = ["+254711000001", "+254711000002", "+254711000003"]


def texts(*numbers: str) -> list[TextOut]:
    return [TextOut(at, number, "TOLONG") for at, number in enumerate(numbers)]


class Gateway:
    """Stands where the web doors will: reads, and answers with one script."""

    def __init__(self, company: FakeAfricasTalking, script: Script = ()) -> None:
        self.line = line(company.url)
        self.script = script
        self.events: list[CallEvent] = []
        company._call_back = self.take

    def take(self, url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        parts = urlsplit(url)
        assert parts.path == f"/hooks/africastalking/{TOKEN}/voice"
        self.events.append(self.line.read_call(hook("voice", fields, dict(parse_qsl(parts.query)))))
        return Reply(200, self.line.answer_call(self.script, self.events[-1]).body)


def test_one_request_carries_a_whole_batch_and_each_number_once(africa: FakeAfricasTalking) -> None:
    sent = line(africa.url).send_texts(texts(*NUMBERS, NUMBERS[0]))
    (asked,) = africa.asked
    assert asked.form == {
        "username": ["siaga"],
        "to": [",".join(NUMBERS)],
        "message": ["TOLONG"],
        "bulkSMSMode": ["1"],
        "from": ["20110"],
        "enqueue": ["1"],
    }
    by_number = {text.to: text.id for text in africa.texts}
    assert [one.ref for one in sent] == [by_number[number] for number in [*NUMBERS, NUMBERS[0]]]


def test_each_recipient_has_an_outcome_of_its_own(africa: FakeAfricasTalking) -> None:
    africa.handset(NUMBERS[0]).texts = "opted_out"
    africa.handset(NUMBERS[1]).texts = "unrouted"
    sent = line(africa.url).send_texts(texts(*NUMBERS))
    assert [(one.outcome, one.code) for one in sent] == [
        (Outcome.PERMANENT, "406 UserInBlacklist"),
        (Outcome.REFUSED, "407 CouldNotRoute"),
        (Outcome.ACCEPTED, ""),
    ]


def test_who_is_missing_from_the_answer_may_have_got_it(africa: FakeAfricasTalking) -> None:
    africa.forgets = {NUMBERS[1]}
    sent = line(africa.url).send_texts(texts(*NUMBERS))
    assert [one.outcome for one in sent] == [Outcome.ACCEPTED, Outcome.UNKNOWN, Outcome.ACCEPTED]


def test_an_account_without_a_voice_number_calls_nobody_and_is_not_at_fault(africa: FakeAfricasTalking) -> None:
    sent = line(africa.url, voice_number=None).place_call(CallOut(7, NUMBERS[0], 25))
    assert (sent.outcome, sent.code) == (Outcome.PERMANENT, "no_voice_number")
    assert africa.asked == []


def test_a_success_without_recipients_is_a_refusal_of_all(africa: FakeAfricasTalking) -> None:
    africa.texts_fail_with = "InvalidSenderId"
    sent = line(africa.url).send_texts(texts(*NUMBERS))
    assert {(one.outcome, one.code) for one in sent} == {(Outcome.REFUSED, "InvalidSenderId")}


def test_json_with_a_charset_is_json(africa: FakeAfricasTalking) -> None:
    africa.with_charset = True
    africa_line = line(africa.url)
    assert africa_line.send_texts(texts(NUMBERS[0]))[0].outcome is Outcome.ACCEPTED
    assert africa_line.place_call(CallOut(7, NUMBERS[0])).outcome is Outcome.ACCEPTED


def test_a_batch_of_nothing_but_bad_numbers_asks_nobody(africa: FakeAfricasTalking) -> None:
    sent = line(africa.url).send_texts(texts("", "+1", "0812", "+2547110000011111"))
    assert {(one.outcome, one.code) for one in sent} == {(Outcome.PERMANENT, "bad_number")}
    assert not africa.asked


@pytest.mark.parametrize(
    ("sender", "asked_from", "own"),
    [
        ("20110", ["20110"], ("20110", VOICE)),
        ("SIAGA", ["SIAGA"], ("SIAGA", VOICE)),
        (None, None, (VOICE,)),
    ],
)
def test_it_sends_as_it_is_told(
    africa: FakeAfricasTalking,
    sender: str | None,
    asked_from: list[str] | None,
    own: tuple[str, ...],
) -> None:
    africa_line = line(africa.url, sender=sender)
    africa_line.send_texts(texts(NUMBERS[0]))
    assert africa.asked[0].form.get("from") == asked_from
    assert africa_line.own_numbers == own


def test_a_call_carries_our_attempt(africa: FakeAfricasTalking) -> None:
    gateway = Gateway(africa, (Say("Alert", "en"),))
    sent = gateway.line.place_call(CallOut(7, NUMBERS[0]))
    assert africa.asked[0].form == {
        "username": ["siaga"],
        "from": [VOICE],
        "to": [NUMBERS[0]],
        "clientRequestId": ["7"],
    }
    africa.calls[0].answers()
    assert [(event.phase, event.attempt, event.ref) for event in gateway.events] == [
        (Phase.ANSWERED, 7, sent.ref),
        (Phase.ENDED, 7, sent.ref),
    ]


def test_an_answered_call_asks_again_when_no_key_came(africa: FakeAfricasTalking) -> None:
    gateway = Gateway(africa, (Say("Alert K7Q", "en"), Ask("Press 1", "en")))
    gateway.line.place_call(CallOut(7, NUMBERS[0]))
    (call,) = africa.calls
    call.answers()
    call.keeps_silent()
    assert call.heard == ["Alert K7Q Press 1"] * 2
    gateway.script = (Say("Thank you", "en"), Bridge(NUMBERS[1]))
    call.presses("2")
    call.hangs_up(seconds=31)
    assert call.bridged_to == NUMBERS[1]
    told = [(event.phase, event.digits, event.seconds) for event in gateway.events]
    assert told == [(Phase.ANSWERED, "", 0), (Phase.KEY, "", 0), (Phase.KEY, "2", 0), (Phase.ENDED, "", 31)]
    assert {(event.ref, event.phone, event.incoming) for event in gateway.events} == {(call.session, NUMBERS[0], False)}


@pytest.mark.parametrize(
    ("manner", "ending"), [("busy", Ending.BUSY), ("absent", Ending.NO_ANSWER), ("refuses", Ending.REJECTED)]
)
def test_it_tells_why_nobody_picked_up(africa: FakeAfricasTalking, manner: str, ending: Ending) -> None:
    gateway = Gateway(africa)
    gateway.line.place_call(CallOut(7, NUMBERS[0]))
    africa.handset(NUMBERS[0]).calls = manner
    africa.calls[0].is_left_ringing()
    assert [(event.phase, event.ending) for event in gateway.events] == [(Phase.ENDED, ending)]


def test_a_missed_call_is_rejected_unanswered_and_told_once_more_at_its_end(africa: FakeAfricasTalking) -> None:
    gateway = Gateway(africa, (Reject(),))
    call = africa.ring_in("+254711222333")
    assert [(event.phase, event.incoming, event.ref) for event in gateway.events] == [
        (Phase.RINGING, True, call.session),
        (Phase.ENDED, True, call.session),
    ]


def test_nothing_is_rendered_behind_a_question() -> None:
    script = (Ask("Press 1", "en"), Say("never heard", "en"))
    event = line(NOWHERE).read_call(hook("voice", OUT))
    body = line(NOWHERE).answer_call(script, event).body
    assert "never heard" not in body
    assert body.endswith(f"<Redirect>{PUBLIC}/hooks/africastalking/{TOKEN}/voice?asked=1</Redirect></Response>")


def test_it_cannot_take_a_call_back(africa: FakeAfricasTalking) -> None:
    assert line(africa.url).cancel_call("ATVId_1") is False
    assert not africa.asked


def test_without_a_token_of_its_own_it_believes_nobody() -> None:
    assert not line(NOWHERE, hook_token="").authentic(dataclasses.replace(hook("sms", {}), token=""))


def test_a_plus_that_was_sent_unencoded_is_mended() -> None:
    text = line(NOWHERE).read_text(hook("sms", {"from": " 254711222333", "text": "TOLONG"}))
    assert text.sender == "+254711222333"


SESSION = {"sessionId": "ATUid_1", "phoneNumber": "+254711222333", "serviceCode": "*384*110#", "networkCode": "63902"}


@pytest.mark.parametrize("typed", ["", "1", "1*2*Jl. Gajah * Mada"])
def test_it_reads_a_menu_step(typed: str) -> None:
    hop = line(NOWHERE).read_hop(hook("ussd", {**SESSION, "text": typed}))
    assert (hop.session, hop.phone, hop.code, hop.typed, hop.ended) == (
        "ATUid_1",
        "+254711222333",
        "*384*110#",
        typed,
        False,
    )


@pytest.mark.parametrize(("fields", "typed"), [({"input": "1*2"}, "1*2"), ({"input": "null"}, ""), ({}, "")])
def test_it_reads_the_end_of_a_session(fields: dict[str, str], typed: str) -> None:
    hop = line(NOWHERE).read_hop(hook("ussd/end", {**SESSION, "status": "Incomplete", **fields}))
    assert (hop.session, hop.typed, hop.ended) == ("ATUid_1", typed, True)


def test_the_steps_of_a_session_without_id_belong_together() -> None:
    africa_line = line(NOWHERE, now=lambda: 1_000_000.0)
    bare = {name: value for name, value in SESSION.items() if name != "sessionId"}
    sessions = {africa_line.read_hop(hook("ussd", {**bare, "text": text})).session for text in ("", "1", "1*2")}
    other = africa_line.read_hop(hook("ussd", {**bare, "phoneNumber": "+254711000009", "text": ""})).session
    assert len(sessions) == 1
    assert other not in sessions


@pytest.mark.parametrize(("more", "body"), [(True, "CON 1 Darurat"), (False, "END 1 Darurat")])
def test_it_answers_a_menu_step_in_plain_text(more: bool, body: str) -> None:
    answer = line(NOWHERE).answer_hop("1 Darurat", more)
    assert (answer.status, answer.mimetype, answer.body) == (200, "text/plain", body)


def test_it_reads_who_wants_no_more_texts() -> None:
    told = line(NOWHERE).read_opt_out(hook("optout", {"senderId": "SIAGA", "phoneNumber": "+254711222333"}))
    assert (told.line, told.phone) == ("africastalking", "+254711222333")


def test_an_opt_out_of_nobody_is_refused() -> None:
    with pytest.raises(BadHook):
        line(NOWHERE).read_opt_out(hook("optout", {"senderId": "SIAGA"}))


def test_a_text_leaves_from_the_sender_of_its_unit(africa: FakeAfricasTalking) -> None:
    line(africa.url).send_texts([TextOut(1, NUMBERS[0], "TOLONG", sender="POLRES PTK")])
    assert africa.asked[0].form["from"] == ["POLRES PTK"]
