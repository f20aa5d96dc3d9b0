"""Who may open the administrator's pages, and how far down each admin sees."""

from __future__ import annotations

import re

import pytest
from flask import Flask, url_for
from sqlalchemy import select

from gateway.models.officer import Officer
from gateway.models.report import Report
from gateway.models.shift import Shift
from gateway.models.unit import Unit
from gateway.models.worker import LineHealth
from gateway.web.console.admin.overview import SECTIONS
from gateway.wiring import House
from tests.console.admins import admin_browser
from tests.console.station import CALLER, Browser

PATHS = [
    "/admin",
    "/admin/applications",
    "/admin/citizens",
    "/admin/citizens/new",
    "/admin/officers",
    "/admin/shifts",
    "/admin/shifts?unit=2",
    "/admin/units",
    "/admin/units/2",
    "/admin/areas",
    "/admin/areas/2/remove",
    "/admin/reports",
    "/admin/results",
    "/admin/users",
    "/admin/audit",
    "/admin/recordings",
    "/admin/imports",
    "/admin/exports",
    "/admin/lines",
    "/admin/leaflets",
    "/admin/phrases",
]
# what is not the admins' alone
OPEN = {("Siti", "/admin/reports"), ("Siti", "/admin/results"), ("Tamu", "/admin/results")}


@pytest.mark.parametrize(
    ("name", "path"),
    [(name, path) for name in ("Siti", "Tamu") for path in PATHS if (name, path) not in OPEN],
)
def test_a_desk_and_a_viewer_cannot_open_it(app: Flask, name: str, path: str) -> None:
    someone = Browser(app.test_client())
    someone.log_in(name)
    assert someone.get(path).status_code == 403


@pytest.mark.parametrize("path", PATHS)
def test_a_stranger_is_asked_to_log_in(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/login")


@pytest.mark.parametrize("language", ["id", "en", "sw"])
def test_every_admin_page_is_there_in_every_language(app: Flask, home: House, language: str) -> None:
    admin = admin_browser(app, home)
    admin.post(f"/language/{language}")
    for path in PATHS:
        page = admin.get(path)
        assert page.status_code == 200, path
        assert "console." not in page.text.replace("console.css", "")
        assert "style=" not in page.text
        assert not re.search("<script(?![^>]* src=)", page.text)


def test_the_menu_leads_to_every_section(app: Flask, home: House) -> None:
    page = admin_browser(app, home).get("/admin").text
    with app.test_request_context():
        addresses = [url_for(endpoint) for endpoint in SECTIONS.values()]
    assert set(addresses) <= set(PATHS)
    for address in addresses:
        assert f'href="{address}"' in page


def test_the_first_page_counts_what_waits_and_what_is_wrong(app: Flask, home: House) -> None:
    admin = admin_browser(app, home)

    def counted() -> list[str]:
        return re.findall(r"<strong>(\d+)</strong>", admin.get("/admin").text)

    assert counted() == ["0", "0", "0", "0", "0"]
    with home.open_uow() as uow:
        uow.db.add(Report(phone=CALLER, words="ada judi", channel="sms", verified=False, received_at=uow.now()))
        uow.db.add(LineHealth(line="simulator", bad_at=uow.now(), code="timeout"))
        uow.db.add(Unit(code="SEK", name="Polsek Kota", kind="polsek", timezone="Asia/Pontianak"))
        officer = uow.db.scalars(select(Officer)).first()
        assert officer is not None
        uow.db.add(Shift(officer_id=officer.id, weekday=0, starts=360, minutes=480))
    assert counted() == ["0", "1", "1", "1", "1"]
