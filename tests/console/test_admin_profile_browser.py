"""The page of an applicant in a real browser: a home by a click on the map, approval by one key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from gateway.models import citizen as citizens
from gateway.models.citizen import Citizen, Person
from gateway.wiring import House
from tests.console.chromium import faults
from tests.console.station import CALLER, PASSWORD, totp_of


@pytest.fixture
def page(chromium: Chromium, url: str, home: House) -> Iterator[Page]:
    """An applicant, before the administrator; at the end nothing may have broken the policy or come from outside."""
    with home.open_uow() as uow:
        uow.db.add(Citizen(phone=CALLER, person=Person(name="Dewi", created_at=uow.now()), state="pending",
                            unit_id=2, applied_at=uow.now()))  # fmt: skip
    context = chromium.new_context(viewport={"width": 1024, "height": 768}, locale="id-ID")
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(url) else None)
    page.goto(f"{url}/login?next=/admin/citizens/1")
    page.fill("[name=name]", "Ibu Admin")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.fill("[name=code]", totp_of(home, "Ibu Admin").at(home.clock()))
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Verifikasi", exact=True)).to_be_focused()
    yield page
    context.close()
    assert complaints == []


def holder(home: House) -> Citizen:
    with home.open_uow() as uow:
        row = citizens.current(uow.db, CALLER)
        assert row is not None
        return row


def test_a_click_on_the_map_is_their_home_and_enter_in_a_field_only_keeps_it(page: Page, home: House) -> None:
    expect(page.locator(".home-map .station")).to_have_count(2)
    assert faults(page) == []
    page.locator(".home-map").click(position={"x": 120, "y": 100})
    expect(page.locator(".home-pin")).to_be_visible()
    lat, lon = float(page.input_value("#lat")), float(page.input_value("#lon"))
    page.locator("#name").press("Enter")
    expect(page.get_by_text("Profil disimpan.")).to_be_visible()
    row = holder(home)
    assert (row.state, row.lat, row.lon) == ("pending", lat, lon)
    expect(page.get_by_role("button", name="Verifikasi", exact=True)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_text("sekarang bisa memanggil polisi")).to_be_visible()
    assert (holder(home).state, holder(home).lat) == ("verified", lat)
