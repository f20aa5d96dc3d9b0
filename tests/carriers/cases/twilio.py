"""Twilio's payloads, as its documentation describes them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from gateway.carriers.twilio.line import Twilio
from gateway.core.messages import Ask, Bridge, Delivery, Ending, HangUp, Hook, Outcome, Phase, Reject, Say
from tests.carriers.cases.case import CallRow, Case, ReportRow, SendRow
from tests.fake_twilio import FakeTwilio, sign

PUBLIC = "https://siaga.example"
ACCOUNT, TOKEN, ALTERNATE = "AC" + "1" * 32, "made-up-token", "made-up-token-of-tomorrow"
SID, CALL = "SM" + "a" * 32, "CA" + "b" * 32


def line(url: str, timeout_seconds: tuple[float, float] = (2.0, 2.0), **more: object) -> Twilio:
    settings: dict[str, object] = {
        "name": "twilio",
        "account_sid": ACCOUNT,
        "auth_tokens": (TOKEN, ALTERNATE),
        "numbers": ("+15005550006", "+15005550016"),
        "public_url": PUBLIC,
        "api_url": url,
        "timeout_seconds": timeout_seconds,
    }
    return Twilio(**{**settings, **more})  # type: ignore[arg-type]  # a test's table, not an interface


def hook(path: str, fields: Mapping[str, str], query: Mapping[str, str] | None = None) -> Hook:
    url = f"{PUBLIC}/hooks/twilio/{path}" + "".join(f"?{name}={value}" for name, value in (query or {}).items())
    return Hook(
        method="POST",
        url=url,
        path=path,
        headers={"x-twilio-signature": sign(TOKEN, url, fields)},
        query={name: (value,) for name, value in (query or {}).items()},
        form={name: (value,) for name, value in fields.items()},
    )


def forged(real: Hook) -> list[Hook]:
    return [
        dataclasses.replace(real, headers={}),
        dataclasses.replace(real, headers={"x-twilio-signature": "AAAA"}),
        dataclasses.replace(real, headers={"x-twilio-signature": "ünsigned"}),
        dataclasses.replace(real, url=real.url + "?attempt=2"),
        dataclasses.replace(real, url="https://[broken"),
        dataclasses.replace(real, form={**real.form, "Unknown": ("added",)}),
        dataclasses.replace(real, form={**real.form, "From": ("+628999",)}),
        dataclasses.replace(real, form={}),
    ]


TEXT = {
    "MessageSid": SID,
    "SmsSid": SID,
    "SmsMessageSid": SID,
    "AccountSid": ACCOUNT,
    "From": "+6281234567890",
    "To": "+15005550006",
    "Body": "TOLONG kebakaran di pasar",
    "NumMedia": "0",
    "NumSegments": "1",
    "SmsStatus": "received",
    "ApiVersion": "2010-04-01",
    "FromCity": "",
    "ToCountry": "US",
}
REPORT = {"MessageSid": SID, "SmsSid": SID, "AccountSid": ACCOUNT, "To": "+6281234567890", "From": "+15005550006"}
IN = {"CallSid": CALL, "AccountSid": ACCOUNT, "From": "+6281234567890", "To": "+15005550006", "Direction": "inbound"}
OUT = {
    "CallSid": CALL,
    "AccountSid": ACCOUNT,
    "From": "+15005550006",
    "To": "+6281234567890",
    "Direction": "outbound-api",
}
PROGRESS = {"CallbackSource": "call-progress-events", "SequenceNumber": "3"}
OURS = {"attempt": "7"}


def reported(status: str, code: str = "") -> dict[str, str]:
    return {**REPORT, "MessageStatus": status, "SmsStatus": status} | ({"ErrorCode": code} if code else {})


def ended(status: str, ending: Ending, **more: str) -> CallRow:
    fields = {**OUT, **PROGRESS, "CallStatus": status, "CallDuration": "0", **more}
    says = f"{status} {more.get('SipResponseCode', '')}"
    return CallRow(says, fields, Phase.ENDED, ending, attempt=7, path="voice/status", query=OURS)


CASE = Case(
    name="twilio",
    double=lambda: FakeTwilio(PUBLIC, account_sid=ACCOUNT, auth_token=TOKEN),
    line=line,
    hook=hook,
    forged=forged,
    text=TEXT,
    sender="+6281234567890",
    words="TOLONG kebakaran di pasar",
    ref=SID,
    reads={"sender": "From", "body": "Body", "id": "MessageSid SmsSid SmsMessageSid"},
    report_path="sms/status",
    reports=[
        ReportRow("queued", reported("queued"), None, query=OURS, attempt=7),
        ReportRow("sent", reported("sent"), Delivery.SENT, query=OURS, attempt=7),
        ReportRow("delivered", reported("delivered"), Delivery.DELIVERED, query=OURS, attempt=7),
        ReportRow("read", reported("read"), Delivery.DELIVERED),
        ReportRow("off for now", reported("undelivered", "30003"), Delivery.FAILED, absent=True),
        ReportRow("blocked", reported("undelivered", "30004"), Delivery.FAILED, permanent=True),
        ReportRow("unknown number", reported("failed", "30005"), Delivery.FAILED, permanent=True),
        ReportRow("landline", reported("undelivered", "30006"), Delivery.FAILED, permanent=True),
        ReportRow("filtered", reported("undelivered", "30007"), Delivery.FAILED),
        ReportRow("opted out", reported("failed", "21610"), Delivery.FAILED, permanent=True, opted_out=True),
        ReportRow("too late", reported("undelivered", "30036"), Delivery.FAILED),
        ReportRow("a new code", reported("undelivered", "39999"), Delivery.FAILED),
        ReportRow("a new word", reported("teleported"), None),
        ReportRow("a delivered one with a code", reported("delivered", "30005"), Delivery.DELIVERED),
        ReportRow("nothing at all", {}, None),
        ReportRow("an attempt that is none", reported("sent"), Delivery.SENT, query={"attempt": "7x"}),
        ReportRow("an attempt beyond all ids", reported("sent"), Delivery.SENT, query={"attempt": "9" * 10}),
    ],
    calls=[
        CallRow("a call comes in", {**IN, "CallStatus": "ringing"}, Phase.RINGING, incoming=True),
        CallRow("no direction", {"CallSid": CALL, "From": "anonymous"}, Phase.RINGING, incoming=True),
        CallRow(
            "the rejected one is over",
            {**IN, "CallStatus": "busy", "CallDuration": "0"},
            Phase.ENDED,
            Ending.BUSY,
            incoming=True,
            path="voice/status",
        ),
        CallRow(
            "queued by us",
            {**OUT, **PROGRESS, "CallStatus": "initiated"},
            Phase.RINGING,
            attempt=7,
            path="voice/status",
            query=OURS,
        ),
        CallRow(
            "rings there",
            {**OUT, **PROGRESS, "CallStatus": "ringing"},
            Phase.RINGING,
            attempt=7,
            path="voice/status",
            query=OURS,
        ),
        CallRow("asks what to say", {**OUT, "CallStatus": "in-progress"}, Phase.ANSWERED, attempt=7, query=OURS),
        CallRow("asks, without a status", OUT, Phase.ANSWERED, attempt=7, query=OURS),
        CallRow(
            "a key",
            {**OUT, "CallStatus": "in-progress", "Digits": "1"},
            Phase.KEY,
            digits="1",
            attempt=7,
            path="voice/keys",
            query=OURS,
        ),
        CallRow(
            "a key, then hung up at once",
            {**OUT, "CallStatus": "completed", "Digits": "1"},
            Phase.KEY,
            digits="1",
            attempt=7,
            path="voice/keys",
            query=OURS,
        ),
        CallRow(
            "no key in time",
            {**OUT, "CallStatus": "in-progress", "Digits": ""},
            Phase.KEY,
            attempt=7,
            path="voice/keys",
            query=OURS,
        ),
        CallRow(
            "talked",
            {**OUT, **PROGRESS, "CallStatus": "completed", "CallDuration": "31", "Duration": "1"},
            Phase.ENDED,
            Ending.COMPLETED,
            seconds=31,
            attempt=7,
            path="voice/status",
            query=OURS,
        ),
        ended("busy", Ending.BUSY, SipResponseCode="486"),
        ended("busy", Ending.REJECTED, SipResponseCode="603"),
        ended("no-answer", Ending.NO_ANSWER, SipResponseCode="487"),
        ended("failed", Ending.FAILED, SipResponseCode="503"),
        ended("failed", Ending.UNREACHABLE, SipResponseCode="404"),
        ended("canceled", Ending.CANCELLED),
    ],
    texts_out=[
        SendRow("taken", Outcome.ACCEPTED),
        SendRow("invalid number", Outcome.PERMANENT, to="+15005550001"),
        SendRow("not routable from this sender", Outcome.REFUSED, to="+15005550002", about_number=True),
        SendRow("country not switched on", Outcome.REFUSED, to="+15005550003", about_number=True),
        SendRow("opted out", Outcome.PERMANENT, to="+15005550004", about_number=True, opted_out=True),
        SendRow("landline", Outcome.PERMANENT, to="+15005550009"),
        SendRow("no number at all", Outcome.PERMANENT, to="0812-word"),
        SendRow("too many requests", Outcome.REFUSED, trouble="429"),
        SendRow("server error", Outcome.UNKNOWN, trouble="500"),
        SendRow("unavailable", Outcome.UNKNOWN, trouble="503"),
        SendRow("no answer in time", Outcome.UNKNOWN, trouble="slow"),
        SendRow("cut off", Outcome.UNKNOWN, trouble="cut_off"),
        SendRow("not JSON", Outcome.UNKNOWN, trouble="garbled"),
        SendRow("another shape", Outcome.UNKNOWN, trouble="misshapen"),
    ],
    calls_out=[
        SendRow("taken", Outcome.ACCEPTED),
        SendRow("invalid number", Outcome.PERMANENT, to="+15005550001"),
        SendRow("never reached", Outcome.PERMANENT, to="+15005550002"),
        SendRow("country not switched on", Outcome.REFUSED, to="+15005550003", about_number=True),
        SendRow("never called", Outcome.PERMANENT, to="+15005550004"),
        SendRow("no number at all", Outcome.PERMANENT, to="anonymous"),
        SendRow("too many requests", Outcome.REFUSED, trouble="429"),
        SendRow("server error", Outcome.REFUSED, trouble="500"),
        SendRow("unavailable", Outcome.REFUSED, trouble="503"),
        SendRow("no answer in time", Outcome.UNKNOWN, trouble="slow"),
        SendRow("another shape", Outcome.UNKNOWN, trouble="misshapen"),
    ],
    wrong={"auth_tokens": ("wrong",)},
    wrong_code="20003",
    scripts=[
        ((), ["<Response />"]),
        ((Reject(),), ['<Response><Reject reason="busy" /></Response>']),
        ((Say("Darurat", "id"), HangUp()), ['language="id-ID"', "Darurat", "<Hangup />"]),
        (
            (Say("Alert", "en"), Ask("Press 1 & wait", "en", seconds=6)),
            ["Alert", "<Gather ", 'timeout="6"', "Press 1 &amp; wait", "</Gather>"],
        ),
        (
            (Bridge("+6281234567890", ring_seconds=30),),
            ['callerId="+15005550006"', 'timeout="30"', "<Number>+6281234567890</Number>"],
        ),
        ((Say("bell\x07 \ud800half", "id"),), ["bell  ", "half"]),
        ((Say("Darurat", "id", sound="https://siaga.example/speech/a.wav"),), ['language="id-ID"', "Darurat"]),
        (
            (Ask("Bonyeza moja", "sw", sound="https://siaga.example/speech/b.wav"),),
            ["<Gather ", "<Play>https://siaga.example/speech/b.wav</Play>", "</Gather>"],
        ),
        ((Say("Bonyeza moja", "sw"),), ['language="en-GB"', "Bonyeza moja"]),
    ],
)
