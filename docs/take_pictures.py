"""`make pictures`: the main pages as they are now, out of a demo of its own, into docs/pictures/.

Ends with another code than 0 when a page does not load, and then the former pictures stay.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page

from docs import scene
from docs.scene import Demo
from tests.console import chromium

FOLDER = Path(__file__).parent / "pictures"
COLOURS = 96  # of a palette: flat pages lose nothing that one sees, and a picture weighs a third
SCREEN, OLD_SCREEN, PHONE = (1366, 768), (1024, 768), (390, 844)  # CSS pixels
HTTP_ERROR = 400
LONGEST = 1600  # pixels of a page that is longer than the screen
BARAT, KOTA = "a:has-text('Polsek Pontianak Barat')", "a:has-text('Polsek Pontianak Kota')"

BUDIS_PROFILE = ("a:has-text('Budi Santoso')", "summary:has-text('Profil')")


class Shot(NamedTuple):
    """A page of the administration: where it is, and what to click from there."""

    name: str
    says: str
    path: str
    clicks: tuple[str, ...] = ()


MONITOR = {
    "login": "Logging in. Administrators are asked for a code as well.",
    "monitor-before-shift": "Until somebody begins the shift there is no sound, and the page says so.",
    "monitor-alarm": "A panic. SAYA LIHAT silences this desk and accepts nothing; officers' phones are ringing.",
    "phones": "The demo's phones at that moment: Budi has texted, Joko's phone rings.",
    "monitor-details": "Joko pressed 1 and is on his way.",
    "incident": "One emergency: what the desk can do, who was asked, how and what they said, and the timeline.",
    "monitor-1024": "The same on a screen of 1024 × 768.",
    "monitor-phone": "The same on a telephone.",
}
ADMIN = (
    Shot("admin", "What waits for an administrator.", "/admin"),
    Shot("application", "An application: one key to approve it.", "/admin/applications", ("text=Ratna",)),
    Shot("citizen", "A citizen's profile as the desk settles it.", "/admin/citizens?q=Budi+Santoso", BUDIS_PROFILE),
    Shot("shifts", "The weekly roster; hours in which nobody is there are named.", "/admin/shifts", (KOTA,)),
    Shot("policy", "Who would be asked for a panic here now, and the waves by which.", "/admin/units", (BARAT,)),
    Shot("areas", "Who answers at a place.", "/admin/areas?lat=-0.018&lon=109.305"),
    Shot("phrases", "A sentence in own words, with what is left of one message.", "/admin/phrases/id/citizen.received"),
    Shot("lines", "Lines: health, what waits, what was spent.", "/admin/lines"),
    Shot("reports", "Reports without emergency.", "/admin/reports"),
    Shot("results", "Kinerja: what was achieved, also as CSV, JSON and PDF.", "/admin/results"),
)


class Studio:
    """A browser in front of a demo; keeps log-ins, and puts pictures into `folder`."""

    def __init__(self, browser: Browser, demo: Demo, folder: Path) -> None:
        self._browser, self._demo, self._folder = browser, demo, folder
        self._cookies: dict[str, BrowserContext] = {}

    @contextmanager
    def page(self, who: str = "", size: tuple[int, int] = SCREEN) -> Iterator[Page]:
        """A page on a screen of this size, logged in as `who`. Raises RuntimeError at the end if anything did not load
        or a script failed."""
        state = self._cookies[who].storage_state() if who in self._cookies else None
        context = self._browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="id-ID",
            timezone_id="Asia/Pontianak",
            storage_state=state,
        )
        faults: list[str] = []
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
        page.on("response", lambda got: faults.append(f"{got.url}: {got.status}") if got.status >= HTTP_ERROR else None)
        if who and state is None:
            self._log_in(page, who)
            self._cookies[who] = context
        try:
            yield page
        finally:  # whatever was waited for in vain, this is why
            if faults:
                raise RuntimeError("\n".join(faults))
        if self._cookies.get(who) is not context:
            context.close()

    def _log_in(self, page: Page, who: str) -> None:
        self.open(page, "/login")
        page.fill("[name=name]", who)
        page.fill("[name=password]", self._demo.password)
        page.keyboard.press("Enter")
        if who == "admin":
            page.fill("[name=code]", self._demo.code)
            page.keyboard.press("Enter")
        page.wait_for_url("**/monitor")

    def open(self, page: Page, path: str) -> None:
        page.goto(self._demo.url + path)

    def take(self, page: Page, name: str, *, whole: bool = False) -> None:
        """Keep what the page shows now; `whole`: also what is below the screen."""
        page.wait_for_timeout(700)  # maps settle
        image = Image.open(io.BytesIO(page.screenshot(full_page=whole, animations="disabled"))).convert("RGB")
        image = image.crop((0, 0, image.width, min(image.height, LONGEST)))
        image.quantize(COLOURS, dither=Image.Dither.NONE).save(self._folder / f"{name}.png", optimize=True)

    def watch(self, page: Page) -> None:
        """Begin a shift at the monitor."""
        self.open(page, "/monitor")
        page.click("[data-start-shift]")
        page.wait_for_selector('[data-connection="live"]')


# --- the round ----------------------------------------------------------------------------------------------------


def take_monitor(studio: Studio, demo: Demo) -> None:
    with studio.page() as page:
        studio.open(page, "/login")
        studio.take(page, "login")
    with studio.page("desk") as monitor, studio.page() as phones:
        monitor.wait_for_selector('[data-connection="live"]')
        studio.take(monitor, "monitor-before-shift")
        studio.watch(monitor)
        studio.open(phones, "/phones")
        scene.cry(demo)
        monitor.wait_for_selector("body[data-alarm=ringing]")
        studio.take(monitor, "monitor-alarm")
        studio.take(phones, "phones")
        monitor.click(".card [data-see]")
        scene.come(demo)
        monitor.click(".card[data-state=en_route] [data-open]")
        monitor.wait_for_selector("[data-dossier-of]")
        studio.take(monitor, "monitor-details")
        code = monitor.get_attribute("[data-dossier-of]", "data-dossier-of")
        studio.open(monitor, f"/incidents/{code}")
        studio.take(monitor, "incident", whole=True)


def take_monitor_elsewhere(studio: Studio) -> None:
    for name, size in (("monitor-1024", OLD_SCREEN), ("monitor-phone", PHONE)):
        with studio.page("desk", size) as page:
            studio.watch(page)
            page.wait_for_selector(".card")
            studio.take(page, name)


def take_admin(studio: Studio) -> None:
    for shot in ADMIN:
        with studio.page("admin") as page:
            studio.open(page, shot.path)
            for target in shot.clicks:
                page.locator("main").locator(target).first.click()
            studio.take(page, shot.name, whole=True)


def describe(folder: Path) -> None:
    """The page on which all of them are seen."""
    lines = {**MONITOR, **{shot.name: shot.says for shot in ADMIN}}
    pictures = "\n".join(f"\n{says}\n\n![{name}]({name}.png)" for name, says in lines.items())
    head = "# What it looks like\n\nMade by `make pictures` out of a demo; everybody in them is made up.\n"
    (folder / "README.md").write_text(head + pictures + "\n", encoding="utf-8")


def main() -> None:
    """All of them or none: a round that fails leaves the former pictures as they are. Raises SystemExit without a
    browser."""
    try:
        with chromium.started() as browser:
            take_all(browser)
    except chromium.NoBrowser as error:
        sys.exit(f"No pictures: {error}")


def take_all(browser: Browser) -> None:
    with tempfile.TemporaryDirectory(prefix="siaga-") as name:
        folder, taken = Path(name) / "demo", Path(name) / "pictures"
        folder.mkdir()
        taken.mkdir()
        with scene.started(folder) as demo:
            scene.furnish(demo, folder)
            studio = Studio(browser, demo, taken)
            take_monitor(studio, demo)
            take_monitor_elsewhere(studio)
            take_admin(studio)
        describe(taken)
        shutil.copytree(taken, FOLDER, dirs_exist_ok=True)


if __name__ == "__main__":
    main()
