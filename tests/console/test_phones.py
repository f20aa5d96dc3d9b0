"""The phones page over HTTP: open in a demo, not there without one, and every action heard by the simulated network."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from gateway.carriers.simulator.handsets import Handsets
from gateway.carriers.simulator.line import Simulator
from gateway.carriers.simulator.phones import Quirk
from gateway.config import Settings
from gateway.core.messages import CallOut, TextOut
from gateway.web.app import create_app
from gateway.web.console import phones as pages
from gateway.wiring import House, handsets
from tests.console.station import Browser

ADI = "+62812345001"  # an officer of the console's tests
STRANGER = "+6281299988877"
SCRIPT = {"X-Requested-With": "fetch"}
LINE = "+6256100110"
NOBODY = "http://127.0.0.1:1"  # where no gateway answers


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"public_url": NOBODY})


@pytest.fixture
def phones(settings: Settings) -> Handsets:
    return handsets(settings)


@pytest.fixture
def out(phones: Handsets) -> Simulator:
    """The line that brings texts and calls to the phones."""
    return Simulator(b"key", LINE, phones, NOBODY)


def press(browser: Browser, path: str, words: str = "") -> tuple[int, str]:
    """As the page's script does it; the status and the sentence."""
    browser.get("/phones")
    answer = browser.client.post(path, data={"words": words}, headers={**SCRIPT, "X-CSRFToken": browser.token})
    return answer.status_code, answer.get_json()["message"] if answer.is_json else ""


def state_of(browser: Browser, number: str) -> dict[str, Any]:
    told: dict[str, Any] = browser.client.get("/phones/state", query_string={"n": number}).get_json()
    return dict(told[number])


def test_nobody_logs_in_to_use_a_phone(browser: Browser) -> None:
    assert browser.get(f"/phones?n=%2B{ADI[1:]}").status_code == 200


def test_outside_a_demo_there_is_no_such_page(home: House) -> None:
    home.settings = home.settings.model_copy(update={"demo": False})
    client = create_app(home, drain=False).test_client()
    assert [client.get(path).status_code for path in ("/phones", "/phones/state")] == [404, 404]


def test_a_phone_is_shown_with_whose_it_is(browser: Browser) -> None:
    page = browser.get("/phones?n=%2B62812345001&n=%2B6281299988877&add=0812-3450-02").text
    for shown in (
        "Aipda Adi Pontianak",
        "Petugas · 0812345001",
        "Belum terdaftar · 081299988877",
        "Aipda Adi Kubu Raya",
    ):
        assert shown in page
    assert page.count("data-phone=") == 3
    assert "<script>" not in page
    assert "style=" not in page


def test_what_is_no_number_is_said_and_adds_nothing(browser: Browser) -> None:
    page = browser.get("/phones?add=<b>Budi").text
    assert "Bukan nomor telepon: &lt;b&gt;Budi" in page
    assert "data-phone=" not in page


def test_it_begins_with_phones_that_are_there(browser: Browser, phones: Handsets) -> None:
    for number in (ADI, STRANGER):
        phones.add(number)
    assert browser.get("/phones").text.count("data-phone=") == 2


def test_there_is_an_end_to_phones_on_one_page(browser: Browser) -> None:
    many = "&".join(f"n=%2B6281299900{number:03}" for number in range(20))
    assert browser.get(f"/phones?{many}").text.count("data-phone=") == pages.MOST


def test_texts_and_calls_that_came_are_told(browser: Browser, phones: Handsets, out: Simulator) -> None:
    out.send_texts([TextOut(attempt=1, to=ADI, body="DARURAT K7Q")])
    out.place_call(CallOut(attempt=2, to=ADI))
    told = state_of(browser, ADI)
    assert [(text["heading"], text["body"]) for text in told["texts"]] == [("Dari 056100110", "DARURAT K7Q")]
    assert (told["call"]["doing"], told["call"]["title"]) == ("ringing_in", "BERDERING: 056100110")


def test_a_text_leaves_the_phone_though_the_gateway_does_not_answer_yet(browser: Browser, phones: Handsets) -> None:
    assert press(browser, f"/phones/{STRANGER}/text", "TOLONG") == (204, "")
    assert [text.body for text in phones.texts(STRANGER)] == ["TOLONG"]
    assert [owed.path for owed in phones.owed.due(phones.clock().replace(year=2099))] == ["sms"]


def test_the_red_key_refuses_a_call(browser: Browser, phones: Handsets, out: Simulator) -> None:
    out.place_call(CallOut(attempt=2, to=ADI))
    assert press(browser, f"/phones/{ADI}/hang-up") == (204, "")
    assert state_of(browser, ADI)["call"] is None


@pytest.mark.parametrize("action", ["press", "hang-up", "reply"])
def test_a_phone_that_does_nothing_says_so(browser: Browser, action: str) -> None:
    status, sentence = press(browser, f"/phones/{ADI}/{action}", "1")
    assert (status, sentence) == (409, "Tidak ada panggilan atau menu di HP ini.")


@pytest.mark.parametrize("action", ["text", "miss", "call", "dial"])
def test_a_phone_that_is_off_says_so(browser: Browser, phones: Handsets, action: str) -> None:
    assert press(browser, f"/phones/{ADI}/quirk", "off") == (204, "")
    assert phones.quirk(ADI) is Quirk.OFF
    assert press(browser, f"/phones/{ADI}/{action}", "*110#") == (409, "HP ini mati.")


@pytest.mark.parametrize(
    ("path", "words", "status"),
    [
        (f"/phones/{ADI}/explode", "", 404),
        ("/phones/POLISI/text", "TOLONG", 404),
        (f"/phones/{ADI}/press", "A", 400),
        (f"/phones/{ADI}/quirk", "melted", 404),
    ],
)
def test_what_no_phone_can_do_is_refused(browser: Browser, path: str, words: str, status: int) -> None:
    assert press(browser, path, words)[0] == status


def test_nothing_is_done_without_the_pages_token(app: Flask, phones: Handsets) -> None:
    assert app.test_client().post(f"/phones/{ADI}/text", data={"words": "TOLONG"}).status_code == 400
    assert phones.texts(ADI) == []


def test_a_form_without_a_script_comes_back_to_the_same_phones(browser: Browser) -> None:
    browser.get("/phones")
    back = f"/phones?n=%2B{ADI[1:]}"
    assert browser.post(f"/phones/{ADI}/quirk", words="busy", back=back).headers["Location"] == back
    assert (
        browser.post(f"/phones/{ADI}/quirk", words="fine", back="//evil.example").headers["Location"]
        != "//evil.example"
    )


def test_more_keys_at_once_than_there_are_threads_for_are_refused(browser: Browser) -> None:
    taken = [pages.turns.acquire(blocking=False) for _ in range(8)]
    try:
        assert press(browser, f"/phones/{ADI}/text", "TOLONG")[0] == 409
    finally:
        pages.turns.release(len(taken))
