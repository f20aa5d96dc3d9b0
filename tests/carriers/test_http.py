"""What only the line does that settings describe: other companies' formats, and settings that nobody could follow."""

from __future__ import annotations

import json
from dataclasses import replace
from types import SimpleNamespace

import pytest
from pydantic import ValidationError

from gateway.carriers.http.description import HttpSettings
from gateway.carriers.http.line import HttpLine, HttpMenus, HttpUssdLine
from gateway.core.line_abilities import Ability, abilities
from gateway.core.messages import Answer, Delivery, Hook, Outcome, TextOut
from tests.carriers.cases.http import CASE, NUSASMS, line, settings
from tests.loopback import Asked, Loopback, Reply

NOWHERE = "http://127.0.0.1:9"
NO_TEXTS = {"send_url": "", "send_fields": ""}  # a USSD gateway alone
# docs.ocaindonesia.co.id, "SMS API v2": a JSON body, a token in a header, errors by HTTP status and code
OCA = {
    "send_method": "post",
    "send_as": "json",
    "send_headers": "Authorization=Bearer {key}",
    "key": "made-up-key",
    "send_fields": "phone={to_digits}&message={text}",
    "answer_id": "msg_uid",
    "answer_state": "errors.0.code",
    "answer_states": "39=never,5=later,9=later,17=later",
}
# softwaresmsgateway.com, "SMS OTP": a list of lists
TCAST = {"send_fields": "account={username}&password={password}&numbers={to_digits}&content={text}",
         "answer_id": "array.0.1", "answer_state": "status", "answer_states": "0=taken,*=later"}  # fmt: skip


class Company(Loopback):
    def __init__(self, reply: Reply) -> None:
        super().__init__()
        self._reply = reply

    def respond(self, asked: Asked) -> Reply:
        return self._reply


def told(url: str, **more: str) -> HttpSettings:
    base = {"hook_token": "made-up-hook-token", "send_url": f"{url}/send", "username": "siaga", "password": "secret"}
    return HttpSettings.model_validate(base | more)


@pytest.mark.parametrize(
    ("status", "body", "outcome", "ref", "code"),
    [
        (200, {"status": "sent", "msg_uid": "df82-a5"}, Outcome.ACCEPTED, "df82-a5", ""),
        (406, {"errors": [{"message": [{"msg": "Invalid country code"}], "code": "39"}]}, Outcome.PERMANENT, "", "39"),
        (401, {"errors": [{"message": "Invalid Authentication Credentials", "code": 17}]}, Outcome.REFUSED, "", "17"),
        (429, {"errors": [{"code": 9}]}, Outcome.REFUSED, "", "9"),
        (406, {"errors": [{"code": 99}]}, Outcome.REFUSED, "", "406"),
        (500, {"errors": [{"code": 13}]}, Outcome.UNKNOWN, "", "500"),
        (200, {"status": "sent"}, Outcome.UNKNOWN, "", "garbled"),
    ],
)
def test_it_speaks_json_with_a_key_in_a_header(
    status: int, body: object, outcome: Outcome, ref: str, code: str
) -> None:
    with Company(Reply(status, json.dumps(body))) as company:
        (sent,) = HttpLine(name="http", settings=told(company.url, **OCA)).send_texts(
            [TextOut(7, "+6281234567890", "TOLONG & lekas")]
        )
        asked = company.asked[-1]
    assert (sent.outcome, sent.ref, sent.code) == (outcome, ref, code)
    assert asked.headers["authorization"] == "Bearer made-up-key"
    assert json.loads(asked.body) == {"phone": "6281234567890", "message": "TOLONG & lekas"}


@pytest.mark.parametrize(
    ("body", "outcome", "ref"),
    [
        ('{"status":0, "array":[[6281234567890,1620443]], "success":1, "fail":0}', Outcome.ACCEPTED, "1620443"),
        ('{"status":-4}', Outcome.REFUSED, ""),
    ],
)
def test_it_finds_an_id_in_a_list_of_lists(body: str, outcome: Outcome, ref: str) -> None:
    with Company(Reply(200, body)) as company:
        (sent,) = HttpLine(name="http", settings=told(company.url, **TCAST)).send_texts(
            [TextOut(7, "+6281234567890", "TOLONG")]
        )
    assert (sent.outcome, sent.ref) == (outcome, ref)
    assert company.asked[0].value("content") == "TOLONG"


def test_it_finds_an_id_by_an_expression_and_signs_in_by_basic() -> None:
    more = {"send_fields": "to={to_local}&msg={text}&dlr={attempt}", "send_auth": "basic",
            "answer_id": "/^OK:([0-9]+)/"}  # fmt: skip
    with Company(Reply(200, "OK:4711", "text/plain")) as company:
        (sent,) = HttpLine(name="http", settings=told(company.url, **more)).send_texts(
            [TextOut(7, "+6281234567890", "TOLONG")]
        )
        asked = company.asked[0]
    assert (sent.outcome, sent.ref) == (Outcome.ACCEPTED, "4711")
    assert (asked.value("to"), asked.value("dlr")) == ("081234567890", "7")
    assert asked.headers["authorization"].startswith("Basic ")


