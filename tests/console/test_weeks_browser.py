"""A monitor that is not left alone for weeks: pages that fail to come, incidents that move away, many tabs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect

from gateway.incidents import timeline
from gateway.models import incident as incidents
from gateway.models.citizen import Citizen, Person
from gateway.wiring import House
from tests.console.chromium import WITHIN, faults
from tests.console.station import CALLER, PASSWORD, panic

TABS = 7  # a browser keeps six connections to one host and port


@pytest.fixture
def context(chromium: Chromium, url: str) -> Iterator[BrowserContext]:
    """Siti's browser, logged in."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID", base_url=url)
    log_in(context.new_page(), "Siti")
    yield context
    context.close()


def log_in(page: Page, name: str) -> None:
    page.goto("/login")
    page.fill("[name=name]", name)
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator('[data-connection="live"]')).to_be_visible()


@pytest.fixture
def monitor(context: BrowserContext) -> Page:
    return context.pages[0]


def test_details_that_do_not_come_leave_the_monitor_where_it_is(
    home: House, context: BrowserContext, monitor: Page
) -> None:
    code = panic(home)
    expect(monitor.locator(f'.card[data-incident="{code}"]')).to_be_visible(timeout=WITHIN)
    context.set_offline(True)
    monitor.click(f'.card [data-open="{code}"]')
    expect(monitor.locator("[data-said]")).to_contain_text("SAMBUNGAN PUTUS")
    assert monitor.url.endswith("/monitor")
    expect(monitor.locator("body[data-alarm=ringing]")).to_be_attached()
    context.set_offline(False)
    expect(monitor.locator('[data-connection="live"]')).to_be_visible(timeout=6000)
    monitor.click(f'.card [data-open="{code}"]')
    expect(monitor.locator(f'[data-dossier-of="{code}"]')).to_be_visible()


def test_an_open_incident_that_went_to_another_polres_closes_with_a_word(home: House, monitor: Page) -> None:
    code, other = panic(home), panic(home, phone="+6281255500002")
    monitor.click(f'.card [data-open="{code}"]')
    expect(monitor.locator(f'[data-dossier-of="{code}"]')).to_be_visible()
    with home.open_uow() as uow:
        incident = incidents.open_by_code(uow.db, code)
        assert incident is not None
        timeline.record(uow, incident, "unit", text="Polres Kubu Raya")
        incident.unit_id = 3
    panic(home, phone="+6281255500003")  # something that this desk hears of
    expect(monitor.locator("[data-detail]")).to_be_hidden(timeout=6000)
    expect(monitor.locator("[data-said]")).to_contain_text(f"{code} sekarang ditangani satuan lain")
    monitor.wait_for_timeout(3500)
    expect(monitor.locator('[data-connection="live"]')).to_be_visible()
    monitor.click(f'.card [data-open="{other}"]')
    expect(monitor.locator(f'[data-dossier-of="{other}"]')).to_be_visible()


def test_incidents_left_open_in_tabs_do_not_starve_the_monitor(
    home: House, context: BrowserContext, monitor: Page
) -> None:
    code = panic(home)
    for _ in range(TABS):
        tab = context.new_page()
        tab.goto(f"/incidents/{code}", wait_until="domcontentloaded")
        tab.evaluate(HIDE)
    monitor.bring_to_front()
    other = panic(home, phone="+6281255500002")
    expect(monitor.locator(f'.card[data-incident="{other}"]')).to_be_visible(timeout=WITHIN)
    monitor.click(f'.card [data-open="{other}"]')
    expect(monitor.locator(f'[data-dossier-of="{other}"]')).to_be_visible()
    tab = context.pages[-1]
    expect(tab.locator('[data-connection="live"]')).to_be_attached()
    tab.evaluate(SHOW)
    expect(tab.locator('[data-connection="live"]')).to_be_visible(timeout=3000)


HIDE = """() => {
  Object.defineProperty(document, "visibilityState", {value: "hidden", configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""
SHOW = HIDE.replace('"hidden"', '"visible"')


def test_boundaries_that_did_not_come_are_asked_for_again(context: BrowserContext, monitor: Page) -> None:
    monitor.route("**/monitor/map", lambda route: route.abort())
    monitor.reload()
    expect(monitor.locator('[data-connection="live"]')).to_be_visible()
    expect(monitor.locator(".map-name")).to_have_count(0)
    monitor.unroute("**/monitor/map")
    expect(monitor.locator(".map-name", has_text="Polres Pontianak")).to_be_visible(timeout=12000)


def test_a_monitor_goes_on_when_its_user_logs_in_again_beside_it(
    home: House, context: BrowserContext, monitor: Page
) -> None:
    beside = context.new_page()
    beside.goto("/logout")
    log_in(beside, "Siti")
    code = panic(home)
    monitor.click(f'[data-incident="{code}"] [data-see]')
    expect(monitor.locator("body[data-alarm=silent]")).to_be_attached(timeout=3000)


def test_a_monitor_whose_browser_became_somebody_elses_says_so(
    home: House, context: BrowserContext, monitor: Page
) -> None:
    beside = context.new_page()
    beside.goto("/logout")
    log_in(beside, "Rudi")
    panic(home)
    expect(monitor.locator('[data-connection="lost"]')).to_contain_text("SESI BERAKHIR", timeout=3000)


def test_the_map_says_what_its_signs_mean(monitor: Page) -> None:
    legend = monitor.locator(".legend")
    expect(legend.locator("li").first).to_be_hidden()
    legend.locator("summary").focus()
    monitor.keyboard.press("Enter")
    for words in ("belum ada petugas", "di dalam lingkaran", "Relawan yang bersedia", "Batas wilayah"):
        expect(legend.locator("li", has_text=words)).to_be_visible()
    assert faults(monitor) == []


def test_a_profile_that_does_not_come_is_said(
    home: House, context: BrowserContext, monitor: Page, profiled: Callable[[], str]
) -> None:
    code = profiled()
    monitor.click(f'.card [data-open="{code}"]')
    expect(monitor.locator("[data-reveal]")).to_be_visible()
    monitor.route("**/profile", lambda route: route.abort())
    monitor.click("[data-reveal]")
    expect(monitor.locator("[data-said]")).to_be_visible()


@pytest.fixture
def profiled(home: House) -> Callable[[], str]:
    """Makes an incident of somebody about whom something is on file; gives its code."""

    def make() -> str:
        with home.open_uow() as uow:
            person = Person(name="Wati", notes="asma", created_at=uow.now())
            uow.db.add(Citizen(phone=CALLER, person=person, state="verified", channel="sms", unit_id=2,
                                applied_at=uow.now()))  # fmt: skip
        return panic(home)

    return make
