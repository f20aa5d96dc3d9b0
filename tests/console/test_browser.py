"""The monitor in a real browser, on the real web server: what a desk sees and hears, and when."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from gateway.config import Settings
from gateway.identity import users
from gateway.infrastructure import database
from gateway.models import sealing
from gateway.models import user as accounts
from gateway.models.audit import Audit
from gateway.models.event import Event
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.wiring import House, build
from tests.console.chromium import WITHIN, faults, is_open, wait_until
from tests.console.station import act, panic

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "rahasia-piket"
KEY = Fernet.generate_key().decode()


@dataclass
class Station:
    """A running web server and the house behind it."""

    url: str
    home: House
    server: subprocess.Popen[bytes]

    def stop(self) -> None:
        """The server hangs: connections stay open and say nothing."""
        os.killpg(self.server.pid, signal.SIGSTOP)

    def go_on(self) -> None:
        os.killpg(self.server.pid, signal.SIGCONT)


@pytest.fixture
def keys() -> None:
    """The server in its own process has the same."""
    sealing.use_keys([KEY])


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        "DEMO": "1",
        "DATA_DIR": str(tmp_path_factory.mktemp("station")),
        "ENCRYPTION_KEYS": KEY,
        "REDIS_URL": "redis://127.0.0.1:1",  # none: live pages need none
        "PORT": str(port),
        "WEB_CONCURRENCY": "1",
    }
    home = build(Settings.load(env))
    furnish(home)
    command = [str(Path(sys.executable).parent / "gunicorn"), "wsgi:app"]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | env, start_new_session=True)
    wait_until(lambda: is_open(port))
    yield Station(f"http://127.0.0.1:{port}", home, server)
    os.killpg(server.pid, signal.SIGCONT)
    server.terminate()
    server.wait(20)
    home.engine.dispose()


def furnish(home: House) -> None:
    database.migrate(home.settings.database_url)
    with home.open_uow() as uow:
        unit = Unit(code="PTK", name="Polresta Pontianak", kind="polres", lat=-0.03, lon=109.33,
                    phone="+6256170010", timezone="Asia/Pontianak")  # fmt: skip
        uow.db.add(unit)
        uow.db.flush()
        uow.db.add(Officer(phone="+62812345001", name="Adi", rank="Aipda", unit_id=unit.id, on_duty=True))
        users.seed_demo(uow, PASSWORD)


@pytest.fixture(autouse=True)
def nobody_in_need(station: Station) -> None:
    """Each test begins with an empty board, and with nothing that was pressed a moment ago."""
    with station.home.open_uow() as uow:
        long_ago = uow.now() - timedelta(hours=2)
        uow.db.execute(update(Incident).values(closed_at=long_ago, state="resolved"))
        uow.db.execute(update(Audit).values(at=long_ago))
        uow.db.execute(update(Inbound).values(state="seen"))


@pytest.fixture
def open_monitor(station: Station, chromium: Chromium) -> Iterator[Callable[..., Page]]:
    contexts = []

    def log_in(name: str = "desk", width: int = 1366, height: int = 768) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="id-ID")
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{station.url}/login")
        page.fill("[name=name]", name)
        page.fill("[name=password]", PASSWORD)
        page.keyboard.press("Enter")
        expect(page.locator('[data-connection="live"]')).to_be_visible()
        return page

    yield log_in
    for context in contexts:
        context.close()


@pytest.fixture
def monitor(open_monitor: Callable[..., Page]) -> Page:
    """The desk's monitor with its shift begun."""
    page = open_monitor()
    page.click("[data-start-shift]")
    expect(page.locator("body[data-sound=on]")).to_be_attached()
    return page


