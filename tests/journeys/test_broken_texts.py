"""Long texts and broken bytes: nothing that a phone or a carrier sends is lost, and none of it stops the gateway."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import quote_from_bytes

import pytest
from journeys.city import NUMBER, Pontianak
from sqlalchemy import Engine, event, select, update
from sqlalchemy.orm import Session, SessionTransaction

from gateway import sms
from gateway.carriers.africastalking.line import AfricasTalking
from gateway.carriers.base import Carrier
from gateway.carriers.kannel.line import Kannel
from gateway.carriers.smsgate.line import SmsGate
from gateway.carriers.twilio.line import Twilio
from gateway.config import Settings
from gateway.core.messages import TextIn
from gateway.core.words.reading import MOST_READ
from gateway.models import inbound as inbounds
from gateway.models.inbound import Inbound

PUBLIC, SECRET, NOWHERE = "https://siaga.example", "made-up-secret", "http://127.0.0.1:9"
AT = 1_800_000_000
WIRED = [
    Twilio(name="twilio", account_sid="AC1", auth_tokens=(SECRET,), numbers=("+62561700009",), public_url=PUBLIC,
           api_url=NOWHERE),
    AfricasTalking(name="africastalking", username="u", api_key="k", hook_token=SECRET, public_url=PUBLIC,
                   sender="20110", api_url=NOWHERE, voice_url=NOWHERE),
    Kannel(name="kannel", sendsms_url=NOWHERE, username="u", password="p", sender="1100", hook_token=SECRET,
           public_url=PUBLIC),
    SmsGate(name="smsgate", api_url=NOWHERE, username="u", password="p", signing_key=SECRET, number="+62811",
            now=lambda: float(AT)),
]  # fmt: skip


@pytest.fixture
def city(engine: Engine, settings: Settings, tmp_path) -> Pontianak:  # type: ignore[no-untyped-def]
    """The city with every company's line beside the simulated one, which goes first and carries all that leaves."""

    def lines(simulator: Carrier) -> list[Carrier]:
        return [simulator, *WIRED]

    town = Pontianak(engine, settings.model_copy(update={"public_url": PUBLIC}), tmp_path, lines=lines)
    return town.build()


class Delivered(NamedTuple):
    """A text on its way from a carrier to us."""

    path: str
    method: str = "POST"
    body: bytes = b""
    headers: dict[str, str] = {}  # noqa: RUF012 - nobody writes into it


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def by_twilio(sender: str, words: bytes) -> Delivered:
    """Raw bytes in the form, and signed as they are."""
    fields = {b"Body": words, b"From": sender.encode(), b"MessageSid": b"SM1"}
    signed = f"{PUBLIC}/hooks/twilio/sms".encode() + b"".join(name + fields[name] for name in sorted(fields))
    proof = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha1).digest()).decode()
    body = b"&".join(name + b"=" + value.replace(b"+", b"%2B") for name, value in fields.items())
    return Delivered("/hooks/twilio/sms", body=body, headers={**FORM, "X-Twilio-Signature": proof})


def by_africastalking(sender: str, words: bytes) -> Delivered:
    body = b"id=1&to=20110&from=" + sender.replace("+", "%2B").encode() + b"&text=" + words
    return Delivered(f"/hooks/africastalking/{SECRET}/sms", body=body, headers=FORM)


def by_kannel(sender: str, words: bytes) -> Delivered:
    query = f"id=1&to=1100&from={sender.replace('+', '%2B')}&text={quote_from_bytes(words)}"
    return Delivered(f"/hooks/kannel/{SECRET}/sms?{query}", "GET")


def by_smsgate(sender: str, words: bytes) -> Delivered:
    told = {"event": "sms:received", "id": "1", "payload": {"sender": sender, "message": "WORDS"}}
    body = json.dumps(told).encode().replace(b"WORDS", words)
    proof = hmac.new(SECRET.encode(), body + str(AT).encode(), hashlib.sha256).hexdigest()
    return Delivered("/hooks/smsgate", body=body, headers={"X-Signature": proof, "X-Timestamp": str(AT)})


