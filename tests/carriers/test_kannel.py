"""What is peculiar to Kannel: everything in the query, no id of its own, texts that it only queues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, urlsplit

import pytest

from gateway.core.messages import Delivery, Outcome, TextOut
from tests.carriers.cases.kannel import PUBLIC, TOKEN, hook, line
from tests.fake_kannel import FakeKannel
from tests.loopback import Reply

TO = "+6281234567890"


@pytest.fixture
def box() -> Iterator[FakeKannel]:
    with FakeKannel(PUBLIC, hook_token=TOKEN) as running:
        yield running


def test_it_asks_for_every_report_under_our_attempt(box: FakeKannel) -> None:
    line(box.url).send_texts([TextOut(7, TO, "TOLONG", valid_seconds=600)])
    (asked,) = box.asked
    assert {name: values[0] for name, values in asked.form.items()} == {
        "username": "siaga",
        "password": "made-up-password",
        "from": "1100",
        "to": TO,
        "text": "TOLONG",
        "charset": "UTF-8",
        "coding": "0",
        "validity": "10",
        "dlr-mask": "31",
        "dlr-url": f"{PUBLIC}/hooks/kannel/{TOKEN}/dlr?a=%A&attempt=7&st=%d&to=%p",
    }


@pytest.mark.parametrize(("body", "coding"), [("Jl. Gajah Mada 5 ±1", "2"), ("é", "0"), ("[a]", "0"), ("🔥", "2")])
def test_it_takes_the_wide_alphabet_only_where_it_must(box: FakeKannel, body: str, coding: str) -> None:
    line(box.url).send_texts([TextOut(7, TO, body)])
    assert (box.asked[0].value("coding"), box.asked[0].value("text")) == (coding, body)


def test_what_is_only_queued_may_never_leave(box: FakeKannel) -> None:
    box.operator_gone = True
    (sent,) = line(box.url).send_texts([TextOut(7, TO, "TOLONG")])
    assert (sent.outcome, sent.ref, sent.code) == (Outcome.UNKNOWN, "7", "queued")


def test_a_report_finds_its_text(box: FakeKannel) -> None:
    reports = []

    def take(url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        parts = urlsplit(url)
        reports.append(kannel.read_report(hook("dlr", {}, dict(parse_qsl(parts.query)))))
        return Reply()

    box._call_back = take
    kannel = line(box.url)
    (sent,) = kannel.send_texts([TextOut(7, TO, "TOLONG")])
    box.report(box.texts[0], "16", "NACK/11/Invalid")
    (report,) = reports
    assert (report.ref, report.attempt, report.delivery, report.phone) == (sent.ref, 7, Delivery.FAILED, TO)
    assert report.code == "NACK_Invalid"