def test_a_panic_rings_the_alarm_and_stands_on_list_and_map_within_a_second(station: Station, monitor: Page) -> None:
    expect(monitor.locator("body[data-alarm=silent]")).to_be_attached()
    code = panic(station.home)
    expect(monitor.locator(f'.card[data-incident="{code}"]')).to_be_visible(timeout=WITHIN)
    expect(monitor.locator(f'[data-map] [data-incident="{code}"]')).to_be_visible(timeout=WITHIN)
    expect(monitor.locator("body[data-alarm=ringing]")).to_be_attached(timeout=WITHIN)


def test_saya_lihat_silences_and_accepts_nothing(station: Station, monitor: Page) -> None:
    code = panic(station.home)
    monitor.click(f'[data-incident="{code}"] [data-see]')
    expect(monitor.locator("body[data-alarm=silent]")).to_be_attached()
    expect(monitor.locator(f'.card[data-incident="{code}"]')).to_have_attribute("data-state", "open")
    expect(monitor.locator(f'.card[data-incident="{code}"]')).to_contain_text("Dilihat desk")


IN_SIGHT = """cards => cards.filter(card => {
  const foot = document.querySelector("[data-unread] h2")?.getBoundingClientRect().top ?? innerHeight;
  const box = card.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= Math.min(foot, innerHeight);
}).length"""


@pytest.mark.parametrize(("width", "height", "least"), [(1920, 1080, 10), (1024, 768, 6), (390, 844, 3)])
def test_many_incidents_at_once_are_in_sight(
    station: Station, open_monitor: Callable[..., Page], width: int, height: int, least: int
) -> None:
    """Nobody has seen any of ten: the worst stands in full and above all, the others are marked lines with a button;
    what this desk has seen is a line without one."""
    codes = [panic(station.home, "TOLONG ada maling", f"+62812555001{number:02}") for number in range(10)]
    with station.home.open_uow() as uow:
        uow.db.execute(update(Incident).where(Incident.code == codes[0]).values(duress=True, quiet=True))
    page = open_monitor("desk", width, height)
    cards = page.locator("[data-board] .card[data-incident]")
    expect(cards).to_have_count(10)
    page.click("[data-start-shift]")
    assert cards.evaluate_all(IN_SIGHT) >= least
    expect(cards.first).to_have_attribute("data-incident", codes[0])
    expect(cards.first.locator(".place")).to_be_visible()
    expect(cards.last.locator(".line")).to_be_visible()
    expect(cards.last.locator(".place")).to_be_hidden()
    expect(page.locator("[data-see]").locator("visible=true")).to_have_count(10)
    expect(page.locator("[data-without-officer]")).to_have_text("10")
    act_as_desk(station, codes[0], "seen")
    expect(cards.first.locator("[data-see]")).to_have_count(0, timeout=3000)
    expect(cards.first).to_have_attribute("data-incident", codes[0])  # seen, and still the worst
    expect(cards.first.locator(".place")).to_be_hidden()
    expect(cards.nth(1).locator(".place")).to_be_visible()
    edges = "all => Math.max(...all.map(one => one.getBoundingClientRect().right))"
    assert page.locator("a, button, input, summary").locator("visible=true").evaluate_all(edges) <= width
    assert faults(page) == []


def test_before_the_shift_begins_events_flow_and_the_page_says_that_it_is_mute(
    station: Station, open_monitor: Callable[..., Page]
) -> None:
    page = open_monitor()
    expect(page.locator("[data-mute]")).to_contain_text("SUARA MATI")
    code = panic(station.home)
    expect(page.locator(f'.card[data-incident="{code}"]')).to_be_visible(timeout=WITHIN)
    page.click("[data-start-shift]")
    expect(page.locator("[data-mute]")).to_be_hidden()


