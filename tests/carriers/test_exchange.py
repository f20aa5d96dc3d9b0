"""People with phones: what they do reaches the gateway as signed hooks, once or again, and shows on their screens."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.carriers.simulator.handsets import Handsets
from gateway.carriers.simulator.people import Exchange
from gateway.carriers.simulator.phones import Quirk
from gateway.core.messages import TextOut
from tests.carriers.town import ALARM, BUDI, KEY, LINE, RINA, Clock, Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path / "phones.db")


# --- texts


def test_a_text_reaches_the_gateway_and_stays_on_the_phone(town: Town) -> None:
    ref = town.people.text(BUDI, "TOLONG maling")
    text = town.line.read_text(town.hooks[0])
    assert (text.ref, text.sender, text.recipient, text.body) == (ref, BUDI, LINE, "TOLONG maling")
    assert [(kept.direction, kept.other, kept.body) for kept in town.phones.texts(BUDI)] == [
        ("out", LINE, "TOLONG maling")
    ]


def test_people_text_each_other_without_the_gateway(town: Town) -> None:
    town.people.text(BUDI, "saya aman", to=RINA)
    assert [(text.other, text.body) for text in town.phones.texts(RINA)] == [(BUDI, "saya aman")]
    town.later(5)
    assert town.hooks == []


def test_a_delivered_text_is_reported_a_second_later(town: Town) -> None:
    (sent,) = town.line.send_texts([TextOut(7, RINA, "ke pasar")])
    town.people.tick()
    assert town.hooks == []
    town.later(1)
    assert town.told("sms/status") == [{"ref": sent.ref, "attempt": 7, "to": RINA, "status": "delivered", "code": ""}]
    town.later(60)
    assert len(town.hooks) == 1


def test_a_phone_that_was_off_gets_its_texts_when_it_is_on(town: Town) -> None:
    town.phones.set_quirk(RINA, Quirk.OFF)
    town.line.send_texts([TextOut(7, RINA, "ke pasar", valid_seconds=600)])
    town.later(60)
    assert (town.phones.texts(RINA), town.hooks) == ([], [])
    town.phones.set_quirk(RINA, Quirk.FINE)
    town.later(1)
    assert [(text.body, text.at) for text in town.phones.texts(RINA)] == [("ke pasar", town.clock.at)]


def test_a_text_that_waited_too_long_is_reported_as_failed(town: Town) -> None:
    town.phones.set_quirk(RINA, Quirk.OFF)
    town.line.send_texts([TextOut(7, RINA, "ke pasar", valid_seconds=600)])
    town.later(600)
    town.phones.set_quirk(RINA, Quirk.FINE)
    town.later(1)
    assert town.phones.texts(RINA) == []
    assert [(told["status"], told["code"]) for told in town.told("sms/status")] == [("failed", "expired")]


# --- hooks that fail


@pytest.mark.parametrize("failure", [500, 404, 302, OSError("nobody listens")])
def test_a_hook_that_fails_is_told_again_word_for_word(town: Town, failure: int | OSError) -> None:
    town.failures = [failure]
    town.people.text(BUDI, "TOLONG")
    town.later(0.5)
    assert len(town.hooks) == 1
    town.later(0.5)
    first, again = town.hooks
    assert first.body == again.body
    town.later(600)
    assert len(town.hooks) == 2
    assert town.phones.violations() == []


def test_a_hook_that_fails_five_times_is_given_up_and_written_down(town: Town) -> None:
    town.failures = [503] * 9
    town.people.text(BUDI, "TOLONG")
    for _ in range(60):
        town.later(1)
    assert len(town.hooks) == 5
    assert town.phones.violations() == ["sms was answered 503 to the end"]


@pytest.mark.parametrize(
    ("act", "what"),
    [
        (lambda people: people.ring(BUDI), "a voice hook was answered with something that is no script"),
        (lambda people: people.dial(BUDI, "*110#"), "a USSD hook was answered with something that is no screen"),
    ],
)
def test_an_answer_that_is_none_is_written_down(town: Town, act: Callable[[Exchange], object], what: str) -> None:
    act(Exchange(town.phones, KEY, LINE, lambda path, body, headers: (200, b"<Response/>")))
    assert town.phones.violations() == [what]


# --- what people see


def test_the_screen_shows_what_a_feature_phone_would(town: Town) -> None:
    town.line.send_texts([TextOut(7, RINA, "SIAGA K7Q Budi butuh polisi di Pasar Flamboyan segera")])
    town.alarm(RINA)
    screen = town.phones.screen(RINA)
    assert screen.startswith(RINA)
    assert "PANGGILAN MASUK" in screen
    assert {*["SIAGA", "K7Q", "Budi", "butuh", "polisi", "di", "Pasar", "Flamboyan", "segera"]} <= {*screen.split()}
    assert max(map(len, screen.splitlines())) <= 24
    town.scripts = [ALARM]
    town.people.answer(RINA)
    assert "Kode K7Q\nTekan satu\n[tekan tombol]" in town.phones.screen(RINA)


def test_the_screen_cuts_no_long_word_and_is_dark_when_off(town: Town) -> None:
    link = "https://siaga.example/" + "x" * 60
    town.people.text(BUDI, link)
    assert link in town.phones.screen(BUDI).splitlines()
    town.phones.set_quirk(BUDI, Quirk.OFF)
    assert town.phones.screen(BUDI) == f"{BUDI} (mati)"


def test_every_phone_that_did_something_is_known(town: Town) -> None:
    town.phones.add("+6281230000009")
    town.people.text(BUDI, "TOLONG")
    town.alarm(RINA)
    assert town.phones.numbers() == [BUDI, RINA, "+6281230000009"]


# --- several at once


def _text_often(path: Path, phone: str) -> None:
    phones = Handsets(path, lambda: datetime(2026, 1, 2, tzinfo=UTC))
    people = Exchange(phones, KEY, LINE, lambda path, body, headers: (200, b"{}"))
    for at in range(25):
        people.text(phone, f"kabar {at}")
        people.tick()


def test_several_processes_share_the_phones(tmp_path: Path) -> None:
    path, spawn = tmp_path / "phones.db", multiprocessing.get_context("spawn")
    numbers = [f"+628123000000{at}" for at in range(3)]
    running = [spawn.Process(target=_text_often, args=(path, number)) for number in numbers]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0, 0, 0]
    phones = Handsets(path, Clock())
    assert [len(phones.texts(number)) for number in numbers] == [25, 25, 25]


def test_two_tickers_post_a_hook_once(town: Town) -> None:
    town.line.send_texts([TextOut(7, RINA, "ke pasar")])
    town.clock.at += timedelta(seconds=1)
    other = Exchange(town.phones, KEY, LINE, town.post)

    def post(path: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
        other.tick()
        return town.post(path, body, headers)

    Exchange(town.phones, KEY, LINE, post).tick()
    assert len(town.hooks) == 1
