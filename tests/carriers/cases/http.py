"""A line that settings describe, as NusaSMS's API is described in docs/lines/http.md."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from gateway.carriers.http.description import HttpSettings
from gateway.carriers.http.line import HttpUssdLine
from gateway.core.messages import Delivery, Hook, Outcome
from tests.carriers.cases.case import Case, ReportRow, SendRow
from tests.fake_http import FakeHttp

PUBLIC = "https://siaga.example"
TOKEN, PASSWORD, NUMBER = "made-up-hook-token", "made-up-password", "+628110003300"
ID = "175041319203754627"
NUSASMS = {
    "send_method": "GET",
    "send_fields": "user={username}&password={password}&GSM={to_digits}&SMSText={text}&output=json",
    "answer_id": "results.0.messageid",
    "answer_state": "results.0.status",
    "answer_states": "0=taken,-2=later,-3=number,-5=later,-13=never",
    "text_from": "originator",
    "text_words": "msg",
    "text_id": "id",
    "text_time": "receive_date",
    "text_zone": "Asia/Jakarta",
    "text_to": "gateway_number",
    "report_id": "messageid",
    "report_state": "status",
    "report_phone": "gsm",
    "report_states": "ACCEPTD=sent,DELIVRD=delivered,UNDELIV=absent,EXPIRED=absent,REJECTD=failed,UNKNOWN=never,"
    "OPTOUT=stopped",
    "ussd_phone": "msisdn",
    "ussd_session": "session_id",
    "ussd_text": "input",
    "ussd_code": "service",
}


def settings(url: str, **more: str) -> HttpSettings:
    account = {"send_url": f"{url}/api/v3/sendsms/plain", "username": "siaga", "password": PASSWORD}
    told = {"hook_token": TOKEN, "sender": NUMBER} | account | NUSASMS | more
    return HttpSettings.model_validate(told, context={"region": "ID"})


def line(url: str, timeout_seconds: tuple[float, float] = (2.0, 2.0), name: str = "http", **more: str) -> HttpUssdLine:
    return HttpUssdLine(name=name, settings=settings(url, **more), timeout_seconds=timeout_seconds)


def hook(path: str, fields: Mapping[str, str], query: Mapping[str, str] | None = None) -> Hook:
    form = {name: (value,) for name, value in fields.items()}
    extra = {name: (value,) for name, value in (query or {}).items()}
    url = f"{PUBLIC}/hooks/http/{TOKEN}/{path}"
    return Hook(method="POST", url=url, path=path, token=TOKEN, form=form, query=extra)


def forged(real: Hook) -> list[Hook]:
    return [dataclasses.replace(real, token=token) for token in ("", TOKEN[:-1], TOKEN + "x", "tökén", "\ud800")]


def reported(state: str) -> dict[str, str]:
    return {"messageid": ID, "status": state, "gsm": "6281234567890"}


CASE = Case(
    name="http",
    double=lambda: FakeHttp(PUBLIC, password=PASSWORD, hook_token=TOKEN, number=NUMBER),
    line=line,
    hook=hook,
    forged=forged,
    text={
        "id": ID,
        "gateway_number": NUMBER,
        "originator": "6281234567890",
        "msg": "TOLONG kebakaran di pasar",
        "receive_date": "2026-11-22 09:00:00",
    },
    sender="6281234567890",
    words="TOLONG kebakaran di pasar",
    ref=ID,
    reads={"sender": "originator", "body": "msg", "id": "id"},
    report_path="report",
    reports=[
        ReportRow("taken by the operator", reported("ACCEPTD"), Delivery.SENT),
        ReportRow("delivered", reported("DELIVRD"), Delivery.DELIVERED),
        ReportRow("delivered, in small letters", reported("delivrd"), Delivery.DELIVERED),
        ReportRow("off", reported("UNDELIV"), Delivery.FAILED, absent=True),
        ReportRow("off for too long", reported("EXPIRED"), Delivery.FAILED, absent=True),
        ReportRow("rejected", reported("REJECTD"), Delivery.FAILED),
        ReportRow("no such number", reported("UNKNOWN"), Delivery.FAILED, permanent=True),
        ReportRow("wants no texts", reported("OPTOUT"), Delivery.FAILED, permanent=True, opted_out=True),
        ReportRow("a new word", reported("DUNNO"), None),
        ReportRow("nothing at all", {}, None),
    ],
    texts_out=[
        SendRow("taken", Outcome.ACCEPTED),
        SendRow("no number at all", Outcome.PERMANENT, to="0812-word"),
        SendRow("a number that cannot be", Outcome.PERMANENT, handset="bad_number"),
        SendRow("a network that it does not reach", Outcome.REFUSED, handset="no_network", about_number=True),
        SendRow("no money", Outcome.REFUSED, handset="no_credit"),
        SendRow("too many", Outcome.REFUSED, trouble="429"),
        SendRow("server error", Outcome.UNKNOWN, trouble="500"),
        SendRow("no answer in time", Outcome.UNKNOWN, trouble="slow"),
        SendRow("cut off", Outcome.UNKNOWN, trouble="cut_off"),
        SendRow("a page in place of an answer", Outcome.UNKNOWN, trouble="garbled"),
        SendRow("an answer of another shape", Outcome.UNKNOWN, trouble="misshapen"),
    ],
    wrong={"password": "wrong"},
    wrong_code="-5",
)