def test_a_yes_changes_the_monitor_and_the_desk_closes_it_with_a_reason(station: Station, monitor: Page) -> None:
    code = panic(station.home)
    monitor.click(f'.card [data-open="{code}"]')
    act_as_desk(station, code, "accept", officer="1")
    dossier = monitor.locator(f'[data-dossier-of="{code}"]')
    expect(dossier).to_have_attribute("data-state", "accepted", timeout=WITHIN)
    expect(dossier).to_contain_text("Pemimpin: Aipda Adi")
    monitor.click("summary:has-text('Tutup panggilan')")
    monitor.fill("#reason", "pelaku ditangkap")
    monitor.keyboard.press("Enter")
    expect(dossier).to_have_attribute("data-state", "resolved")
    expect(dossier.locator(".timeline li").first).to_contain_text("Ditutup: selesai")
    expect(dossier.locator(".timeline li").first).to_contain_text("pelaku ditangkap")


def act_as_desk(station: Station, code: str, action: str, **form: str) -> None:
    act(station.home, code, action, "desk", **form)


def test_a_click_on_the_map_proposes_a_place_and_a_key_moves_it(station: Station, monitor: Page) -> None:
    code = panic(station.home)
    monitor.click(f'.card [data-open="{code}"]')
    expect(monitor.locator(".dossier")).to_be_visible()
    chart = monitor.locator("[data-map]").bounding_box()
    assert chart is not None
    monitor.mouse.click(chart["x"] + 60, chart["y"] + chart["height"] - 40)
    expect(monitor.locator("[data-move-form] button")).to_be_focused()
    monitor.keyboard.press("Enter")
    expect(monitor.locator(".dossier .place")).to_contain_text("ditandai piket", timeout=3000)


def test_what_is_being_typed_survives_whatever_happens_meanwhile(station: Station, monitor: Page) -> None:
    code = panic(station.home)
    monitor.click(f'.card [data-open="{code}"]')
    monitor.click("summary:has-text('Catatan / Kaitkan')")
    monitor.fill("#desk-note", "tetangga bilang")
    act_as_desk(station, code, "take")
    expect(monitor.locator(".dossier .tone").first).to_contain_text("PIKET MEMEGANG", timeout=WITHIN)
    expect(monitor.locator("#desk-note")).to_have_value("tetangga bilang")
    expect(monitor.locator("#desk-note")).to_be_focused()


def test_a_lost_connection_is_shown_across_the_page_and_caught_up(station: Station, monitor: Page) -> None:
    """What is stale stands still, what is pressed meanwhile says so, and after a change it is asked again."""
    before = panic(station.home)
    see = monitor.locator(f'[data-incident="{before}"] [data-see]')
    expect(see).to_be_visible()
    station.stop()
    try:
        lost = monitor.locator('[data-connection="lost"]')
        expect(lost).to_contain_text("SAMBUNGAN PUTUS", timeout=4500)
        box = lost.bounding_box()
        assert box is not None
        assert box["width"] > 1200
        expect(lost).to_contain_text("terakhir diperbarui")
        age = monitor.locator(f'[data-incident="{before}"] [data-since]').first
        stood = age.inner_text()
        see.click()
        expect(monitor.locator("[data-unsent]")).to_contain_text(f"{before} SAYA LIHAT: BELUM SAMPAI", timeout=WITHIN)
        monitor.wait_for_timeout(2100)  # from then on a press is late
        expect(age).to_have_text(stood)
        act_as_desk(station, before, "note", words="ditelepon")
        code = panic(station.home, phone="+6281255500002")
    finally:
        station.go_on()
    expect(monitor.locator(f'.card[data-incident="{code}"]')).to_be_visible(timeout=5000)
    expect(monitor.locator('[data-connection="live"]')).to_be_visible(timeout=5000)
    expect(monitor.locator("body[data-alarm=ringing]")).to_be_attached()
    expect(monitor.locator("[data-unsent]")).to_contain_text("keadaan sudah berubah", timeout=5000)
    monitor.click("[data-unsent] button:has-text('Kirim sekarang')")
    expect(monitor.locator(f'.card[data-incident="{before}"]')).to_contain_text("Dilihat desk", timeout=5000)
    expect(monitor.locator("[data-unsent]")).to_be_empty()


