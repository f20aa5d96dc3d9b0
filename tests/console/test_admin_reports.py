"""The page of reports without emergency: for admins and desks, and how a desk finds it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from gateway.identity.callers import identify
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.models.report import Report
from gateway.monitor import reports
from gateway.register import phone_commands
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin, trail
from tests.console.station import CALLER, Browser

REPORTS = "/admin/reports"


def report(home: House, words: str = "lampu jalan mati", phone: str = CALLER) -> int:
    with home.open_uow() as uow:
        return phone_commands.keep_report(uow, identify(uow, phone), words, "sms").id


def logged_in(app: Flask, name: str) -> Browser:
    someone = Browser(app.test_client())
    someone.log_in(name)
    return someone


def test_a_desk_reads_them_and_finds_nothing_else_of_the_admins(siti: Browser, home: House) -> None:
    report(home, "jual miras & judi <b>")
    page = siti.get(REPORTS).text
    assert "jual miras &amp; judi &lt;b&gt;" in page
    assert "TIDAK TERDAFTAR" in page
    assert "/admin/users" not in page
    assert "/admin/citizens" not in page


def test_a_viewer_neither_reads_nor_settles(app: Flask, home: House) -> None:
    report_id = report(home)
    tamu = logged_in(app, "Tamu")
    assert tamu.get(REPORTS).status_code == 403
    assert f'href="{REPORTS}"' not in tamu.get("/monitor").text
    assert tamu.post(f"{REPORTS}/{report_id}/seen").status_code == 403


def test_a_desk_sees_on_its_monitor_how_many_wait(siti: Browser, home: House) -> None:
    assert "<span data-reports></span>" in siti.get("/monitor").text
    report(home)
    page = siti.get("/monitor").text
    assert f'href="{REPORTS}" target="_blank"' in page
    assert "<span data-reports>1</span>" in page
    assert siti.get("/monitor/board").json["reports"] == 1  # type: ignore[index]


def test_a_report_is_noted_as_read_under_the_desks_name(siti: Browser, home: House) -> None:
    report_id = report(home)
    siti.get(REPORTS)
    back = siti.post(f"{REPORTS}/{report_id}/seen?which=all", note="patroli lewat")
    assert (back.status_code, back.location) == (303, f"{REPORTS}?which=all")
    assert "Semua laporan sudah dibaca." in siti.get(REPORTS).text
    page = siti.get(back.location).text
    assert "patroli lewat" in page
    assert "Dibaca Siti, 2026-11-22 14:00 WIB" in page
    assert trail(home) == [("Siti", "tip.read", CALLER)]


def test_an_answer_goes_out_and_one_that_is_too_long_is_told(siti: Browser, home: House) -> None:
    report_id = report(home)
    back = siti.post(f"{REPORTS}/{report_id}/answer", words="panjang " * 30)
    assert "Belum dikirim" in siti.get(back.location).text
    back = siti.post(f"{REPORTS}/{report_id}/answer", words="Terima kasih.")
    assert "SMS jawaban dikirim." in siti.get(back.location).text
    with home.open_uow() as uow:
        owed = [row.body for row in uow.db.scalars(select(Outbound).where(Outbound.phone == CALLER))]
    assert len(owed) == 1
    assert str(owed[0]).startswith("POLISI: Terima kasih.")


def test_an_emergency_leads_to_its_incident(siti: Browser, home: House) -> None:
    report_id = report(home, "ada orang bawa parang -0.0300,109.3300")
    back = siti.post(f"{REPORTS}/{report_id}/emergency")
    with home.open_uow() as uow:
        code = uow.db.scalars(select(Incident.code)).one()
    assert back.location == f"/incidents/{code}"
    assert code in siti.get("/monitor/board").json["alarms"]  # type: ignore[index]


def test_an_emergency_of_another_polres_leads_back(app: Flask, siti: Browser, home: House) -> None:
    with home.open_uow() as uow:
        uow.db.add(Report(phone=CALLER, words="di sini -0.1500,109.4000", channel="sms", verified=False,
                        received_at=uow.now()))  # fmt: skip
    back = siti.post(f"{REPORTS}/1/emergency")
    assert back.location == REPORTS


@pytest.mark.parametrize("action", ["seen", "answer", "emergency"])
def test_the_desk_of_another_polres_settles_nothing(app: Flask, home: House, action: str) -> None:
    report_id = report(home, phone="+62812345001")  # an officer of Pontianak
    rudi = logged_in(app, "Rudi")
    assert "lampu jalan mati" not in rudi.get(REPORTS).text
    back = rudi.post(f"{REPORTS}/{report_id}/{action}", words="baik")
    assert "tidak ada lagi untuk piket Anda" in rudi.get(back.location).text
    assert trail(home) == []


def test_a_form_without_its_token_does_nothing(siti: Browser, home: House) -> None:
    report_id = report(home)
    siti.token = ""
    assert siti.post(f"{REPORTS}/{report_id}/emergency").status_code == 400


def test_an_unknown_action_is_not_found(siti: Browser, home: House) -> None:
    assert siti.post(f"{REPORTS}/{report(home)}/eat").status_code == 404


def test_admins_read_them_within_their_units(app: Flask, home: House) -> None:
    report(home, phone="+62812345002")  # an officer of Kubu Raya
    assert "lampu jalan mati" in admin_browser(app, home).get(REPORTS).text
    assert "lampu jalan mati" not in polres_admin(app, home).get(REPORTS).text


def test_older_ones_are_a_page_away(siti: Browser, home: House) -> None:
    first = report(home, "yang paling lama")
    for number in range(reports.MOST):
        report(home, f"nomor {number}")
    page = siti.get(f"{REPORTS}?q=81255").text
    assert "yang paling lama" not in page
    older = f"{REPORTS}?q=81255&amp;before={first + 1}"
    assert older in page
    page = siti.get(older.replace("&amp;", "&")).text
    assert "yang paling lama" in page
    assert "before=" not in page
    assert "yang paling lama" not in siti.get(f"{REPORTS}?before=x").text


@pytest.mark.parametrize("language", ["id", "en", "sw"])
def test_the_page_is_there_in_every_language(siti: Browser, home: House, language: str) -> None:
    siti.post(f"/language/{language}")
    report_id = report(home)
    siti.post(f"{REPORTS}/{report_id}/seen", note="dicatat")
    report(home)
    for which in ("", "?which=all"):
        page = siti.get(REPORTS + which).text
        assert "console." not in page.replace("console.css", "")
        assert "style=" not in page
