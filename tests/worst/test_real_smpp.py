"""The line "kannel" with a real Kannel and, behind it, an operator that speaks SMPP 3.4."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from smpplib import consts
from worst import smpp_operator as of
from worst.kannel_boxes import PROGRAMS, Boxes
from worst.kannel_doors import Gateway
from worst.processes import eventually
from worst.smpp_operator import SMSC, SmppOperator

from gateway.core.messages import Delivery, DeliveryReceipt, Outcome, TextOut
from gateway.core.phone import key

pytestmark = pytest.mark.skipif(
    None in PROGRAMS, reason="needs a real Kannel: bearerbox and smsbox are not in PATH (Debian: apt install kannel)"
)
BUDI = "+6281390000001"
ENDS: dict[str, tuple[str, str] | int] = {
    "628550000001": ("DELIVRD", "000"),
    "628550000002": ("UNDELIV", "045"),
    "628550000003": ("EXPIRED", "000"),
    "628550000004": ("UNDELIV", "001"),
    "628550000005": ("REJECTD", "099"),
    "628550000006": ("UNKNOWN", "000"),
    "628550000007": ("DELETED", "000"),
    "628550000008": consts.SMPP_ESME_RINVDSTADR,
    "628550000009": consts.SMPP_ESME_RSUBMITFAIL,
    "628550000010": consts.SMPP_ESME_RINVSRCADR,
}
SAYS = {
    # number: what it came to, whether the phone was away, whether the number is never reached, the code
    "628550000001": (Delivery.DELIVERED, False, False, ""),
    "628550000002": (Delivery.FAILED, True, False, "UNDELIV_045"),
    "628550000003": (Delivery.FAILED, True, False, "EXPIRED_000"),
    "628550000004": (Delivery.FAILED, False, True, "UNDELIV_001"),
    "628550000005": (Delivery.FAILED, False, False, "REJECTD_099"),
    "628550000006": (Delivery.FAILED, True, False, "UNKNOWN_000"),
    "628550000007": (Delivery.FAILED, False, False, "DELETED_000"),
    "628550000008": (Delivery.FAILED, False, True, "NACK_0x0b"),
    "628550000009": (Delivery.FAILED, False, False, "NACK_0x45"),
    "628550000010": (Delivery.FAILED, False, False, "NACK_0x0a"),
}


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    opened = Gateway()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def operator() -> Iterator[SmppOperator]:
    with SmppOperator(ENDS) as running:
        yield running


@pytest.fixture(scope="module")
def boxes(gateway: Gateway, operator: SmppOperator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Boxes]:
    folder = tmp_path_factory.mktemp("smpp")
    with Boxes(folder, gateway.url, operators=SMSC.replace("{smpp}", str(operator.port))) as running:
        assert operator.bound.wait(5), running.said
        yield running


def test_it_understands_how_texts_end(boxes: Boxes, gateway: Gateway) -> None:
    texts = [TextOut(int(number[-4:]), f"+{number}", "TOLONG", valid_seconds=600) for number in ENDS]
    sent = [one for text in texts for one in boxes.line().send_texts([text])]
    assert {one.outcome for one in sent} == {Outcome.ACCEPTED}

    def last(attempt: int) -> list[DeliveryReceipt]:
        ends = (Delivery.DELIVERED, Delivery.FAILED)
        return [one for one in gateway.reports if one.attempt == attempt and one.delivery in ends]

    eventually(6, lambda: all(last(text.attempt) for text in texts), f"every end is told\n{boxes.said}")
    told = {text.to.strip("+"): last(text.attempt)[0] for text in texts}
    assert {to: (one.delivery, one.absent, one.permanent, one.code) for to, one in told.items()} == SAYS


@pytest.mark.parametrize(
    ("sender", "ton"),
    [
        ("6281390000001", of.INTERNATIONAL),
        ("081390000001", of.NATIONAL),
        ("81390000001", of.NATIONAL),
        ("6281390000001", of.UNKNOWN_TON),
        ("+6281390000001", of.UNKNOWN_TON),
        ("081390000001", of.UNKNOWN_TON),
    ],
)
def test_it_knows_a_citizen_by_every_form_of_the_number(
    boxes: Boxes, operator: SmppOperator, gateway: Gateway, sender: str, ton: int
) -> None:
    words = f"TOLONG {time.monotonic_ns()}"
    operator.text(sender, words.encode(), ton)
    (text,) = eventually(6, lambda: [text for text in gateway.texts if text.body == words], boxes.said)
    assert key(text.sender, text.region or "ID") == BUDI


@pytest.mark.parametrize(
    ("words", "coding", "sent"),
    [
        ("TOLONG 🔥 é % & #", of.UCS_2, "TOLONG 🔥 é % & #".encode("utf-16-be")),
        ("TOLONG ñ £", of.LATIN_1, "TOLONG ñ £".encode("latin-1")),
        ("TOLONG @ rumah", of.DEFAULT_ALPHABET, b"TOLONG \x00 rumah"),
    ],
    ids=["UCS-2", "Latin-1", "GSM-7"],
)
def test_it_reads_every_alphabet(
    boxes: Boxes, operator: SmppOperator, gateway: Gateway, words: str, coding: int, sent: bytes
) -> None:
    sender = f"62813777{coding:05d}"
    operator.text(sender, sent, coding=coding)
    (text,) = gateway.from_(f"+{sender}")
    assert text.body == words


def test_it_puts_the_parts_of_a_long_text_in_order(boxes: Boxes, operator: SmppOperator, gateway: Gateway) -> None:
    sender = "6281377700077"
    for place, words in ((3, b" di pasar"), (1, b"TOLONG"), (2, b" maling")):
        header = bytes((5, 0, 3, 77, 3, place))
        operator.text(sender, header + words, esm_class=of.HAS_HEADER)
    (text,) = gateway.from_(f"+{sender}")
    assert text.body == "TOLONG maling di pasar"
