"""SMSGate's and CallGate's envelopes, as the apps' documentation shows them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from gateway.carriers.smsgate.line import SmsGate
from gateway.core.messages import Delivery, Hook, Outcome, Phase
from tests.carriers.cases.case import CallRow, Case, ReportRow, SendRow
from tests.fake_smsgate import FakeSmsGate, envelope, sign

PUBLIC = "https://siaga.example"
KEY, PASSWORD, NUMBER = "made-up-signing-key", "made-up-password", "+628110001100"
ID, OURS, NOW = "Ey6ECgOkVVFjz3CL48B8C", "siaga-7-0a1b2c3d", 1_000_000.0


def line(url: str, timeout_seconds: tuple[float, float] = (2.0, 2.0), **more: object) -> SmsGate:
    settings: dict[str, object] = {
        "name": "smsgate",
        "api_url": url,
        "username": "siaga",
        "password": PASSWORD,
        "signing_key": KEY,
        "number": NUMBER,
        "timeout_seconds": timeout_seconds,
        "now": lambda: NOW,
    }
    return SmsGate(**{**settings, **more})  # type: ignore[arg-type]  # a test's table, not an interface


def hook(path: str, fields: Mapping[str, str], query: Mapping[str, str] | None = None) -> Hook:
    """`event` and `id` go into the envelope, the rest into its payload."""
    payload = {name: value for name, value in fields.items() if name not in ("event", "id")}
    return signed(envelope(fields.get("event", ""), payload, fields.get("id", "")))


def signed(body: bytes, at: float = NOW) -> Hook:
    headers = {name.lower(): value for name, value in sign(KEY, body, str(int(at))).items()}
    return Hook(method="POST", url=f"{PUBLIC}/hooks/smsgate", path="", headers=headers, body=body)


def forged(real: Hook) -> list[Hook]:
    return [
        dataclasses.replace(real, headers={}),
        dataclasses.replace(real, headers={**real.headers, "x-signature": ""}),
        dataclasses.replace(real, headers={**real.headers, "x-signature": "ünsigned"}),
        dataclasses.replace(real, headers={**real.headers, "x-timestamp": str(int(NOW) + 1)}),
        dataclasses.replace(real, headers={**real.headers, "x-timestamp": "now"}),
        dataclasses.replace(real, body=real.body + b" "),
        signed(real.body, at=NOW - 3600),
        signed(real.body, at=NOW + 3600),
    ]


def reported(event: str, **more: str) -> dict[str, str]:
    return {"event": event, "id": ID, "messageId": OURS, "recipient": "+6281234567890", **more}


CASE = Case(
    name="smsgate",
    double=lambda: FakeSmsGate(PUBLIC, password=PASSWORD, signing_key=KEY),
    line=line,
    hook=hook,
    forged=forged,
    text={
        "event": "sms:received",
        "id": ID,
        "messageId": "abc123",
        "message": "TOLONG kebakaran di pasar",
        "sender": "+6281234567890",
        "phoneNumber": "+6281234567890",
        "receivedAt": "2026-11-22T15:00:00.000+07:00",
    },
    sender="+6281234567890",
    words="TOLONG kebakaran di pasar",
    ref=ID,
    reads={"sender": "sender phoneNumber", "body": "message", "id": "id"},
    report_path="",
    report_ref=OURS,
    reports=[
        ReportRow("sent", reported("sms:sent"), Delivery.SENT, attempt=7),
        ReportRow("delivered", reported("sms:delivered"), Delivery.DELIVERED, attempt=7),
        ReportRow("failed", reported("sms:failed", reason="RESULT_ERROR"), Delivery.FAILED, attempt=7),
        ReportRow("cancelled", reported("sms:cancelled"), Delivery.FAILED, attempt=7),
        ReportRow("a new event", reported("sms:teleported"), None, attempt=7),
        ReportRow("nothing at all", {}, None),
    ],
    calls=[
        CallRow(
            "a call comes in",
            {"event": "call:ringing", "id": ID, "phoneNumber": "+6281234567890"},
            Phase.RINGING,
            incoming=True,
        ),
    ],
    texts_out=[
        SendRow("taken", Outcome.ACCEPTED),
        SendRow("failed at once", Outcome.REFUSED, handset="failed"),
        SendRow("no number at all", Outcome.PERMANENT, to="0812-word"),
        SendRow("too many requests", Outcome.REFUSED, trouble="429"),
        SendRow("server error", Outcome.UNKNOWN, trouble="500"),
        SendRow("no answer in time", Outcome.UNKNOWN, trouble="slow"),
        SendRow("cut off", Outcome.UNKNOWN, trouble="cut_off"),
        SendRow("not JSON", Outcome.UNKNOWN, trouble="garbled"),
        SendRow("another shape", Outcome.UNKNOWN, trouble="misshapen"),
    ],
    wrong={"password": "wrong"},
    wrong_code="401",
)
