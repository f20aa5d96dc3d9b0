"""The counter under a wording, in a real browser: it follows the typing, and says in words what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from gateway.core.sentences import phrases
from gateway.wiring import House
from tests.console.chromium import faults
from tests.console.station import PASSWORD, totp_of


@pytest.fixture(autouse=True)
def catalogue_only() -> Iterator[None]:
    yield
    phrases.reword({})


@pytest.fixture
def admin(chromium: Chromium, url: str, home: House) -> Iterator[Page]:
    """Ibu Admin, at a sentence."""
    context = chromium.new_context(viewport={"width": 1024, "height": 768}, locale="id-ID")
    page = context.new_page()
    page.goto(f"{url}/login?next=/admin/phrases/id/citizen.more_added")
    page.fill("[name=name]", "Ibu Admin")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.fill("[name=code]", totp_of(home, "Ibu Admin").at(home.clock()))
    page.keyboard.press("Enter")
    expect(page.locator("#text")).to_be_visible()
    yield page
    context.close()


def test_the_counter_follows_the_typing_and_without_it_there_is_a_button(admin: Page) -> None:
    counted = admin.locator("#measured")
    expect(counted).to_contain_text("55 / 160")
    expect(admin.get_by_role("button", name="Lihat hasilnya")).to_be_hidden()
    field = admin.locator("#text")
    field.fill("")
    field.press_sequentially("Polres ±")
    expect(counted).to_contain_text("Hilang: {code}")
    expect(counted).to_contain_text("Harus diawali: POLISI")
    expect(counted).to_contain_text("± → +-")
    assert faults(admin) == []
    field.fill("POLISI: {code} dicatat. " + "x" * 140)
    expect(counted).to_contain_text("kelebihan 2")
    field.fill("POLISI: {code} dicatat.")
    expect(counted).to_contain_text("sisa 139")
    expect(counted).to_contain_text("POLISI: K7Q2 dicatat.")
    admin.get_by_role("button", name="Simpan").click()
    expect(admin.locator(".flash")).to_contain_text("Disimpan")
    expect(field).to_have_value("POLISI: {code} dicatat.")
    assert admin.evaluate("document.documentElement.scrollWidth") <= 1024
    admin.route("**/phrases/measure", lambda route: route.abort())
    field.press_sequentially("x")
    expect(admin.get_by_role("button", name="Lihat hasilnya")).to_be_visible()
