"""The map of areas in a real browser: a click on it names who answers there."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from gateway.models.unit import Area
from gateway.wiring import House
from tests.console.chromium import faults, served
from tests.console.station import PASSWORD, totp_of

WEST = {"type": "Polygon", "coordinates": [[[109.3, -0.1], [109.35, -0.1], [109.35, 0], [109.3, 0], [109.3, -0.1]]]}
EAST = {"type": "Polygon", "coordinates": [[[109.35, -0.1], [109.4, -0.1], [109.4, 0], [109.35, 0], [109.35, -0.1]]]}


@pytest.fixture
def url(app: Flask, home: House) -> Iterator[str]:
    """The console with two areas side by side, served by this very process."""
    with home.open_uow() as uow:
        for unit_id, geometry in ((2, WEST), (3, EAST)):
            uow.db.add(Area(unit_id=unit_id, geometry=json.dumps(geometry)))
    with served(app) as address:
        yield address


@pytest.fixture
def page(chromium: Chromium, url: str, home: House) -> Iterator[Page]:
    """The map, opened by the administrator; at the end nothing may have broken the policy or come from outside."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID")
    complaints: list[str] = []
    page = context.new_page()
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(url) else None)
    page.goto(f"{url}/login?next=/admin/areas")
    page.fill("[name=name]", "Ibu Admin")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.fill("[name=code]", totp_of(home, "Ibu Admin").at(home.clock()))
    page.keyboard.press("Enter")
    expect(page.locator("[data-areas] .area-name")).to_have_count(2)
    yield page
    context.close()
    assert complaints == []


def click(page: Page, across: float) -> None:
    """On the map, at a share of its width, below its middle where no station stands."""
    chart = page.locator("[data-areas]").bounding_box()
    assert chart is not None
    page.mouse.click(chart["x"] + chart["width"] * across, chart["y"] + chart["height"] * 0.6)


def test_a_click_on_the_map_names_who_answers_and_leads_to_who_would_be_asked(page: Page) -> None:
    says = page.locator("[data-says]")
    click(page, 0.4)
    expect(says).to_have_text("Dijawab Polres Pontianak: titik ini di wilayahnya.")
    click(page, 0.6)
    expect(says).to_have_text("Dijawab Polres Kubu Raya: titik ini di wilayahnya.")
    place = page.locator("#lat").input_value()
    page.click("[data-preview]")
    expect(page.locator("h1")).to_have_text("Polres Kubu Raya")
    assert float(page.locator("#lat").input_value()) == float(place)


def test_a_drawing_that_is_tried_lies_over_the_old_one(page: Page) -> None:
    page.select_option("select[name=unit]", "2")
    page.fill("#geojson", json.dumps(EAST))
    page.get_by_role("button", name="Lihat dulu").click()
    expect(page.locator("[data-areas] path.former[stroke-dasharray]")).to_have_count(1)
    expect(page.locator("[data-areas] path.fresh")).to_have_count(1)
    assert faults(page) == []
