"""The page of recordings in a real browser: a file is chosen, uploaded and played."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from gateway.wiring import House
from tests.console.chromium import faults
from tests.console.station import PASSWORD, totp_of
from tests.core.test_sounds import tone


@pytest.fixture
def admin(chromium: Chromium, url: str, home: House) -> Iterator[Page]:
    """Ibu Admin, at the recordings."""
    context = chromium.new_context(viewport={"width": 1024, "height": 768}, locale="id-ID")
    page = context.new_page()
    page.goto(f"{url}/login?next=/admin/recordings")
    page.fill("[name=name]", "Ibu Admin")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.fill("[name=code]", totp_of(home, "Ibu Admin").at(home.clock()))
    page.keyboard.press("Enter")
    expect(page.locator("table.recordings")).to_be_visible()
    yield page
    context.close()


def test_a_recording_is_uploaded_and_played(admin: Page, tmp_path: Path) -> None:
    file = tmp_path / "sekali.wav"
    file.write_bytes(tone(0.4, 48000, channels=2))
    row = admin.get_by_role("row").filter(has_text="Sekali lagi.")
    row.locator("input[type=file]").set_input_files(file)
    row.get_by_role("button", name="Unggah").click()
    expect(admin.locator(".flash")).to_contain_text("Rekaman disimpan")
    heard = admin.get_by_role("row").filter(has_text="Sekali lagi.").locator("audio")
    expect(heard).to_be_visible()
    seconds = heard.evaluate(
        "sound => new Promise(done => {sound.oncanplay = () => done(sound.duration); sound.load()})"
    )
    assert seconds == pytest.approx(0.4, abs=0.01)
    assert admin.evaluate("document.documentElement.scrollWidth") <= 1024
    assert faults(admin) == []
