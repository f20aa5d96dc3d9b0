"""The pages over HTTP: who may open and press what, in both ways of asking (a form's and a script's)."""

from __future__ import annotations

import pytest
from flask import Flask

from gateway.models import incident as incidents
from gateway.models.citizen import Citizen, Person
from gateway.models.inbound import Inbound
from gateway.models.report import Report
from gateway.models.worker import LineHealth, Worker
from gateway.wiring import House
from tests.console.station import CALLER, Browser, Clock, act, card_of, file_of, panic

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


def test_what_is_closed_stands_below_the_texts_that_wait(siti: Browser, home: House, code: str) -> None:
    act(home, code, "close", outcome="resolved", reason="selesai")
    board = siti.client.get("/monitor/board", headers=SCRIPT).get_json()
    assert f'data-incident="{code}"' in board["closed"]
    assert code not in board["board"]
    page = siti.get("/monitor").text
    assert page.index("data-board") < page.index("data-unread") < page.index("data-closed")


def test_the_monitor_says_what_keeps_phones_from_ringing(siti: Browser, home: House) -> None:
    def trouble() -> list[str]:
        return list(siti.client.get("/monitor/board", headers=SCRIPT).get_json()["trouble"])

    assert len(trouble()) == 1
    assert trouble()[0].startswith("PEKERJA MATI")
    with home.open_uow() as uow:
        now = uow.now()
        uow.db.add(Worker(name="one", beat_at=now, swept_at=now))
        uow.db.add(LineHealth(line="simulator", bad_at=now, code="timeout"))
    assert trouble() == ["Jalur simulator gagal pada percobaan terakhir."]


def test_a_strangers_cry_for_help_sounds_on_every_desk(siti: Browser, home: House) -> None:
    with home.open_uow() as uow:
        for number, words in enumerate(("tolong saya", "halo")):
            uow.db.add(Inbound(line="x", kind="text", ref=words, phone=f"+628990000000{number}", body=words,
                                state="to_human", received_at=uow.now()))  # fmt: skip
    told = siti.get("/monitor/board").json
    assert told is not None
    assert told["asking"] == 1
    assert told["unread"].count("MUNGKIN DARURAT") == 1


def test_another_desks_board_is_empty(app: Flask, code: str) -> None:
    board = logged_in(app, "Rudi").client.get("/monitor/board", headers=SCRIPT).get_json()
    assert (board["alarms"], board["incidents"]) == ([], [])
    assert code not in board["board"] + board["closed"]


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
    with home.open_uow() as uow:
        uow.db.add(Inbound(line="x", kind="text", ref="1", phone="+6289900000001", body="tolong <b>saya</b>",
                            state="to_human", received_at=uow.now()))  # fmt: skip
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


# --- times, the end of a log-in, paper ---------------------------------------------------------------------------


def test_an_incidents_page_tells_each_step_with_its_time(siti: Browser, home: House, clock: Clock, code: str) -> None:
    clock.move(seconds=95)
    act(home, code, "accept", officer="1")
    page = siti.get(f"/incidents/{code}").text
    steps = page[page.index('<ol class="steps"') :].split("</ol>")[0]
    assert [word in steps for word in ("Masuk", "Diterima", "+1:35", "Aipda Adi Pontianak", "Tiba")] == [True] * 4 + [
        False
    ]
    assert f'data-now="{clock().isoformat()}"' in page


def test_paper_has_what_a_report_needs_and_no_profile_that_nobody_opened(siti: Browser, home: House) -> None:
    code = panic(home, "TOLONG ada maling")
    with home.open_uow() as uow:
        person = Person(name="Budi", address="Jl. Merdeka 1", notes="tuli", created_at=uow.now())
        uow.db.add(person)
        uow.db.flush()
        budi = Citizen(phone=CALLER, person_id=person.id, state="verified", applied_at=uow.now())
        uow.db.add(budi)
        uow.db.flush()
        incident = incidents.open_by_code(uow.db, code)
        assert incident is not None
        incident.citizen_id = budi.id
    page = siti.get(f"/incidents/{code}").text
    for needed in ("No. LP / mutasi", "Polres Pontianak", "-0.03000, 109.33000", "oleh Siti", "TOLONG ada maling"):
        assert needed in page
    assert "tuli" not in page
    assert "Jl. Merdeka" not in page
    assert "tuli" in siti.get(f"/incidents/{code}/profile").text


