"""Kannel's payloads, as version 1.4.5 sent them to a listening port."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from gateway.carriers.kannel.line import Kannel
from gateway.core.messages import Delivery, Hook, Outcome
from tests.carriers.cases.case import Case, ReportRow, SendRow
from tests.fake_kannel import FakeKannel

PUBLIC = "https://siaga.example"
TOKEN, PASSWORD = "made-up-hook-token", "made-up-password"
ID = "d9e4a9c2-0000-4000-8000-" + "e" * 12


def line(url: str, timeout_seconds: tuple[float, float] = (2.0, 2.0), **more: object) -> Kannel:
    settings: dict[str, object] = {
        "name": "kannel",
        "sendsms_url": f"{url}/cgi-bin/sendsms",
        "username": "siaga",
        "password": PASSWORD,
        "sender": "1100",
        "hook_token": TOKEN,
        "public_url": PUBLIC,
        "timeout_seconds": timeout_seconds,
    }
    return Kannel(**{**settings, **more})  # type: ignore[arg-type]  # a test's table, not an interface


def hook(path: str, fields: Mapping[str, str], query: Mapping[str, str] | None = None) -> Hook:
    values = {name: (value,) for name, value in {**fields, **(query or {})}.items()}
    return Hook(method="GET", url=f"{PUBLIC}/hooks/kannel/{TOKEN}/{path}", path=path, token=TOKEN, query=values)


def forged(real: Hook) -> list[Hook]:
    return [dataclasses.replace(real, token=token) for token in ("", TOKEN[:-1], TOKEN + "x", "tökén", "\ud800")]


OURS = {"attempt": "7"}
RECEIPT = "id:D sub:001 dlvrd:000 submit date:2611220900 done date:2611220901 "


def reported(status: str, reply: str = "") -> dict[str, str]:
    return {"st": status, "a": reply, "to": "+6281234567890"}


CASE = Case(
    name="kannel",
    double=lambda: FakeKannel(PUBLIC, password=PASSWORD, hook_token=TOKEN),
    line=line,
    hook=hook,
    forged=forged,
    text={
        "from": "+6281234567890",
        "to": "1100",
        "text": "TOLONG kebakaran di pasar",
        "id": ID,
        "ts": "1795334400",
        "smsc": "FAKE1",
        "charset": "UTF-8",
        "coding": "0",
    },
    sender="+6281234567890",
    words="TOLONG kebakaran di pasar",
    ref=ID,
    reads={"sender": "from", "body": "text", "id": "id"},
    report_path="dlr",
    report_ref="7",
    reports=[
        ReportRow("taken by the operator", reported("8", "ACK/"), Delivery.SENT, query=OURS, attempt=7),
        ReportRow("delivered", reported("1"), Delivery.DELIVERED, query=OURS, attempt=7),
        ReportRow("failed", reported("2"), Delivery.FAILED, query=OURS, attempt=7),
        ReportRow("buffered", reported("4"), Delivery.SENT, query=OURS, attempt=7),
        *(
            ReportRow(says, reported(status, reply), Delivery.FAILED, permanent, OURS, attempt=7, absent=absent)
            for says, status, reply, permanent, absent in (
                ("refused by the operator", "16", "NACK/0x00000045/Submit Failed", False, False),
                ("refused for the number", "16", "NACK/0x0000000b/Invalid Destination Address", True, False),
                ("the same from an older Kannel", "16", "NACK/11/Invalid Destination Address", True, False),
                ("refused for another reason in decimals", "16", "NACK/69/Submit Failed", False, False),
                ("off", "2", RECEIPT + "stat:UNDELIV err:045 text:TOLONG err:001", False, True),
                ("off for too long", "2", RECEIPT + "stat:EXPIRED err:000 text:", False, True),
                ("off, and no error", "2", RECEIPT + "stat:UNDELIV", False, True),
                ("an error in letters", "2", RECEIPT + "stat:UNDELIV err:0A1 text:", False, True),
                ("lost sight of", "2", RECEIPT + "stat:UNKNOWN err:000 text:", False, True),
                ("no such subscriber", "2", RECEIPT + "stat:UNDELIV err:001 text:", True, False),
                ("no such subscriber, in another state", "2", RECEIPT + "stat:UNKNOWN err:1 text:", True, False),
                ("rejected", "2", RECEIPT + "stat:REJECTD err:001 text:", False, False),
                ("deleted", "2", RECEIPT + "stat:DELETED err:000 text:", False, False),
                ("a new state", "2", RECEIPT + "stat:SKIPPED err:000 text:", False, False),
                ("no word of SMPP's", "2", "kaput", False, False),
            )
        ),
        ReportRow("a new type", reported("64"), None, query=OURS, attempt=7),
        ReportRow("nothing at all", {}, None),
    ],
    texts_out=[
        SendRow("taken", Outcome.ACCEPTED),
        SendRow("no number at all", Outcome.PERMANENT, to="0812-word"),
        SendRow("a passing failure", Outcome.REFUSED, trouble="503"),
        SendRow("server error", Outcome.UNKNOWN, trouble="500"),
        SendRow("no answer in time", Outcome.UNKNOWN, trouble="slow"),
        SendRow("cut off", Outcome.UNKNOWN, trouble="cut_off"),
        SendRow("another code", Outcome.UNKNOWN, trouble="202"),
    ],
    wrong={"password": "wrong"},
    wrong_code="403",
)
