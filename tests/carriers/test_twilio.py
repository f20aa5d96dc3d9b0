"""What is peculiar to Twilio: its parameters, its call-back addresses, TwiML carried out to the end."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping

import pytest

from gateway.core.messages import Ask, Bridge, CallEvent, CallOut, Ending, Outcome, Phase, Reject, Say, Script, TextOut
from gateway.core.words.opt_out import OptOut
from tests.carriers.cases.twilio import ACCOUNT, IN, OUT, PUBLIC, TEXT, hook, line
from tests.fake_twilio import FakeTwilio, sign
from tests.loopback import Reply

NOWHERE = "http://127.0.0.1:9"


class Gateway:
    """Stands where the web doors will: believes, reads, and answers with one script."""

    def __init__(self, company: FakeTwilio, script: Script = ()) -> None:
        self.line = line(company.url)
        self.script = script
        self.events: list[CallEvent] = []
        company._call_back = self.take

    def take(self, url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        address, _, query = url.partition("?")
        asked = hook(address.removeprefix(f"{PUBLIC}/hooks/twilio/"), fields, dict([query.split("=")] if query else []))
        asked = dataclasses.replace(asked, headers={name.lower(): value for name, value in headers.items()})
        assert self.line.authentic(asked)
        self.events.append(self.line.read_call(asked))
        return Reply(200, self.line.answer_call(self.script, self.events[-1]).body)


def test_it_asks_for_reports_a_validity_and_one_sender(company: FakeTwilio) -> None:
    line(company.url).send_texts([TextOut(7, "+6281234567890", "TOLONG", valid_seconds=600)])
    (asked,) = company.asked
    assert asked.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert asked.form == {
        "To": ["+6281234567890"],
        "From": ["+15005550006"],
        "Body": ["TOLONG"],
        "ValidityPeriod": ["600"],
        "StatusCallback": [f"{PUBLIC}/hooks/twilio/sms/status?attempt=7"],
    }


@pytest.mark.parametrize(("wanted", "sent"), [(0, "1"), (600, "600"), (90_000, "36000"), (None, None)])
def test_it_keeps_the_validity_within_what_twilio_takes(
    company: FakeTwilio, wanted: int | None, sent: str | None
) -> None:
    line(company.url).send_texts([TextOut(7, "+6281234567890", "TOLONG", valid_seconds=wanted)])
    assert company.asked[0].form.get("ValidityPeriod") == ([sent] if sent else None)


@pytest.mark.parametrize(
    ("sender", "field", "value"),
    [
        (None, "From", "+15005550006"),
        ("SIAGA", "From", "SIAGA"),
        ("MG" + "2" * 32, "MessagingServiceSid", "MG" + "2" * 32),
        ("+15005550099", "From", "+15005550099"),
    ],
)
def test_it_sends_as_it_is_told(company: FakeTwilio, sender: str | None, field: str, value: str) -> None:
    twilio = line(company.url, sender=sender)
    twilio.send_texts([TextOut(7, "+6281234567890", "TOLONG")])
    assert company.asked[0].value(field) == value
    assert not company.asked[0].form.keys() & ({"From", "MessagingServiceSid"} - {field})
    assert set(twilio.own_numbers) >= {"+15005550006", "+15005550016"}


def test_it_places_a_call_that_rings_as_long_as_asked(company: FakeTwilio) -> None:
    line(company.url).place_call(CallOut(7, "+6281234567890", ring_seconds=25))
    (asked,) = company.asked
    assert asked.form == {
        "To": ["+6281234567890"],
        "From": ["+15005550006"],
        "Url": [f"{PUBLIC}/hooks/twilio/voice?attempt=7"],
        "StatusCallback": [f"{PUBLIC}/hooks/twilio/voice/status?attempt=7"],
        "StatusCallbackEvent": ["initiated", "ringing", "answered", "completed"],
        "Timeout": ["25"],
        "TimeLimit": ["600"],
    }


@pytest.mark.parametrize(
    ("stage", "taken_back", "status"), [("queued", True, "canceled"), ("ringing", True, "canceled")]
)
def test_it_takes_back_a_call_that_nobody_has_answered(
    company: FakeTwilio, stage: str, taken_back: bool, status: str
) -> None:
    gateway = Gateway(company)
    ref = gateway.line.place_call(CallOut(7, "+6281234567890")).ref
    if stage == "ringing":
        company.calls[0].rings()
    assert gateway.line.cancel_call(ref) is taken_back
    assert company.calls[0].status == status


def test_it_does_not_hang_up_on_somebody_who_listens(company: FakeTwilio) -> None:
    gateway = Gateway(company, (Ask("Tekan 1", "id"),))
    ref = gateway.line.place_call(CallOut(7, "+6281234567890")).ref
    company.calls[0].answers()
    assert gateway.line.cancel_call(ref) is False
    assert company.calls[0].status == "in-progress"
    assert gateway.line.cancel_call("CA" + "0" * 32) is False


def test_an_answered_call_speaks_asks_and_takes_a_key(company: FakeTwilio) -> None:
    gateway = Gateway(company, (Say("Darurat K7Q", "id"), Ask("Tekan 1", "id")))
    gateway.line.place_call(CallOut(7, "+6281234567890"))
    (call,) = company.calls
    call.answers()
    assert call.heard == ["Darurat K7Q", "Tekan 1"]
    call.presses("#")
    call.keeps_silent()
    gateway.script = (Say("Baik", "id"), Bridge("+6281999999999"))
    call.presses("2")
    call.hangs_up(seconds=31)
    assert call.bridged_to == "+6281999999999"
    told = [(event.phase, event.digits) for event in gateway.events]
    assert told == [
        (Phase.RINGING, ""),
        (Phase.ANSWERED, ""),
        (Phase.ANSWERED, ""),
        (Phase.KEY, "#"),
        (Phase.KEY, ""),
        (Phase.KEY, "2"),
        (Phase.ENDED, ""),
    ]
    assert {(event.ref, event.attempt, event.phone) for event in gateway.events} == {(call.sid, 7, "+6281234567890")}
    assert [event.sequence for event in gateway.events] == [0, 1, None, None, None, None, 2]


@pytest.mark.parametrize(
    ("manner", "ending"), [("busy", Ending.BUSY), ("absent", Ending.NO_ANSWER), ("refuses", Ending.REJECTED)]
)
def test_it_tells_why_nobody_picked_up(company: FakeTwilio, manner: str, ending: Ending) -> None:
    gateway = Gateway(company)
    company.handset("+6281234567890").calls = manner
    gateway.line.place_call(CallOut(7, "+6281234567890"))
    company.calls[0].rings()
    company.calls[0].is_left_ringing()
    assert gateway.events[-1].ending is ending


def test_a_missed_call_is_rejected_unanswered_and_told_once_more_at_its_end(company: FakeTwilio) -> None:
    gateway = Gateway(company, (Reject(),))
    call = company.ring_in("+6281234567890")
    assert call.status == "busy"
    assert [(event.phase, event.incoming, event.ref) for event in gateway.events] == [
        (Phase.RINGING, True, call.sid),
        (Phase.ENDED, True, call.sid),
    ]


def test_either_token_proves_a_hook_while_tokens_are_changed() -> None:
    real = hook("sms", TEXT)
    later = dataclasses.replace(real, headers={"x-twilio-signature": sign("made-up-token-of-tomorrow", real.url, TEXT)})
    assert line(NOWHERE).authentic(real)
    assert line(NOWHERE).authentic(later)
    assert not line(NOWHERE, auth_tokens=("another", "")).authentic(real)
    empty = dataclasses.replace(real, headers={"x-twilio-signature": sign("", real.url, TEXT)})
    assert not line(NOWHERE, auth_tokens=("another", "")).authentic(empty)


def test_blank_and_repeated_fields_are_part_of_the_signature() -> None:
    url = f"{PUBLIC}/hooks/twilio/sms"
    signed = {"From": "+62811", "Body": "", "Tag": "oneTagtwo"}  # name and value again for every further value
    real = dataclasses.replace(
        hook("sms", signed),
        form={"From": ("+62811",), "Body": ("",), "Tag": ("two", "one")},
        headers={"x-twilio-signature": sign("made-up-token", url, signed)},
    )
    assert line(NOWHERE).authentic(real)
    assert not line(NOWHERE).authentic(dataclasses.replace(real, form={"From": ("+62811",), "Tag": ("one", "two")}))


@pytest.mark.parametrize(
    ("said", "told", "believed"),
    [
        (b'{"From": "+62811"}', b'{"From": "+62811"}', True),
        (b'{"From": "+62811"}', b'{"From": "+62812"}', False),
        (b'{"From": "+62811"}', None, False),
    ],
)
def test_a_body_that_is_no_form_is_proved_by_its_sum(said: bytes, told: bytes | None, believed: bool) -> None:
    total = "" if told is None else hashlib.sha256(told).hexdigest()
    real = hook("sms/status", {}, {"bodySHA256": total} if total else None)
    assert line(NOWHERE).authentic(dataclasses.replace(real, body=said)) is believed


def test_an_empty_sum_proves_nothing() -> None:
    real = hook("sms/status", {}, {"bodySHA256": ""})
    assert not line(NOWHERE).authentic(dataclasses.replace(real, body=b"{}"))


def test_the_end_of_a_call_of_nobody_is_a_report_and_no_bad_hook() -> None:
    event = line(NOWHERE).read_call(hook("voice/status", {"CallSid": "CA" + "b" * 32, "CallStatus": "completed"}))
    assert (event.phase, event.phone, event.ref) == (Phase.ENDED, "", "CA" + "b" * 32)


@pytest.mark.parametrize(
    ("latitude", "longitude", "position"),
    [
        ("-0.0263", "109.3425", (-0.0263, 109.3425)),
        ("0", "0.0", None),
        ("109.3", "-0.02", None),
        ("nan", "1", None),
        ("-0.02", "", None),
        ("1e999", "1", None),
    ],
)
def test_only_a_shared_location_is_a_position(
    latitude: str, longitude: str, position: tuple[float, float] | None
) -> None:
    shared = {"From": "whatsapp:+6281234567890", "Latitude": latitude, "Longitude": longitude, "Body": ""}
    text = line(NOWHERE).read_text(hook("sms", {**TEXT, **shared}))
    assert text.position == position
    assert text.sender == "+6281234567890"


def test_the_city_where_a_number_was_sold_is_no_position() -> None:
    text = line(NOWHERE).read_text(hook("sms", {**TEXT, "FromCity": "PONTIANAK", "FromCountry": "ID"}))
    assert text.position is None


def test_a_repeated_hook_without_an_id_is_known_by_twilios_token() -> None:
    bare = {"From": "+6281234567890", "Body": "TOLONG"}
    twilio = line(NOWHERE, now=lambda: 1_000_000.0)
    first, again, other = (
        dataclasses.replace(hook("sms", bare), headers={"i-twilio-idempotency-token": token})
        for token in ("one", "one", "two")
    )
    refs = [twilio.read_text(one).ref for one in (first, again, other)]
    assert refs[0] == refs[1] != refs[2]


def test_an_incoming_call_asks_for_keys_without_an_attempt() -> None:
    twilio = line(NOWHERE)
    event = twilio.read_call(hook("voice", {**IN, "CallStatus": "ringing"}))
    assert f'action="{PUBLIC}/hooks/twilio/voice/keys"' in twilio.answer_call((Ask("Tekan 1", "id"),), event).body
    event = twilio.read_call(hook("voice", OUT, {"attempt": "7"}))
    assert "voice/keys?attempt=7" in twilio.answer_call((Ask("Tekan 1", "id"),), event).body


def test_the_sdks_own_environment_moves_no_host(company: FakeTwilio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_EDGE", "sydney")  # the SDK reads its environment at construction; nothing else sets it
    monkeypatch.setenv("TWILIO_REGION", "au1")
    (sent,) = line(company.url).send_texts([TextOut(7, "+6281234567890", "TOLONG")])
    assert sent.outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"Body": "STOP"}, OptOut.STOP),
        ({"Body": " quit "}, OptOut.STOP),
        ({"Body": "YES"}, OptOut.START),
        ({"Body": "berhenti", "OptOutType": "STOP"}, OptOut.STOP),
        ({"Body": "mulai", "OptOutType": "START"}, OptOut.START),
        ({"Body": "BANTU", "OptOutType": "HELP"}, None),
        ({"Body": "STOP TOLONG"}, None),
    ],
)
def test_it_tells_what_twilio_has_made_of_a_word(fields: dict[str, str], told: OptOut | None) -> None:
    assert line(NOWHERE).read_text(hook("sms", {**TEXT, **fields})).opt_out is told


def test_a_text_leaves_from_the_sender_of_its_unit(company: FakeTwilio) -> None:
    line(company.url).send_texts([TextOut(7, "+6281234567890", "TOLONG", sender="+15005550007")])
    assert company.asked[0].form["From"] == ["+15005550007"]
