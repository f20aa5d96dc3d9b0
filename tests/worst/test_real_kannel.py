"""The line "kannel" against the real boxes, configured as docs/deploy.md says.

They come from the system's packages only (Debian's `kannel`), so that set-up cannot bring them: without them in PATH
nothing here can run, and pytest says so.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from worst.conftest import Towns
from worst.kannel_boxes import (
    BARRED,
    NOWHERE,
    OVER_HTTP,
    PASSWORD,
    PROGRAMS,
    SHORT_CODE,
    TOKEN,
    Boxes,
    HttpOperator,
    Link,
)
from worst.kannel_doors import Gateway
from worst.processes import eventually
from worst.town import BUDI, officer

from gateway.core.messages import Delivery, Outcome, Sent, TextOut
from gateway.models import attempt as attempts

pytestmark = pytest.mark.skipif(
    None in PROGRAMS, reason="needs a real Kannel: bearerbox and smsbox are not in PATH (Debian: apt install kannel)"
)
LONG = "Tolong kami di Pasar Flamboyan, banjir! " * 8
GSM = "100% & #2 a+b? @£$¥ é [x] {y} ~ ^ € \\ Jl. Gajah Mada 5=7; 'ya' \"tidak\""


@pytest.fixture(scope="module")
def gateway() -> Iterator[Gateway]:
    opened = Gateway()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def operator() -> Iterator[HttpOperator]:
    with HttpOperator() as running:
        yield running


@pytest.fixture(scope="module")
def boxes(gateway: Gateway, operator: HttpOperator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Boxes]:
    with Boxes(tmp_path_factory.mktemp("kannel"), gateway.url, operator) as running:
        yield running


def send(boxes: Boxes, attempt: int, to: str, body: str = "TOLONG", **more: str) -> Sent:
    (sent,) = boxes.line(**more).send_texts([TextOut(attempt, to, body, valid_seconds=600)])
    return sent


# --- in ---


@pytest.mark.parametrize(
    ("sender", "kind", "sent", "read"),
    [
        ("+6281234567801", "text", "TOLONG 100% & #2 a+b ?x=1 é @ 'ya'", "TOLONG 100% & #2 a+b ?x=1 é @ 'ya'"),
        ("081234567802", "text", "tolong", "tolong"),
        ("TELKOMSEL", "text", "promo", "promo"),
        ("+6281234567803", "ucs2", "TOLONG 🔥 é + % & #", "TOLONG 🔥 é + % & #"),
        ("+6281234567804", "ucs2", "Tolong\u2026 \u201cmaling\u201d", "Tolong\u2026 \u201cmaling\u201d"),
        ("+6281234567805", "ucs2", "النجدة", "النجدة"),
        ("+6281234567806", "data", "TOLONG%00%FF", "TOLONG\xff"),
        ("+6281234567807", "text", "", ""),
    ],
)
def test_a_text_comes_in_as_it_was_written(
    boxes: Boxes, gateway: Gateway, sender: str, kind: str, sent: str, read: str
) -> None:
    with boxes.link() as link:
        link.text(sender, sent, kind)
        (text,) = gateway.from_(sender)
    assert (text.sender, text.recipient, text.body) == (sender, SHORT_CODE, read)
    assert len(text.ref) == 36


def test_a_long_text_comes_in_whole(boxes: Boxes, gateway: Gateway) -> None:
    sender = "+6281234567811"
    with boxes.link() as link:
        link.text(sender, "+banjir", "udh %05%00%03%07%02%02")
        link.text(sender, "TOLONG+Budi", "udh %05%00%03%07%02%01")
        (text,) = gateway.from_(sender)
    assert text.body == "TOLONG Budi banjir"


def test_what_is_there_of_a_long_text_comes_in_alone(boxes: Boxes, gateway: Gateway) -> None:
    sender = "+6281234567812"
    with boxes.link() as link:
        link.text(sender, "TOLONG+Budi", "udh %05%00%03%08%02%01")
        (text,) = gateway.from_(sender)
    assert text.body == "TOLONG Budi"


def test_a_text_that_we_did_not_take_comes_again_as_the_same(boxes: Boxes, gateway: Gateway) -> None:
    sender = "+6281234567813"
    gateway.refuses = 1
    with boxes.link() as link:
        link.text(sender, "TOLONG")
        first, again = gateway.from_(sender, 2)
    assert first == again


# --- out ---


@pytest.mark.parametrize(
    ("attempt", "body", "parts"),
    [(21, GSM, 1), (22, "x" * 160, 1), (23, "api 🔥 ±", 1), (24, LONG, 3)],
    ids=["signs", "full", "wide", "long"],
)
def test_a_text_leaves_as_we_wrote_it(boxes: Boxes, gateway: Gateway, attempt: int, body: str, parts: int) -> None:
    with boxes.link() as link:
        eventually(5, lambda: re.search(r"FAKE:\d+ \(online", boxes.status()), "the operator's link stands")
        sent = send(boxes, attempt, BUDI, body)
        got = [link.got() for _ in range(parts)]
    assert (sent.outcome, sent.ref) == (Outcome.ACCEPTED, str(attempt))
    assert {to for to, _, _ in got} == {BUDI}
    assert "".join(words for _, _, words in got) == body
    assert gateway.told(attempt, 2) == {Delivery.SENT, Delivery.DELIVERED}


@pytest.mark.parametrize(
    ("attempt", "mask", "delivery"),
    [(31, 1, Delivery.DELIVERED), (32, 2, Delivery.FAILED), (33, 4, Delivery.SENT)],
    ids=["delivered", "failed", "buffered"],
)
def test_an_operator_reports(
    boxes: Boxes, gateway: Gateway, operator: HttpOperator, attempt: int, mask: int, delivery: Delivery
) -> None:
    to = f"{OVER_HTTP}0000{attempt}"
    assert send(boxes, attempt, to).outcome is Outcome.ACCEPTED
    assert gateway.told(attempt, 1) == {Delivery.SENT}
    assert operator.report(to, mask) == "Sent."
    assert gateway.told(attempt, 2) == {Delivery.SENT, delivery}


def test_an_operator_refuses(boxes: Boxes, gateway: Gateway, operator: HttpOperator) -> None:
    operator.refusal = "NACK Invalid number"
    assert send(boxes, 34, f"{OVER_HTTP}000034").outcome is Outcome.ACCEPTED
    assert gateway.told(34, 1) == {Delivery.FAILED}
    operator.refusal = ""
    (report,) = [report for report in gateway.reports if report.attempt == 34]
    assert (report.code, report.phone) == ("NACK_NACK_Invalid_number", f"{OVER_HTTP}000034")


@pytest.mark.parametrize(
    ("to", "settings", "outcome", "code"),
    [
        (BUDI, {"password": "wrong"}, Outcome.REFUSED, "403"),
        (BUDI, {"username": "nobody"}, Outcome.REFUSED, "403"),
        (BUDI, {"sender": ""}, Outcome.REFUSED, "400"),
        (f"{NOWHERE}711000222", {}, Outcome.REFUSED, "not_routable"),
        (f"{BARRED}000041", {}, Outcome.PERMANENT, "denied"),
    ],
)
def test_it_says_why_it_takes_none(
    boxes: Boxes, to: str, settings: dict[str, str], outcome: Outcome, code: str
) -> None:
    sent = send(boxes, 41, to, **settings)
    assert (sent.outcome, sent.code) == (outcome, code)


# --- when something is gone ---


def test_texts_queue_while_the_operator_is_gone(gateway: Gateway, operator: HttpOperator, tmp_path: Path) -> None:
    with Boxes(tmp_path, gateway.url, operator, queue_limit=2) as boxes:
        sent = [send(boxes, attempt, BUDI, f"TOLONG {attempt}") for attempt in (51, 52, 53)]
        with boxes.link() as link:
            got = {link.got() for _ in range(2)}
            assert gateway.told(51, 2) | gateway.told(52, 2) == {Delivery.SENT, Delivery.DELIVERED}
    queued, full = (Outcome.UNKNOWN, "queued"), (Outcome.REFUSED, "503")
    assert [(one.outcome, one.code) for one in sent] == [queued, queued, full]
    assert got == {(BUDI, "", "TOLONG 51"), (BUDI, "", "TOLONG 52")}


def test_nothing_can_have_left_when_a_box_is_gone(gateway: Gateway, operator: HttpOperator, tmp_path: Path) -> None:
    with Boxes(tmp_path, gateway.url, operator) as boxes:
        boxes.kill("bearerbox")
        eventually(5, lambda: send(boxes, 61, BUDI) == Sent(Outcome.REFUSED, code="unreachable"), "smsbox is gone too")


# --- the whole house ---


def test_a_panic_goes_in_and_out_over_kannel(
    towns: Towns, operator: HttpOperator, sqlite_url: str, redis_url: str, tmp_path: Path
) -> None:
    town = towns.found(sqlite_url, redis_url).build(officers=1)
    with Boxes(tmp_path / "kannel", town.address, operator) as boxes, boxes.link() as link:
        town.settings |= {"CARRIERS": "kannel", "KANNEL_SENDSMS_URL": boxes.send_url, "KANNEL_SENDER": SHORT_CODE}
        town.settings |= {"KANNEL_USERNAME": "siaga", "KANNEL_PASSWORD": PASSWORD, "KANNEL_HOOK_TOKEN": TOKEN}
        town.start_all()
        link.text(BUDI, "TOLONG 🔥 kebakaran", "ucs2")
        mail: defaultdict[str, list[str]] = defaultdict(list)
        (alert,) = arrived(link, mail, officer(0), 1)
        (incident,) = town.incidents()
        link.text(officer(0), f"OK {incident.code}")
        received, coming = arrived(link, mail, BUDI, 2)
        eventually(6, lambda: {one.state for one in town.attempts()} == {attempts.DELIVERED}, "all reported")
    assert (f"OK {incident.code}" in alert, "kebakaran" in alert) == (True, True)
    assert incident.code in received
    assert incident.code in coming


def arrived(link: Link, mail: dict[str, list[str]], phone: str, many: int) -> list[str]:
    """The texts that left for this phone, once they are so many; others' are kept in `mail` meanwhile."""
    while len(mail[phone]) < many:
        to, _, words = link.got()
        mail[to].append(words)
    return mail[phone]