def test_a_text_that_waits_is_marked_as_an_emergency(station: Station, monitor: Page) -> None:
    with station.home.open_uow() as uow:
        uow.db.add(Inbound(line="simulator", kind="text", ref="1", phone="+6289900000001", body="pak tolong saya",
                            state="to_human", received_at=uow.now()))  # fmt: skip
    expect(monitor.locator("[data-unread]")).to_contain_text("pak tolong saya", timeout=WITHIN)
    monitor.click("button:has-text('INI DARURAT')")
    expect(monitor.locator(".card")).to_contain_text("pak tolong saya")
    expect(monitor.locator("[data-unread]")).to_be_empty()
    monitor.click("[data-undo] button")  # it was a slip
    expect(monitor.locator("[data-unread]")).to_contain_text("pak tolong saya", timeout=3000)
    expect(monitor.locator("[data-board] .card")).to_have_count(0)
    expect(monitor.locator("[data-undo]")).to_be_empty()


def test_a_viewer_sees_it_all_and_has_nothing_to_press(station: Station, open_monitor: Callable[..., Page]) -> None:
    page = open_monitor("viewer")
    code = panic(station.home)
    page.click(f'.card [data-open="{code}"]')
    expect(page.locator(".dossier")).to_contain_text("TOLONG ada maling")
    expect(page.locator("main form[method=post]")).to_have_count(0)


def test_a_log_in_that_was_ended_is_said_across_the_page(station: Station, open_monitor: Callable[..., Page]) -> None:
    page = open_monitor("viewer")
    with station.home.open_uow() as uow:
        user = accounts.by_name(uow.db, "viewer")
        assert user is not None
        user.session += 1
    panic(station.home)
    expect(page.locator('[data-connection="lost"]')).to_contain_text("SESI BERAKHIR", timeout=2000)


