"""The whole demo in a real browser: one panics on a simulated phone, one accepts on another, the desk sees it all."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from gateway.cli.company import free_port, settings_environ
from gateway.config import Settings
from gateway.demo_city import BUDI, JOKO
from gateway.models import sealing
from gateway.models.incident import Incident
from gateway.wiring import House, build
from tests.console.chromium import WITHIN, faults, wait_until
from tests.console.station import act

SITI = "+6281360020002"  # a citizen whose phone must stay quiet
PATIENCE = 10_000  # milliseconds; what is asked of an alert is one second, and held by its own measurement


@dataclass(frozen=True)
class Demo:
    url: str
    password: str
    home: House


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`siaga demo` as anybody starts it."""
    folder = tmp_path_factory.mktemp("demo")
    environ = settings_environ(os.environ, DATA_DIR=str(folder), PORT=str(free_port()))
    settings = Settings.load({**environ, "DEMO": "1"})
    with (folder / "said").open("w") as said:
        process = subprocess.Popen([sys.executable, "-m", "gateway", "demo"], env=environ, stdout=said, stderr=said)
    try:
        wait_until(lambda: "Ctrl-C" in (folder / "said").read_text(), seconds=40)
        home = build(settings)
        yield Demo(settings.public_url, settings.demo_password.get_secret_value(), home)
        home.engine.dispose()
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture
def keys(demo: Demo) -> None:
    """Those that the demo made up."""
    sealing.use_keys([key.get_secret_value() for key in demo.home.settings.encryption_keys])


@pytest.fixture(autouse=True)
def nobody_in_need(demo: Demo, keys: None) -> Iterator[None]:
    """Each test ends with an empty board and no phone ringing."""
    yield
    with demo.home.open_uow() as uow:
        codes = uow.db.scalars(select(Incident.code).where(Incident.closed_at.is_(None))).all()
    for code in codes:
        act(demo.home, code, "close", "desk", outcome="resolved", reason="akhir uji")


@pytest.fixture
def new_page(chromium: Chromium) -> Iterator[Callable[..., Page]]:
    contexts = []

    def opened(width: int = 1366, height: int = 900) -> Page:
        contexts.append(chromium.new_context(viewport={"width": width, "height": height}, locale="id-ID"))
        return contexts[-1].new_page()

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture
def phones(demo: Demo, new_page: Callable[..., Page]) -> Page:
    page = new_page()
    page.goto(f"{demo.url}/phones")
    return page


@pytest.fixture
def monitor(demo: Demo, new_page: Callable[..., Page]) -> Page:
    page = new_page()
    page.goto(f"{demo.url}/login")
    page.fill("[name=name]", "desk")
    page.fill("[name=password]", demo.password)
    page.keyboard.press("Enter")
    page.click("[data-start-shift]")
    expect(page.locator('[data-connection="live"]')).to_be_visible()
    return page


def phone(page: Page, number: str) -> Locator:
    return page.locator(f'[data-phone="{number}"]')


def write(page: Page, number: str, words: str) -> None:
    phone(page, number).get_by_label("SMS ke polisi").fill(words)
    phone(page, number).get_by_role("button", name="Kirim").click()


def test_a_panic_on_one_phone_rings_another_and_the_desk_sees_it_to_its_end(phones: Page, monitor: Page) -> None:
    write(phones, BUDI, "TOLONG ada maling")
    card = monitor.locator(".card[data-state=open]")
    expect(card).to_be_visible(timeout=WITHIN)
    code = card.get_attribute("data-incident")
    expect(monitor.locator(f'[data-map] [data-incident="{code}"]')).to_be_visible(timeout=WITHIN)
    expect(monitor.locator("body[data-alarm=ringing]")).to_be_attached(timeout=WITHIN)
    screen = phone(phones, JOKO).locator("[data-screen]")
    expect(screen).to_contain_text("BERDERING", timeout=PATIENCE)
    expect(screen).to_contain_text(f"DARURAT {code}", timeout=PATIENCE)
    phone(phones, JOKO).get_by_role("button", name="Panggil / angkat").click()
    expect(screen).to_contain_text("Tekan tombol", timeout=PATIENCE)
    phone(phones, JOKO).get_by_role("button", name="1", exact=True).click()
    monitor.click(f'.card [data-open="{code}"]')
    dossier = monitor.locator(f'[data-dossier-of="{code}"]')
    expect(dossier).to_have_attribute("data-state", "accepted", timeout=WITHIN)
    expect(dossier).to_contain_text("Pemimpin: Aiptu Joko Hidayat")
    monitor.click("summary:has-text('Tutup panggilan')")
    monitor.fill("#reason", "pelaku ditangkap")
    expect(monitor.locator("#reason")).to_be_focused()
    monitor.keyboard.press("Enter")
    expect(dossier).to_have_attribute("data-state", "resolved")
    for told in ("TOLONG ada maling", "Joko Hidayat", "pelaku ditangkap"):
        expect(dossier.locator(".timeline")).to_contain_text(told)
    expect(phone(phones, BUDI).locator("[data-screen]")).to_contain_text("petugas", ignore_case=True)