def test_it_reads_texts_and_receipts_in_json() -> None:
    made = line(NOWHERE, text_from="data.from", text_words="data.text", text_id="data.uid", report_id="",
                report_attempt="items.0.ref", report_state="items.0.status")  # fmt: skip
    text = {"data": {"from": "+6281234567890", "text": "TOLONG", "uid": "u-1"}}
    read = made.read_text(Hook("POST", "", "sms", body=json.dumps(text).encode()))
    assert (read.sender, read.body, read.ref) == ("+6281234567890", "TOLONG", "u-1")
    report = {"items": [{"ref": 7, "status": "DELIVRD"}]}
    receipt = made.read_receipt(Hook("POST", "", "report", body=json.dumps(report).encode()))
    assert (receipt.attempt, receipt.ref, receipt.delivery) == (7, "7", Delivery.DELIVERED)


def test_it_shows_a_menu_in_the_gateways_form() -> None:
    step = {"session_id": "s-1", "msisdn": "6281234567890", "service": "*110#", "input": "1*2"}
    hop = line(NOWHERE).read_hop(CASE.hook("ussd", step, {}))
    assert (hop.session, hop.phone, hop.code, hop.typed, hop.ended) == ("s-1", "6281234567890", "*110#", "1*2", False)
    assert line(NOWHERE).answer_hop("1 Darurat", more=True) == Answer("CON 1 Darurat")
    as_json = line(NOWHERE, ussd_as="json", ussd_end='{"msg":"{screen}","end":true}')
    answer = as_json.answer_hop('Kata "aman"\nselesai', more=False)
    assert json.loads(answer.body) == {"msg": 'Kata "aman"\nselesai', "end": True}
    assert answer.mimetype == "application/json"
    ended = replace(CASE.hook("ussd/end", {"session_id": "s-1"}, {}), path="ussd/end")
    assert line(NOWHERE).read_hop(ended).ended


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("send_fields", "to={to}", "must hold {text}"),
        ("send_fields", "to={to}&text={text}&from={from}", "holds {from}; there are only"),
        ("send_fields", "to", "must be like name=value"),
        ("send_headers", "Authorization: Bearer x", "must be like name=value"),
        ("send_headers", "X-Text={text}", "holds {text}"),
        ("send_fields", "a={to}&a.b={text}", "names a and a field within it"),
        ("text_zone", "WIB", "must be the name of a time zone"),
        ("send_method", "put", "'post' or 'get'"),
        ("answer_id", "/(/", "is no regular expression"),
        ("answer_id", "/OK/", "must hold one group"),
        ("answer_states", "0=fine", "with one of taken, later, number, never, stopped, unknown"),
        ("report_states", "DELIVRD=yes", "with one of sent, delivered, failed, absent, never, stopped"),
        ("ussd_more", "{words}", "holds {words}"),
        ("send_url", "nusasms.com", "must be a whole address"),
    ],
)
def test_a_setting_that_nobody_could_follow_stops_the_start(name: str, value: str, says: str) -> None:
    with pytest.raises(ValidationError) as error:
        settings(NOWHERE, **{name: value})
    assert says in str(error.value)


def test_a_line_promises_only_what_its_settings_describe() -> None:
    def can(**more: str) -> frozenset[Ability]:
        doors = settings(NOWHERE, **more).doors()
        every = frozenset({Ability.TEXT_IN, Ability.TEXT_OUT, Ability.ANSWERS, Ability.USSD})
        return abilities(every, {}, doors, "+6281234567890")

    assert can() == {Ability.TEXT_IN, Ability.TEXT_OUT, Ability.ANSWERS, Ability.USSD}
    assert can(text_from="") == {Ability.TEXT_OUT, Ability.USSD}
    assert Ability.ANSWERS not in can(sender="POLRES")
    assert Ability.USSD not in can(ussd_phone="")
    assert can(**NO_TEXTS) == {Ability.USSD}
    assert "ussd_phone" in NUSASMS


@pytest.mark.parametrize(("told", "kind"), [({}, HttpUssdLine), ({"ussd_phone": ""}, HttpLine), (NO_TEXTS, HttpMenus)])
def test_it_has_texts_and_menus_only_where_settings_describe_them(told: dict[str, str], kind: type) -> None:
    house = SimpleNamespace(public_url="https://siaga.example")
    opened = settings(NOWHERE, **told).open("http", house)  # type: ignore[arg-type]  # it reads nothing of it
    assert type(opened) is kind


def test_a_header_may_hold_our_id_of_the_text() -> None:
    with Company(Reply(200, "OK:1", "text/plain")) as company:
        told_so = told(company.url, send_fields="to={to}&m={text}", send_headers="Idempotency-Key=siaga-{attempt}")
        HttpLine(name="http", settings=told_so).send_texts([TextOut(7, "+6281234567890", "TOLONG")])
        assert company.asked[0].headers["idempotency-key"] == "siaga-7"