def test_a_shift_needs_no_mouse(station: Station, open_monitor: Callable[..., Page]) -> None:
    code = panic(station.home)
    page = open_monitor()
    page.locator("[data-start-shift]").focus()
    expect(page.locator("[data-start-shift]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("body[data-alarm=ringing]")).to_be_attached()
    for _ in range(3):  # the incident's link, the number, the button
        page.keyboard.press("Tab")
    expect(page.locator("[data-see]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("body[data-alarm=silent]")).to_be_attached()
    expect(page.locator(f'.card [data-open="{code}"]')).to_be_focused()  # where the button was
    page.keyboard.press("Enter")
    expect(page.locator("[data-detail]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-detail]")).to_be_hidden()
    expect(page.locator(f'.card [data-open="{code}"]')).to_be_focused()
    later = panic(station.home, phone="+6281255500002")
    expect(page.locator(".card").first).to_have_attribute("data-incident", later, timeout=3000)
    page.locator(f'.card .code[data-open="{later}"]').focus()
    page.keyboard.press("j")
    expect(page.locator(f'.card .code[data-open="{code}"]')).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("?")
    expect(page.locator("[data-keys-help]")).to_contain_text("SAYA LIHAT")
    page.uncheck("[data-keys-on]")
    page.keyboard.press("Escape")
    page.keyboard.press("s")  # switched off
    page.locator("[data-keys]").click()
    page.check("[data-keys-on]")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.locator(f'[data-dossier-of="{code}"]')).to_be_visible()
    page.click("summary:has-text('Catatan / Kaitkan')")
    page.locator("#desk-note").press_sequentially("s1k?")  # a field takes letters
    expect(page.locator("#desk-note")).to_have_value("s1k?")
    expect(page.locator("body[data-alarm=ringing]")).to_be_attached()
    page.locator(f'.card .code[data-open="{later}"]').focus()
    page.keyboard.press("s")
    expect(page.locator("body[data-alarm=silent]")).to_be_attached()
    expect(page.locator(".clock")).to_have_text(re.compile(r"^\d\d:\d\d WIB$"))  # as all other times of the page
    page.add_init_script(SHOWN_AND_HEARD)
    page.fill("[data-volume]", "0.2")
    page.reload()
    expect(page.locator("[data-volume]")).to_have_value("0.2")  # this browser keeps it
    page.click("[data-test-siren]")
    wait_until(lambda: bool(page.evaluate("heard === 4")), 5)  # the policy forbids wait_for_function
    page.click("[data-notify]")
    expect(page.locator("[data-notify]")).to_be_hidden()
    third = panic(station.home, phone="+6281255500003")
    wait_until(lambda: bool(page.evaluate("shown.length")), 5)
    assert page.evaluate("shown") == [f"Panggilan darurat {third}"]


# A window behind others, whose user allows notifications; what is shown, and how many tones the siren has begun.
SHOWN_AND_HEARD = """
window.shown = [];
window.heard = 0;
window.Notification = class {
  static permission = "default";
  static async requestPermission() { return (this.permission = "granted"); }
  constructor(words) { shown.push(words); }
};
Object.defineProperty(document, "hidden", { value: true });
const begin = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { heard += 1; return begin.call(this); };
"""


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1024, 768), (390, 844)])
def test_it_fits_an_old_screen_and_a_phone(
    station: Station, open_monitor: Callable[..., Page], width: int, height: int
) -> None:
    """No control of the monitor or of an incident's page lies beyond the edge; the place on its map and the newest of
    its timeline are in sight at once where the screen is no phone."""
    code = panic(station.home, "TOLONG " + "ada maling bawa parang di depan rumah " * 3)
    page = open_monitor("desk", width, height)
    page.click(f'.card [data-open="{code}"]')
    expect(page.locator(".dossier")).to_be_visible()
    assert beyond(page, width) == []
    page.goto(f"{station.url}/incidents/{code}")
    expect(page.locator(f'[data-map] [data-incident="{code}"]')).to_be_visible()
    assert beyond(page, width) == []
    if width > height:
        expect(page.locator(f'[data-map] [data-incident="{code}"]')).to_be_in_viewport(ratio=1)
        expect(page.locator(".timeline li").first).to_be_in_viewport(ratio=1)


