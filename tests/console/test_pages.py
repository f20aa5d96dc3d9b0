"""The pages over HTTP: who may open and press what, in both ways of asking (a form's and a script's)."""

from __future__ import annotations

import pytest
from flask import Flask

from gateway.models.inbound import Inbound
from gateway.models.worker import LineHealth, Worker
from gateway.wiring import House
from tests.console.station import Browser, card_of, file_of, panic

SCRIPT = {"X-Requested-With": "fetch"}


@pytest.fixture
def code(home: House) -> str:
    return panic(home)


def logged_in(app: Flask, name: str) -> Browser:
    someone = Browser(app.test_client())
    someone.log_in(name)
    return someone


def press(browser: Browser, path: str, **form: str) -> int:
    """As the monitor's script presses."""
    headers = {**SCRIPT, "X-CSRFToken": browser.token}
    return browser.client.post(path, data=form, headers=headers).status_code


def test_the_monitor_has_what_a_shift_needs(siti: Browser) -> None:
    page = siti.get("/monitor").text
    for needed in ("data-start-shift", 'data-connection="lost"', "data-board", "data-unread", "SUARA MATI"):
        assert needed in page
    assert "<script>" not in page
    assert "style=" not in page


def test_the_board_carries_lists_pins_and_alarms(siti: Browser, code: str) -> None:
    board = siti.client.get("/monitor/board", headers=SCRIPT).get_json()
    assert f'data-incident="{code}"' in board["board"]
    assert board["alarms"] == [code]
    assert [(pin["code"], pin["tone"], pin["radius"]) for pin in board["incidents"]] == [(code, "open", 30)]
    assert "csrf_token" not in board["board"]  # the script sends its own


def test_the_monitor_says_what_keeps_phones_from_ringing(siti: Browser, home: House) -> None:
    def trouble() -> list[str]:
        return list(siti.client.get("/monitor/board", headers=SCRIPT).get_json()["trouble"])

    assert len(trouble()) == 1
    assert trouble()[0].startswith("PEKERJA MATI")
    with home.open_desk() as desk:
        now = desk.now()
        desk.db.add(Worker(name="one", beat_at=now, swept_at=now))
        desk.db.add(LineHealth(line="simulator", bad_at=now, code="timeout"))
    assert trouble() == ["Jalur simulator gagal pada percobaan terakhir."]


def test_another_desks_board_is_empty(app: Flask, code: str) -> None:
    board = logged_in(app, "Rudi").client.get("/monitor/board", headers=SCRIPT).get_json()
    assert (board["alarms"], board["incidents"]) == ([], [])
    assert code not in board["board"]


def test_the_map_shows_the_units_of_this_desk(siti: Browser) -> None:
    chart = siti.client.get("/monitor/map", headers=SCRIPT).get_json()
    assert [unit["name"] for unit in chart["units"]] == ["Polres Pontianak"]
    assert chart["areas"]["features"] == []


def test_an_incident_has_a_page_of_its_own(siti: Browser, code: str) -> None:
    page = siti.get(f"/incidents/{code.lower()}")
    assert page.status_code == 200
    assert "TOLONG ada maling" in page.text
    assert f'action="/incidents/{code}/close"' in page.text
    part = siti.client.get(f"/incidents/{code}", headers=SCRIPT).text
    assert "<html" not in part
    assert "csrf_token" not in part


@pytest.mark.parametrize("path", ["/incidents/{code}", "/incidents/ZZ9", "/incidents/{code}/profile"])
def test_the_desk_of_another_polres_finds_nothing(app: Flask, code: str, path: str) -> None:
    rudi = logged_in(app, "Rudi")
    assert rudi.get(path.format(code=code)).status_code == 404
    assert press(rudi, path.format(code=code).removesuffix("/profile") + "/note", words="x") == 404


@pytest.mark.parametrize("action", ["close", "accept", "seen", "anything"])
def test_a_viewer_may_look_and_nothing_else(app: Flask, home: House, code: str, action: str) -> None:
    tamu = logged_in(app, "Tamu")
    page = tamu.get(f"/incidents/{code}")
    assert page.status_code == 200
    assert "<form" not in page.text.split('id="content"')[1]
    assert tamu.post(f"/incidents/{code}/{action}", outcome="resolved", reason="x").status_code == 403
    assert tamu.get(f"/incidents/{code}/profile").status_code == 403
    assert card_of(home, code).state == "open"