COMPANIES: list[Callable[[str, bytes], Delivered]] = [by_twilio, by_africastalking, by_kannel, by_smsgate]
every_company = pytest.mark.parametrize("by", COMPANIES, ids=lambda by: by.__name__)


def arrives(city: Pontianak, text: Delivered) -> int:
    answer = city.client.open(text.path, method=text.method, data=text.body, headers=text.headers)
    city.settle()
    return answer.status_code


def kept(city: Pontianak) -> Inbound:
    with city.open() as uow:
        return uow.db.scalars(select(Inbound).where(Inbound.kind == "text")).one()


# --- broken bytes -----------------------------------------------------------------------------------------------------


@every_company
def test_a_raw_byte_that_is_no_utf_8_loses_no_text(city: Pontianak, by: Callable[[str, bytes], Delivered]) -> None:
    """An old phone's e with an accent is one byte, which no UTF-8 text holds."""
    assert arrives(city, by(city.budi.number, b"TOLONG maling di caf\xe9")) == 200
    assert kept(city).body == "TOLONG maling di café"
    city.of_barat[0].expects_text("maling di café")


@every_company
def test_a_byte_of_no_alphabet_costs_a_letter_and_not_the_text(
    city: Pontianak, by: Callable[[str, bytes], Delivered]
) -> None:
    assert arrives(city, by(city.budi.number, b"TOLONG \x81\x8d maling \xf0\x9f\x98")) == 200
    assert city.incident.state == "open"


@every_company
def test_what_is_utf_8_is_read_as_before(city: Pontianak, by: Callable[[str, bytes], Delivered]) -> None:
    if by is by_twilio:
        pytest.skip("its signature is then the company's own: tests/carriers/test_twilio.py")
    assert arrives(city, by(city.budi.number, "TOLONG é 🔥".encode())) == 200
    assert kept(city).body == "TOLONG é 🔥"


def test_a_signature_over_other_bytes_proves_nothing(city: Pontianak) -> None:
    real = by_twilio(city.budi.number, b"TOLONG caf\xe9")
    assert arrives(city, real._replace(body=real.body.replace(b"\xe9", b"\xe8"))) == 403
    assert arrives(city, real._replace(headers=FORM)) == 403
    assert city.incidents == []


def test_kannel_names_the_alphabet_of_what_it_sends(city: Pontianak) -> None:
    text = by_kannel(city.budi.number, "TOLONG maling “cepat”".encode("utf-16-be"))
    assert arrives(city, text._replace(path=text.path + "&charset=UTF-16BE")) == 200
    assert kept(city).body == "TOLONG maling “cepat”"


def test_a_line_break_within_the_words_of_a_json_loses_no_text(city: Pontianak) -> None:
    assert arrives(city, by_smsgate(city.budi.number, b"TOLONG\nmaling\tdi rumah")) == 200
    assert kept(city).body == "TOLONG\nmaling\tdi rumah"


# --- long texts -------------------------------------------------------------------------------------------------------

LONG_WORDS = b"TOLONG ada maling di rumah saya " + b"tolong cepat datang ke sini pak " * 15_600
ADVERSARIAL = [b"a", b"ab ", b"a-", b"0,0;", b"://", b"https://", b"jl ", b"'", b"!", b"\xe9", b"\xf0\x9f\x86\x98"]


@every_company
def test_of_a_text_of_500_kb_the_beginning_is_understood_and_all_is_kept(
    city: Pontianak, by: Callable[[str, bytes], Delivered]
) -> None:
    words = LONG_WORDS + (b"\xe9" if by is by_twilio else b" akhir")
    assert len(words) > 499_000
    assert arrives(city, by(city.budi.number, words)) == 200
    row = kept(city)
    assert row.state == inbounds.HANDLED
    assert row.body == words.decode("latin-1")[:MOST_READ]
    assert json.dumps(words.decode("latin-1"))[1:-1] in row.raw
    city.of_barat[0].expects_text("DARURAT", "ada maling di rumah")