def beyond(page: Page, width: int) -> list[str]:
    """The controls that lie beyond the right edge, each fold opened."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
    edges = "all => all.map(one => [one.getBoundingClientRect().right, one.textContent.trim() || one.name])"
    controls = page.locator("a, button, input, select, textarea, summary").locator("visible=true").evaluate_all(edges)
    assert controls
    return [name for right, name in controls if right > width]


def test_no_page_has_a_serious_accessibility_fault(station: Station, monitor: Page) -> None:
    code = panic(station.home)
    act_as_desk(station, code, "take")
    panic(station.home, phone="+6281255500002", quiet=True)
    monitor.click(f'.card [data-open="{code}"]')
    expect(monitor.locator(".dossier")).to_be_visible()
    assert faults(monitor) == []
    for path in (f"/incidents/{code}", "/login", "/incidents/NO9"):
        monitor.goto(station.url + path)
        assert faults(monitor) == []


def test_nothing_on_a_page_comes_from_outside_or_breaks_the_policy(
    station: Station, open_monitor: Callable[..., Page]
) -> None:
    complaints: list[str] = []
    page = open_monitor()
    page.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda asked: complaints.append(asked.url) if not asked.url.startswith(station.url) else None)
    page.reload()
    code = panic(station.home)
    page.click(f'.card [data-open="{code}"]')
    expect(page.locator(".dossier")).to_be_visible()
    assert complaints == []


def test_the_timeline_names_who_saw_it(station: Station, monitor: Page) -> None:
    code = panic(station.home)
    monitor.click(f'[data-incident="{code}"] [data-see]')
    expect(monitor.locator("body[data-alarm=silent]")).to_be_attached()
    with station.home.open_uow() as uow:
        row = uow.db.scalars(select(Event).where(Event.kind == "seen").order_by(Event.id.desc())).first()
        assert row is not None
        assert row.who == "desk"


# --- a long night ---------------------------------------------------------------------------------------------


def test_a_second_panic_rings_although_the_first_was_silenced(station: Station, monitor: Page) -> None:
    first = panic(station.home)
    monitor.click(f'[data-incident="{first}"] [data-see]')
    expect(monitor.locator("body[data-alarm=silent]")).to_be_attached()
    panic(station.home, phone="+6281255500002")
    expect(monitor.locator("body[data-alarm=ringing]")).to_be_attached(timeout=WITHIN)


@pytest.mark.parametrize(
    "broken",
    [
        "kept.resume = () => new Promise(() => {}); kept.suspend()",
        'Object.defineProperty(kept, "currentTime", {value: 1})',  # a sound card that was pulled out
    ],
)
def test_sound_that_stops_in_the_middle_of_a_shift_is_said_and_begun_anew(
    station: Station, open_monitor: Callable[..., Page], broken: str
) -> None:
    page = open_monitor()
    page.add_init_script(
        "window.AudioContext = class extends AudioContext { constructor() { super(); self.kept = this; } }"
    )
    page.reload()
    page.click("[data-start-shift]")
    expect(page.locator("[data-mute]")).to_be_hidden()
    page.evaluate(broken)
    expect(page.locator("[data-mute]")).to_be_visible(timeout=6000)
    page.click("[data-start-shift]")
    expect(page.locator("[data-mute]")).to_be_hidden()


def test_an_ended_log_in_shows_the_way_back(station: Station, open_monitor: Callable[..., Page]) -> None:
    page = open_monitor("viewer")
    expect(page.locator("[data-again]")).to_be_hidden()
    page.context.clear_cookies()
    panic(station.home)
    expect(page.locator("[data-again]")).to_be_visible(timeout=4000)
    page.click("[data-again]")
    expect(page.locator("[name=password]")).to_be_visible()


def test_what_was_typed_survives_although_the_eyes_went_elsewhere(station: Station, monitor: Page) -> None:
    code = panic(station.home)
    monitor.click(f'.card [data-open="{code}"]')
    monitor.click("summary:has-text('Catatan / Kaitkan')")
    monitor.fill("#desk-note", "tetangga bilang")
    monitor.keyboard.press("Escape")  # leaves the field, not the incident
    expect(monitor.locator("[data-detail]")).to_be_focused()
    panic(station.home, phone="+6281255500002")  # one more to link with: the actions are others now
    act_as_desk(station, code, "take")
    expect(monitor.locator(".dossier .tone").first).to_contain_text("PIKET MEMEGANG", timeout=WITHIN)
    expect(monitor.locator("#desk-note")).to_have_value("tetangga bilang")


def test_after_an_action_the_keyboard_stays_where_it_was(station: Station, monitor: Page) -> None:
    code = panic(station.home)
    monitor.click(f'.card [data-open="{code}"]')
    monitor.locator(f'.dossier form[action$="{code}/wider"] button').focus()
    monitor.keyboard.press("Enter")
    monitor.click("[data-unsent] [data-stop]")  # it waits five seconds, and is stopped
    expect(monitor.locator("[data-unsent]")).to_be_empty()
    monitor.locator(f'.dossier form[action$="{code}/wider"] button').focus()
    monitor.keyboard.press("Enter")
    expect(monitor.locator("[data-unsent]")).to_contain_text("dilakukan dalam")
    expect(monitor.locator(".timeline li", has_text="hubungi lebih luas")).to_have_count(1, timeout=8000)
    act_as_desk(station, code, "take")
    expect(monitor.locator(".dossier .tone").first).to_contain_text("PIKET MEMEGANG", timeout=WITHIN)
    expect(monitor.locator(f'.dossier form[action$="{code}/wider"] button')).to_be_focused()


def test_units_have_their_names_on_the_map(station: Station, monitor: Page) -> None:
    expect(monitor.locator(".map-name", has_text="Polresta Pontianak")).to_be_visible()


def test_names_that_would_lie_on_one_another_are_not_all_shown(
    station: Station, open_monitor: Callable[..., Page]
) -> None:
    with station.home.open_uow() as uow:
        post = Unit(code="POS", name="Pospol Alun-Alun", kind="post", lat=-0.0301, lon=109.3301)
        uow.db.add(post)
    try:
        page = open_monitor()
        expect(page.locator(".map-name", has_text="Polresta Pontianak")).to_be_visible()
        expect(page.locator(".map-name", has_text="Pospol")).to_be_hidden()
    finally:
        with station.home.open_uow() as uow:
            uow.db.delete(uow.db.merge(post))


def test_the_map_begins_at_what_is_on_top_of_the_list(station: Station, open_monitor: Callable[..., Page]) -> None:
    old, new = panic(station.home), panic(station.home, phone="+6281255500002")
    act_as_desk(station, old, "move", lat="-0.6", lon="110.2")
    page = open_monitor()
    expect(page.locator(".card").first).to_have_attribute("data-incident", new)
    for code in (new, old):  # an alarm hides no other incident
        expect(page.locator(f'[data-map] [data-incident="{code}"]')).to_be_in_viewport()
    panic(station.home, phone="+6281255500003")  # at the very place of the second, and at the station
    expect(page.locator("[data-map] .pin")).to_have_count(3)
    wait_until(lambda: apart(page.locator(COVERED_NEVER).evaluate_all(BOXES)), 3)
    for _ in range(4):
        page.locator(".leaflet-control-zoom-in").click()
        page.wait_for_timeout(300)
    expect(page.locator(f".arrow:has-text('{old}')")).to_be_visible()
    assert faults(page) == []
    page.click(".show-all")
    expect(page.locator(".arrow")).to_have_count(0)
    expect(page.locator(f'[data-map] [data-incident="{old}"]')).to_be_in_viewport()


COVERED_NEVER = "[data-map] .pin, [data-map] .station, .map-name:not(.crowded)"
BOXES = """all => all.map(one => {
  const box = one.getBoundingClientRect();
  return [box.left, box.right, box.top, box.bottom];
})"""


def apart(boxes: list[list[float]]) -> bool:
    """Whether no box (left, right, top, bottom) lies on another."""
    pairs = ((one, other) for nth, one in enumerate(boxes) for other in boxes[:nth])
    return not any(a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3] for a, b in pairs)


def test_an_incident_on_a_page_of_its_own_follows_what_happens(
    station: Station, open_monitor: Callable[..., Page]
) -> None:
    code = panic(station.home)
    page = open_monitor()
    page.goto(f"{station.url}/incidents/{code}")
    expect(page.locator('[data-connection="live"]')).to_be_visible()
    act_as_desk(station, code, "on_scene", officer="1")
    expect(page.locator(".dossier")).to_have_attribute("data-state", "on_scene", timeout=WITHIN)
    expect(page.locator(".steps")).to_contain_text("Tiba")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.click("[data-copy]")
    assert page.evaluate("navigator.clipboard.readText()") == "-0.03000, 109.33000"
    page.evaluate("window.print = () => { document.body.dataset.printed = 1; }")
    page.click("[data-print]")
    expect(page.locator("body[data-printed]")).to_be_attached()
    page.click("summary:has-text('Tutup panggilan')")
    page.fill("#reason", "pelaku ditangkap")
    page.keyboard.press("Enter")
    expect(page.locator(".dossier.closed")).to_be_visible(timeout=3000)
    page.emulate_media(media="print")
    expect(page.locator(".paper").first).to_be_visible()
    expect(page.locator(".actions, .answers, .bar, [data-print]").locator("visible=true")).to_have_count(0)
