"""Africa's Talking's payloads, as its call-backs are described by those who keep a package for them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from gateway.carriers.africastalking.line import AfricasTalking
from gateway.core.messages import Ask, Bridge, Delivery, Ending, HangUp, Hook, Outcome, Phase, Price, Reject, Say
from tests.carriers.cases.case import CallRow, Case, ReportRow, SendRow
from tests.fake_africastalking import FakeAfricasTalking

PUBLIC = "https://siaga.example"
USERNAME, KEY, TOKEN, VOICE = "siaga", "made-up-key", "made-up-hook-token", "+254711000111"
ID, SESSION = "4b1f2c3d-0000-4000-8000-" + "a" * 12, "ATVId_" + "c" * 32


def line(url: str, timeout_seconds: tuple[float, float] = (2.0, 2.0), **more: object) -> AfricasTalking:
    settings: dict[str, object] = {
        "name": "africastalking",
        "username": USERNAME,
        "api_key": KEY,
        "hook_token": TOKEN,
        "public_url": PUBLIC,
        "sender": "20110",
        "voice_number": VOICE,
        "api_url": url,
        "voice_url": url,
        "timeout_seconds": timeout_seconds,
    }
    return AfricasTalking(**{**settings, **more})  # type: ignore[arg-type]  # a test's table, not an interface


def hook(path: str, fields: Mapping[str, str], query: Mapping[str, str] | None = None) -> Hook:
    return Hook(
        method="POST",
        url=f"{PUBLIC}/hooks/africastalking/{TOKEN}/{path}",
        path=path,
        token=TOKEN,
        query={name: (value,) for name, value in (query or {}).items()},
        form={name: (value,) for name, value in fields.items()},
    )


def forged(real: Hook) -> list[Hook]:
    tokens = ["", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "tökén", "\ud800"]
    return [dataclasses.replace(real, token=token) for token in tokens]


TEXT = {
    "from": "+254711222333",
    "to": "20110",
    "text": "TOLONG moto sokoni",
    "date": "2026-11-22 08:00:00",
    "id": ID,
    "linkId": "",
    "networkCode": "99999",
}
REPORT = {"id": ID, "phoneNumber": "+254711222333", "networkCode": "63902", "retryCount": "0"}
VOICE_BASE = {
    "sessionId": SESSION,
    "callerNumber": "+254711222333",
    "destinationNumber": VOICE,
    "callerCarrierName": "Airtel",
    "callStartTime": "2021-10-13+19:10:16",
}
IN = {**VOICE_BASE, "direction": "Inbound", "isActive": "1", "callSessionState": "Ringing", "callerCountryCode": "KE"}
OUT = {**VOICE_BASE, "direction": "Outbound", "isActive": "1", "callSessionState": "Answered"}
FREE = Price(0, "KES")
OVER = {"isActive": "0", "durationInSeconds": "0", "amount": "0", "currencyCode": "KES", "callStartTime": "None"}


def reported(status: str, reason: str = "") -> dict[str, str]:
    return {**REPORT, "status": status} | ({"failureReason": reason} if reason else {})


def ended(cause: str, ending: Ending, state: str = "NotAnswered", **more: str) -> CallRow:
    fields = {**OUT, **OVER, "callSessionState": state, "status": state, "hangupCause": cause, **more}
    return CallRow(f"{cause} {state}", fields, Phase.ENDED, ending, price=FREE)


CASE = Case(
    name="africastalking",
    double=lambda: FakeAfricasTalking(PUBLIC, username=USERNAME, api_key=KEY, hook_token=TOKEN),
    line=line,
    hook=hook,
    forged=forged,
    text=TEXT,
    sender="+254711222333",
    words="TOLONG moto sokoni",
    ref=ID,
    reads={"sender": "from", "body": "text", "id": "id"},
    report_path="delivery",
    reports=[
        ReportRow("Sent", reported("Sent"), Delivery.SENT),
        ReportRow("Submitted", reported("Submitted"), Delivery.SENT),
        ReportRow("Buffered", reported("Buffered"), Delivery.SENT),
        ReportRow("Success", reported("Success"), Delivery.DELIVERED),
        ReportRow("Rejected, no credit", reported("Rejected", "InsufficientCredit"), Delivery.FAILED),
        ReportRow("Failed", reported("Failed", "DeliveryFailure"), Delivery.FAILED),
        ReportRow(
            "opted out", reported("Rejected", "UserInBlackList"), Delivery.FAILED, permanent=True, opted_out=True
        ),
        ReportRow(
            "the other spelling", reported("Failed", "UserInBlacklist"), Delivery.FAILED, permanent=True, opted_out=True
        ),
        ReportRow("unknown number", reported("Failed", "UserDoesNotExist"), Delivery.FAILED, permanent=True),
        ReportRow("AbsentSubscriber", reported("AbsentSubscriber"), Delivery.FAILED, absent=True),
        ReportRow("a new word", reported("Teleported"), None),
        ReportRow("a reason before its end", reported("Buffered", "UserInBlackList"), Delivery.SENT),
        ReportRow("nothing at all", {}, None),
    ],
    calls=[
        CallRow("a call comes in", IN, Phase.RINGING, incoming=True),
        CallRow("with a literal true", {**IN, "isActive": "true"}, Phase.RINGING, incoming=True),
        CallRow("bare", {"sessionId": SESSION, "callerNumber": "+254711222333"}, Phase.RINGING, incoming=True),
        CallRow(
            "hung up before we spoke",
            {**IN, **OVER, "callSessionState": "Completed", "hangupCause": "ORIGINATOR_CANCEL"},
            Phase.ENDED,
            Ending.CANCELLED,
            incoming=True,
            price=FREE,
        ),
        CallRow("answered", OUT, Phase.ANSWERED),
        CallRow("answered, ours", {**OUT, "clientRequestId": "7"}, Phase.ANSWERED, attempt=7),
        CallRow("still rings", {**OUT, "callSessionState": "Dialing"}, Phase.RINGING),
        CallRow("a state that looks like an end", {**OUT, "callSessionState": "Completed"}, Phase.ANSWERED),
        CallRow("a key", {**OUT, "dtmfDigits": "2"}, Phase.KEY, digits="2"),
        CallRow("no key in time", {**OUT, "dtmfDigits": ""}, Phase.KEY),
        CallRow("no key, sent on", OUT, Phase.KEY, attempt=7, query={"asked": "1", "attempt": "7"}),
        CallRow(
            "talked",
            {
                **OUT,
                **OVER,
                "callSessionState": "Completed",
                "hangupCause": "NORMAL_CLEARING",
                "durationInSeconds": "31",
                "amount": "2.4050",
            },
            Phase.ENDED,
            Ending.COMPLETED,
            seconds=31,
            price=Price(2_405_000, "KES"),
        ),
        CallRow("over, at no price", {**OUT, "isActive": "0", "amount": "None"}, Phase.ENDED, Ending.COMPLETED),
        CallRow(
            "over, after a key",
            {**OUT, **OVER, "callSessionState": "Completed", "dtmfDigits": "1"},
            Phase.ENDED,
            Ending.COMPLETED,
            price=FREE,
        ),
        CallRow(
            "over, without isActive",
            {**VOICE_BASE, "direction": "Outbound", "hangupCause": "USER_BUSY"},
            Phase.ENDED,
            Ending.BUSY,
        ),
        ended("SUBSCRIBER_ABSENT", Ending.NO_ANSWER),
        ended("NO_ANSWER", Ending.NO_ANSWER),
        ended("NO_USER_RESPONSE", Ending.NO_ANSWER),
        ended("ORIGINATOR_CANCEL", Ending.NO_ANSWER),
        ended("NORMAL_CLEARING", Ending.NO_ANSWER),
        ended("USER_BUSY", Ending.BUSY),
        ended("CALL_REJECTED", Ending.REJECTED),
        ended("NORMAL_TEMPORARY_FAILURE", Ending.FAILED),
        ended("SERVICE_UNAVAILABLE", Ending.FAILED, state="Aborted"),
        ended("UNALLOCATED_NUMBER", Ending.UNREACHABLE),
        ended("UNSPECIFIED", Ending.FAILED, state="Aborted"),
        ended("SOMETHING_NEW", Ending.COMPLETED, state="SomethingNew"),
    ],
    texts_out=[
        SendRow("taken", Outcome.ACCEPTED),
        SendRow("invalid number", Outcome.PERMANENT, handset="invalid", about_number=True),
        SendRow("landline", Outcome.PERMANENT, handset="landline", about_number=True),
        SendRow("opted out", Outcome.PERMANENT, handset="opted_out", about_number=True, opted_out=True),
        SendRow("risk hold", Outcome.REFUSED, handset="held"),
        SendRow("no balance", Outcome.REFUSED, handset="poor"),
        SendRow("could not route", Outcome.REFUSED, handset="unrouted", about_number=True),
        SendRow("gateway error", Outcome.REFUSED, handset="gateway"),
        SendRow("a new code of a known class", Outcome.REFUSED, handset="new_code"),
        SendRow("a new code", Outcome.UNKNOWN, handset="new_class"),
        SendRow("no number at all", Outcome.PERMANENT, to="+25471100x"),
        SendRow("a number with a line break", Outcome.PERMANENT, to="+254711000222\n"),
        SendRow("too many requests", Outcome.REFUSED, trouble="429"),
        SendRow("server error", Outcome.UNKNOWN, trouble="500"),
        SendRow("no answer in time", Outcome.UNKNOWN, trouble="slow"),
        SendRow("cut off", Outcome.UNKNOWN, trouble="cut_off"),
        SendRow("not JSON", Outcome.UNKNOWN, trouble="garbled"),
        SendRow("another shape", Outcome.UNKNOWN, trouble="misshapen"),
    ],
    calls_out=[
        SendRow("taken", Outcome.ACCEPTED),
        SendRow("invalid number", Outcome.PERMANENT, handset="invalid"),
        SendRow("destination not supported", Outcome.PERMANENT, handset="abroad"),
        SendRow("no credit", Outcome.REFUSED, handset="poor"),
        SendRow("a new word", Outcome.UNKNOWN, handset="new_word"),
        SendRow("no number at all", Outcome.PERMANENT, to="anonymous"),
        SendRow("server error", Outcome.REFUSED, trouble="500"),
        SendRow("unavailable", Outcome.REFUSED, trouble="503"),
        SendRow("no answer in time", Outcome.UNKNOWN, trouble="slow"),
        SendRow("not JSON", Outcome.UNKNOWN, trouble="garbled"),
        SendRow("another shape", Outcome.UNKNOWN, trouble="misshapen"),
    ],
    wrong={"api_key": "wrong"},
    wrong_code="401",
    scripts=[
        ((), ["<Response />"]),
        ((Reject(),), ["<Response><Reject /></Response>"]),
        ((Say("Alert", "en"), Say("twice", "en"), HangUp()), ["<Say>Alert twice</Say></Response>"]),
        (
            (Say("Alert", "en"), Ask("Press 1 & wait", "en", seconds=6)),
            ['<GetDigits numDigits="1" timeout="6"', "<Say>Alert Press 1 &amp; wait</Say></GetDigits><Redirect>"],
        ),
        (
            (Say("Wait", "en"), Bridge("+254711222333")),
            ["<Say>Wait</Say>", '<Dial phoneNumbers="+254711222333"', f'callerId="{VOICE}"'],
        ),
        (
            (Say("Panggilan darurat", "id", sound="https://siaga.example/speech/a&b.wav"), HangUp()),
            ['<Response><Play url="https://siaga.example/speech/a&amp;b.wav" /></Response>'],
        ),
        (
            (Ask("Tekan satu", "id", seconds=6, sound="https://siaga.example/speech/c.wav"),),
            [
                '<GetDigits numDigits="1" timeout="6"',
                '><Play url="https://siaga.example/speech/c.wav" /></GetDigits><R',
            ],
        ),
        (
            (Say("Alert", "en"), Ask("Tekan satu", "id", sound="https://siaga.example/speech/c.wav")),
            ["<Response><Say>Alert</Say><GetDigits", '<Play url="https://siaga.example/speech/c.wav" />'],
        ),
        (
            (Say("Subiri", "sw", sound="https://siaga.example/speech/d.wav"), Bridge("+254711222333")),
            ['<Play url="https://siaga.example/speech/d.wav" />', '<Dial phoneNumbers="+254711222333"'],
        ),
        ((Say("bell\x07 \ud800half", "en"),), ["bell  ", "half"]),
    ],
)