@pytest.mark.parametrize("path", ["/incidents/{code}/close", "/monitor/hand-over", "/unread/1/seen"])
def test_a_form_without_its_token_does_nothing(siti: Browser, home: House, code: str, path: str) -> None:
    siti.token = ""
    assert siti.post(path.format(code=code), outcome="resolved", reason="x").status_code == 400
    assert card_of(home, code).state == "open"


def test_a_stranger_is_asked_to_log_in_and_a_script_told_so(browser: Browser, code: str) -> None:
    assert browser.get(f"/incidents/{code}").status_code == 302
    for path in ("/monitor/board", "/monitor/map", "/live", f"/incidents/{code}"):
        assert browser.client.get(path, headers=SCRIPT).status_code == 401


def test_a_form_comes_back_to_the_page_with_a_word(siti: Browser, code: str) -> None:
    siti.get(f"/incidents/{code}")
    answer = siti.post(f"/incidents/{code}/note", words="catatan")
    assert (answer.status_code, answer.location) == (303, f"/incidents/{code}")
    assert "Dicatat." in siti.get(answer.location).text


def test_a_script_gets_no_page_back(siti: Browser, home: House, code: str) -> None:
    assert press(siti, f"/incidents/{code}/seen") == 204
    assert not card_of(home, code).unseen


def test_what_cannot_be_done_now_is_said(siti: Browser, code: str) -> None:
    siti.get(f"/incidents/{code}")
    assert press(siti, f"/incidents/{code}/close", outcome="resolved") == 409
    back = siti.post(f"/incidents/{code}/close", outcome="resolved")
    assert "Tulis dulu isinya." in siti.get(back.location).text


def test_an_unknown_action_is_not_found(siti: Browser, code: str) -> None:
    assert siti.post(f"/incidents/{code}/explode").status_code == 404


def test_a_waiting_text_is_settled_once(siti: Browser, home: House) -> None:
    with home.open_desk() as desk:
        desk.db.add(Inbound(line="x", kind="text", ref="1", phone="+6289900000001", body="tolong <b>saya</b>",
                            state="to_human", received_at=desk.now()))  # fmt: skip
    board = siti.client.get("/monitor/board", headers=SCRIPT).get_json()
    assert "tolong &lt;b&gt;saya&lt;/b&gt;" in board["unread"]
    assert press(siti, "/unread/1/explode") == 404
    assert press(siti, "/unread/1/emergency") == 204
    assert press(siti, "/unread/1/seen") == 409
    assert len(siti.client.get("/monitor/board", headers=SCRIPT).get_json()["alarms"]) == 1


def test_a_shift_is_handed_over_with_a_note_and_a_log_out(siti: Browser, app: Flask) -> None:
    assert siti.post("/monitor/hand-over", note="kunci mobil di laci").status_code == 302
    assert siti.get("/monitor").status_code == 302
    assert "kunci mobil di laci" in logged_in(app, "Tamu").get("/monitor").text
    assert "kunci mobil di laci" not in logged_in(app, "Rudi").get("/monitor").text


def test_what_a_citizen_wrote_is_never_markup(siti: Browser, home: House) -> None:
    code = panic(home, "TOLONG <script>alert(1)</script>")
    for page in (siti.get(f"/incidents/{code}").text, siti.client.get("/monitor/board", headers=SCRIPT).text):
        assert "<script>alert" not in page
    assert file_of(home, code).lines[-1].text == "TOLONG <script>alert(1)</script>"


def test_a_server_that_shows_no_socket_sends_pages_to_ask_for_themselves(siti: Browser) -> None:
    assert siti.client.get("/live", headers=SCRIPT).status_code == 503


@pytest.mark.parametrize("language", ["id", "en", "sw"])
def test_every_page_is_there_in_every_language(siti: Browser, code: str, language: str) -> None:
    siti.post(f"/language/{language}")
    for path in ("/monitor", f"/incidents/{code}", "/monitor/board"):
        page = siti.get(path)
        assert page.status_code == 200
        assert "console." not in page.text.replace("console.css", "")