def test_reports_of_the_same_number_stand_beside_its_history(siti: Browser, home: House, code: str) -> None:
    assert "Laporan biasa dari nomor ini" not in siti.get(f"/incidents/{code}").text
    with home.open_uow() as uow:
        uow.db.add(Report(phone=CALLER, words="lampu mati", channel="sms", verified=True, received_at=uow.now()))
    assert "Laporan biasa dari nomor ini: 1" in siti.get(f"/incidents/{code}").text


def test_a_monitor_is_told_before_its_log_in_ends(siti: Browser, clock: Clock) -> None:
    def warned() -> bool:
        answer = siti.client.get("/monitor/board", headers=SCRIPT)
        return any("Sesi ini berakhir" in line for line in answer.get_json()["trouble"])

    for _ in range(5):  # an open monitor counts as somebody being there
        assert not warned()
        clock.move(hours=4)
    clock.move(hours=3, minutes=29)
    assert not warned()
    clock.move(minutes=2)
    assert warned()
    clock.move(minutes=30)
    assert siti.client.get("/monitor/board", headers=SCRIPT).status_code == 401


def test_the_next_shift_reads_who_was_there_and_what_is_left(siti: Browser, app: Flask, code: str) -> None:
    siti.post("/monitor/hand-over", note="")
    page = logged_in(app, "Tamu").get("/monitor").text
    assert "Dari Siti" in page
    assert f"1 panggilan terbuka ({code}), 0 pesan belum dibaca, 0 laporan belum dibaca" in page


def test_a_shift_that_leaves_nothing_says_nothing(siti: Browser, app: Flask) -> None:
    siti.post("/monitor/hand-over", note="aman")
    page = logged_in(app, "Tamu").get("/monitor").text
    assert "aman" in page
    assert "Ditinggalkan" not in page


def test_nothing_on_a_quiet_incidents_page_calls_its_number(siti: Browser, home: House) -> None:
    code = panic(home, quiet=True)
    for page in (siti.get(f"/incidents/{code}").text, siti.client.get("/monitor/board", headers=SCRIPT).text):
        assert f"tel:{CALLER}" not in page
        assert "/connect" not in page
        assert "/tell_citizen" not in page
    assert 'name="format-detection" content="telephone=no"' in siti.get(f"/incidents/{code}").text
    assert 'name="format-detection" content="telephone=no"' in siti.get("/monitor").text


def test_the_kind_is_shown_with_its_words_and_changed_by_a_desk_only(app: Flask, siti: Browser, home: House) -> None:
    code = panic(home, words="TOLONG kebakaran di gang merak")
    board = siti.client.get("/monitor/board", headers=SCRIPT).get_json()["board"]
    assert "Kebakaran" in board
    page = siti.get(f"/incidents/{code}").text
    assert "dari kata <q>kebakaran</q>" in page
    assert '<option value="fire" selected>Kebakaran</option>' in page
    guest = logged_in(app, "Tamu")
    assert 'name="kind"' not in guest.get(f"/incidents/{code}").text
    assert press(guest, f"/incidents/{code}/kind", kind="medical") == 403
    assert siti.client.post(f"/incidents/{code}/kind", data={"kind": "medical"}).status_code == 400  # no token
    assert card_of(home, code).kind == "fire"
    assert press(siti, f"/incidents/{code}/kind", kind="medical") == 204
    page = siti.get(f"/incidents/{code}").text
    assert "diubah Siti" in page
    assert '<option value="medical" selected>Darurat medis</option>' in page


def test_a_kind_that_nobody_has_told_is_not_shown(siti: Browser, home: House) -> None:
    code = panic(home, words="TOLONG")
    assert 'class="kind"' not in siti.get(f"/incidents/{code}").text
