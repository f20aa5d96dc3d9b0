"""Both themes in a real browser: every page by day and by night, on a PC and on a phone."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask, url_for
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from gateway.web.console.admin.overview import SECTIONS
from gateway.wiring import House
from tests.console.chromium import faults
from tests.console.station import PASSWORD, panic, totp_of

SIZES = ((1366, 768), (390, 844))  # CSS pixels


@pytest.fixture
def admin(home: House, url: str, chromium: Chromium) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID", base_url=url)
    page = context.new_page()
    page.goto("/login")
    page.fill("[name=name]", "Ibu Admin")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.fill("[name=code]", totp_of(home, "Ibu Admin").at(home.clock()))
    page.keyboard.press("Enter")
    page.wait_for_url("**/monitor")
    yield page
    context.close()


def test_every_page_can_be_read_by_day_and_by_night_on_a_pc_and_on_a_phone(
    app: Flask, home: House, admin: Page
) -> None:
    code = panic(home)
    with app.test_request_context():
        live = ["/monitor", "/monitor/wall", f"/incidents/{code}"]
        paths = [*live, "/admin", "/duty", *map(url_for, SECTIONS.values())]
    found = []
    for path in paths:
        admin.goto(path)
        if path not in live:
            admin.wait_for_load_state("networkidle")
        for width, height in SIZES:
            admin.set_viewport_size({"width": width, "height": height})
            for scheme in ("light", "dark"):
                admin.emulate_media(color_scheme=scheme)
                found += [f"{path} {width} {scheme}: {fault}" for fault in faults(admin)]
    assert found == []


def test_the_night_begins_by_a_click_without_leaving_the_monitor(admin: Page) -> None:
    admin.emulate_media(color_scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    day = admin.evaluate(ground)
    admin.evaluate("window.stays = true")
    admin.click(".who summary")
    with admin.expect_response("**/theme"):
        admin.click("[data-themes] button[value=dark]")
    night = admin.evaluate(ground)
    assert night != day
    assert admin.evaluate("window.stays")
    admin.goto("/duty")  # another page of this browser remembers it
    assert admin.evaluate(ground) == night
    expect(admin.locator("[data-themes] button[value=dark]")).to_have_attribute("aria-pressed", "true")
    admin.emulate_media(media="print")
    assert admin.evaluate("getComputedStyle(document.body).color") == "rgb(20, 24, 31)"  # paper is never dark