def test_keys_write_a_code_and_the_green_one_dials_it(phones: Page) -> None:
    handset = phone(phones, BUDI)
    for key in "*110#":
        handset.get_by_role("button", name=key, exact=True).click()
    expect(handset.get_by_label("Kode USSD")).to_have_value("*110#")
    handset.get_by_role("button", name="Panggil / angkat").click()
    expect(handset.locator(".menu")).to_contain_text("1", timeout=PATIENCE)
    expect(handset.get_by_label("Jawaban menu")).to_be_empty()
    handset.get_by_role("button", name="Tutup").click()
    expect(handset.get_by_label("Kode USSD")).to_be_visible()


def test_a_missed_call_is_a_panic(phones: Page, monitor: Page) -> None:
    phone(phones, BUDI).get_by_role("button", name="tak terjawab").click()
    card = monitor.locator(".card[data-state=open]")
    expect(card).to_be_visible(timeout=PATIENCE)
    received = f"({card.get_attribute('data-incident')}) DITERIMA"
    expect(phone(phones, BUDI).locator("[data-screen]")).to_contain_text(received, timeout=PATIENCE)


def test_a_phone_is_added_by_its_number_and_taken_away(phones: Page) -> None:
    phones.get_by_label("Tambah HP").fill(SITI)
    phones.keyboard.press("Enter")
    expect(phones.locator("[data-phone]")).to_have_count(5)
    expect(phone(phones, SITI)).to_contain_text("Siti Lestari")
    phone(phones, SITI).get_by_role("link", name="Singkirkan").click()
    expect(phones.locator("[data-phone]")).to_have_count(4)


def test_what_cannot_be_done_is_said(phones: Page) -> None:
    handset = phone(phones, JOKO)
    handset.get_by_text("Keadaan HP").first.click()
    handset.get_by_role("combobox").select_option("off")
    handset.get_by_role("button", name="Ubah").click()
    expect(handset.locator("[data-screen]")).to_contain_text("Mati")
    write(phones, JOKO, "OK")
    expect(phones.get_by_role("alert")).to_have_text("HP ini mati.")
    handset.get_by_role("combobox").select_option("fine")
    handset.get_by_role("button", name="Ubah").click()
    expect(handset.locator("[data-screen]")).not_to_contain_text("Mati")


def test_a_phone_needs_no_mouse(phones: Page) -> None:
    handset = phone(phones, "+62561700302")
    handset.get_by_label("SMS ke polisi").focus()
    phones.keyboard.type("INFO")
    phones.keyboard.press("Enter")
    expect(handset.locator("[data-screen]")).to_contain_text("INFO")
    expect(handset.get_by_label("SMS ke polisi")).to_have_value("")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1024, 768), (390, 844)])
def test_phones_fit_every_screen(demo: Demo, new_page: Callable[..., Page], width: int, height: int) -> None:
    page = new_page(width, height)
    page.goto(f"{demo.url}/phones")
    expect(page.locator("[data-phone][data-doing]").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_page_has_no_serious_accessibility_fault(phones: Page) -> None:
    expect(phones.locator("[data-phone][data-doing]").first).to_be_visible()
    for one in phones.locator("details").all():
        one.evaluate("element => { element.open = true; }")
    assert faults(phones) == []


def test_the_page_keeps_to_its_policy_and_its_own_server(demo: Demo, new_page: Callable[..., Page]) -> None:
    complaints: list[str] = []
    page = new_page()
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(demo.url) else None)
    page.goto(f"{demo.url}/phones")
    write(page, BUDI, "INFO")
    expect(phone(page, BUDI).locator("[data-screen]")).to_contain_text("INFO")
    assert complaints == []


def test_a_gateway_that_is_gone_is_said(phones: Page) -> None:
    expect(phones.locator("[data-lost]")).to_be_hidden()
    phones.route("**/phones/state*", lambda route: route.abort())
    expect(phones.locator("[data-lost]")).to_be_visible()
