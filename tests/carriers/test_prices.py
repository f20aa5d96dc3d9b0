"""What carriers tell of money: with an answer, at the end of a call, or when they are asked."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.carriers import wire
from gateway.carriers.base import BalanceCarrier, SpendCarrier
from gateway.core.messages import Price, TextOut
from tests.carriers.cases import africastalking, kannel, smsgate, twilio
from tests.fake_africastalking import FakeAfricasTalking
from tests.fake_twilio import FakeTwilio

NOWHERE = "http://127.0.0.1:9"
MONTH = (date(2026, 11, 1), date(2026, 11, 22))
TROUBLES = ["500", "429", "cut_off", "garbled", "misshapen"]
TEXTS = [TextOut(7, "+254711000001", "TOLONG")]


@pytest.mark.parametrize(
    ("amount", "currency", "price"),
    [
        ("0.8000", "KES", Price(800_000, "KES")),
        (" 27 ", "ugx", Price(27_000_000, "UGX")),
        ("-3.5", "USD", Price(-3_500_000, "USD")),
        ("0.00000049", "USD", Price(0, "USD")),
        (Decimal("0.1000000000000000055511151231257827"), "usd", Price(100_000, "USD")),
        ("999999999.999999", "IDR", Price(999_999_999_999_999, "IDR")),
        ("1000000000", "IDR", None),
        ("1,5", "IDR", None),
        ("1e3", "IDR", None),
        ("1_0", "IDR", None),
        ("NaN", "KES", None),
        ("", "KES", None),
        (None, None, None),
        ("1", "KE", None),
        ("1", "K€S", None),
        ("\u0661", "KES", None),
    ],
)
def test_it_reads_an_amount_and_ignores_what_is_none(amount: object, currency: object, price: Price | None) -> None:
    assert wire.price(amount, currency) == price


@given(st.one_of(st.text(), st.floats(), st.decimals(), st.none()), st.text(max_size=4))
def test_whatever_stands_there_is_a_price_that_a_column_holds_or_none(amount: object, currency: str) -> None:
    price = wire.price(amount, currency)
    assert price is None or (abs(price.micros) < 2**53 and len(price.currency) == 3)


@given(st.integers(0, 10**15 - 1))
def test_no_millionth_is_lost(micros: int) -> None:
    assert wire.price(f"{Decimal(micros) / 1_000_000:f}", "KES") == Price(micros, "KES")


# --- with the answer to a text --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("costs", "parts", "told"),
    [
        ("KES 0.8000", "", (None, Price(800_000, "KES"))),
        ("UGX 54.0000", "2", (2, Price(54_000_000, "UGX"))),
        ("0", "0", (None, None)),
        ("KES", "", (None, None)),
        ("KES much", "1", (1, None)),
    ],
)
def test_africas_talking_tells_the_price_of_each_text_at_once(
    africa: FakeAfricasTalking, costs: str, parts: str, told: tuple[int | None, Price | None]
) -> None:
    africa.costs, africa.parts = costs, parts
    (sent,) = africastalking.line(africa.url).send_texts(TEXTS)
    assert sent.ref
    assert (sent.parts, sent.price) == told


def test_a_text_that_was_not_taken_has_no_price(africa: FakeAfricasTalking) -> None:
    africa.handset(TEXTS[0].to).texts = "poor"
    (sent,) = africastalking.line(africa.url).send_texts(TEXTS)
    assert (sent.parts, sent.price) == (None, None)


@pytest.mark.parametrize(("parts", "told"), [("3", 3), ("0", None), ("many", None)])
def test_twilio_tells_the_parts_and_later_only_the_price(company: FakeTwilio, parts: str, told: int | None) -> None:
    company.parts = parts
    (sent,) = twilio.line(company.url).send_texts(TEXTS)
    assert (sent.parts, sent.price) == (told, None)


# --- when they are asked --------------------------------------------------------------------------------------------


def test_twilio_tells_what_was_spent_in_these_days_and_what_is_left(company: FakeTwilio) -> None:
    line = twilio.line(company.url)
    assert isinstance(line, SpendCarrier)
    assert line.spend(*MONTH) == [Price(12_345_670, "USD")]
    asked = company.asked[-1]
    assert asked.path == f"/2010-04-01/Accounts/{twilio.ACCOUNT}/Usage/Records.json"
    wanted = {"Category": ["totalprice"], "StartDate": ["2026-11-01"], "EndDate": ["2026-11-22"]}
    assert asked.form.items() >= wanted.items()
    assert isinstance(line, BalanceCarrier)
    assert line.balance() == Price(48_100_000, "USD")


def test_a_total_of_which_half_cannot_be_read_is_no_total(company: FakeTwilio) -> None:
    company.usage, company.left = ("lots", "usd"), ("lots", "USD")
    assert twilio.line(company.url).spend(*MONTH) is None
    assert twilio.line(company.url).balance() is None


@pytest.mark.parametrize(
    ("left", "told"), [("KES 1785.50", Price(1_785_500_000, "KES")), ("KES -3.2", Price(-3_200_000, "KES")), ("", None)]
)
def test_africas_talking_tells_what_is_left(africa: FakeAfricasTalking, left: str, told: Price | None) -> None:
    africa.left = left
    line = africastalking.line(africa.url)
    assert isinstance(line, BalanceCarrier)
    assert not isinstance(line, SpendCarrier)
    assert line.balance() == told
    (asked,) = africa.asked
    assert (asked.method, asked.form) == ("GET", {"username": ["siaga"]})


def test_lines_that_know_of_no_money_are_asked_for_none() -> None:
    for line in (kannel.CASE.line(NOWHERE), smsgate.CASE.line(NOWHERE)):
        assert not isinstance(line, SpendCarrier | BalanceCarrier)


@pytest.mark.parametrize("trouble", TROUBLES)
def test_a_carrier_in_trouble_tells_nothing_and_breaks_nothing(
    company: FakeTwilio, africa: FakeAfricasTalking, trouble: str
) -> None:
    company.trouble.kind = africa.trouble.kind = trouble
    assert twilio.line(company.url).spend(*MONTH) is None
    assert twilio.line(company.url).balance() is None
    assert africastalking.line(africa.url).balance() is None


def test_nobody_there_and_wrong_credentials_tell_nothing(company: FakeTwilio, africa: FakeAfricasTalking) -> None:
    for one in (twilio.line(NOWHERE), twilio.line(company.url, auth_tokens=("wrong",))):
        assert (one.spend(*MONTH), one.balance()) == (None, None)
    for other in (africastalking.line(NOWHERE), africastalking.line(africa.url, api_key="wrong")):
        assert other.balance() is None


def test_a_slow_carrier_keeps_nobody_for_more_than_three_seconds(company: FakeTwilio) -> None:
    company.trouble.kind, company.trouble.seconds = "slow", 4.0
    patient = twilio.line(company.url, timeout_seconds=(30.0, 30.0))
    began = time.monotonic()
    assert patient.spend(*MONTH) is None
    assert time.monotonic() - began < 3
