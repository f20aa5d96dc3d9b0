"""What is peculiar to Kannel: everything in the query, no id of its own, texts that it only queues."""

from __future__ import annotations

import dataclasses
import json
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
        reports.append(kannel.read_receipt(hook("dlr", {}, dict(parse_qsl(parts.query)))))
        return Reply()

    box._call_back = take
    kannel = line(box.url)
    (sent,) = kannel.send_texts([TextOut(7, TO, "TOLONG")])
    box.report(box.texts[0], "16", "NACK/0x00000045/Submit Failed")
    (report,) = reports
    assert (report.ref, report.attempt, report.delivery, report.phone) == (sent.ref, 7, Delivery.FAILED, TO)
    assert report.code == "NACK_0x45"


REAL = "from=%2B6281234567890&to=1100&text={}&id=11f12bb2-4e11-43d6-9df7-e85e5c16bc35&charset={}"


@pytest.mark.parametrize(
    ("text", "charset", "words"),
    [
        ("TOLONG+100%25+%26+%232+a%2Bb+%C3%A9", "UTF-8", "TOLONG 100% & #2 a+b é"),
        ("%00T%00O%00L%00O%00N%00G%00+%D8%3D%DD%25%00+%00%E9", "UTF-16BE", "TOLONG 🔥 é"),
        ("%00T%00o%00l%00o%00n%00g+%19%00a", "UTF-16BE", "Tolong\u2019a"),
        ("%06'%06D%06F%06%2C%06%2F%06)", "UTF-16BE", "النجدة"),
        ("%00T%00O%D8", "UTF-16BE", "TO\ufffd"),
        ("tolong+%E9", "windows-1252", "tolong é"),
        ("satu+dua", "8-BIT", "satu dua"),
    ],
)
def test_it_reads_words_in_the_alphabet_that_they_came_in(text: str, charset: str, words: str) -> None:
    query = REAL.format(text, charset)
    came = hook("sms", dict(parse_qsl(query, errors="replace")))
    read = line("http://127.0.0.1:9").read_text(dataclasses.replace(came, url=f"{came.url}?{query}"))
    assert (read.body, read.sender, read.ref) == (words, TO, "11f12bb2-4e11-43d6-9df7-e85e5c16bc35")
    assert json.dumps(words) in read.raw


@pytest.mark.parametrize(
    ("status", "said", "outcome", "code"),
    [
        (403, "Authorization failed for sendsms", Outcome.REFUSED, "403"),
        (403, "Not routable. Do not try again.", Outcome.REFUSED, "not_routable"),
        (400, "Number(s) has/have been denied by white- and/or black-lists.", Outcome.PERMANENT, "denied"),
        (400, "Sender missing and no global set, rejected", Outcome.REFUSED, "400"),
        (503, "Temporal failure, try again later.", Outcome.REFUSED, "503"),
    ],
)
def test_it_tells_a_bad_number_from_a_bad_line(
    box: FakeKannel, status: int, said: str, outcome: Outcome, code: str
) -> None:
    box.respond = lambda asked: Reply(status, said, "text/plain")
    (sent,) = line(box.url).send_texts([TextOut(7, TO, "TOLONG")])
    assert (sent.outcome, sent.code) == (outcome, code)


def test_a_text_leaves_from_the_sender_of_its_unit(box: FakeKannel) -> None:
    line(box.url).send_texts([TextOut(7, TO, "TOLONG", sender="+62561799001")])
    assert box.asked[0].form["from"] == ["+62561799001"]