@pytest.mark.parametrize("piece", ADVERSARIAL)
def test_whatever_a_long_text_is_made_of_it_is_a_panic_within_seconds(city: Pontianak, piece: bytes) -> None:
    words = (b"TOLONG maling " + piece * 500_000)[:500_000]
    assert arrives(city, by_africastalking(city.budi.number, words)) == 200
    assert city.incident.state == "open"


def test_a_body_of_more_than_a_megabyte_is_refused(city: Pontianak) -> None:
    assert arrives(city, by_africastalking(city.budi.number, b"TOLONG " + b"x" * 1_100_000)) == 413
    assert city.incidents == []


# --- a process that dies ----------------------------------------------------------------------------------------------


class PowerCutError(BaseException):
    """Nothing of the process runs any more: no `except` of ours sees it."""


def long_text(city: Pontianak) -> TextIn:
    return TextIn("simulator", "long-1", city.budi.number, NUMBER, "TOLONG ada maling " + "cepat " * 1_000)


def dies_over(city: Pontianak, monkeypatch: pytest.MonkeyPatch, act: Callable[[], None]) -> None:
    def dies(*_: object) -> None:
        raise PowerCutError

    with monkeypatch.context() as broken:
        broken.setattr(sms, "understand", dies)
        with pytest.raises(PowerCutError):
            act()


def receive(city: Pontianak, text: TextIn) -> None:
    with city.open() as uow:
        sms.receive(uow, text)


def test_a_long_text_whose_process_dies_is_understood_by_the_sweep(
    city: Pontianak, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_over(city, monkeypatch, lambda: receive(city, long_text(city)))
    assert (kept(city).state, kept(city).tries) == (inbounds.BEGUN, 1)
    city.forward(seconds=9)  # its process might still be at it
    assert city.incidents == []
    city.forward(seconds=3)
    assert city.incident.phone == city.budi.number
    assert kept(city).state == inbounds.HANDLED
    city.of_barat[0].expects_text("DARURAT", "ada maling")


def test_the_same_text_delivered_again_meanwhile_is_no_second_panic(
    city: Pontianak, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_over(city, monkeypatch, lambda: receive(city, long_text(city)))
    receive(city, long_text(city))
    city.forward(seconds=15)
    assert city.incident.repeats == 0


def test_a_text_that_kills_twice_goes_to_a_human_and_kills_no_third_time(
    city: Pontianak, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies_over(city, monkeypatch, lambda: receive(city, long_text(city)))
    city.clock.at += timedelta(seconds=15)
    dies_over(city, monkeypatch, city.sweep._unhandled)
    assert (kept(city).state, kept(city).tries) == (inbounds.BEGUN, 2)
    city.forward(seconds=50)
    assert kept(city).state == inbounds.TO_HUMAN
    assert city.incidents == []
    city.desk_barat.expects_text("ada maling")


def test_a_text_that_somebody_else_has_understood_meanwhile_is_left_alone(city: Pontianak) -> None:
    with city.open() as uow:

        def another_process(_: Session, ended: SessionTransaction) -> None:
            if ended.parent is None:
                with city.open() as other:
                    other.db.execute(update(Inbound).values(state=inbounds.HANDLED))

        event.listen(uow.db, "after_transaction_end", another_process)
        sms.receive(uow, long_text(city))
    assert kept(city).state == inbounds.HANDLED
    assert city.incidents == []


def test_a_short_text_is_kept_and_understood_in_one_transaction(
    city: Pontianak, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If its process dies, the carrier has no answer and delivers it again."""
    short = TextIn("simulator", "short-1", city.budi.number, NUMBER, "TOLONG ada maling")
    dies_over(city, monkeypatch, lambda: receive(city, short))
    with city.open() as uow:
        assert uow.db.scalars(select(Inbound)).all() == []
