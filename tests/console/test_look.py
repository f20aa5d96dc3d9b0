"""How every page looks: two themes out of one set of names, icons out of a package, and what a browser asks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.web import console
from gateway.web.console import look
from tests.console.station import Browser

STATIC = Path(console.__file__).parents[1] / "static"
SET = re.compile(r"^\s*(--[a-z-]+):", re.MULTILINE)
USED = re.compile(r"var\((--[a-z-]+)\)")
COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|rgb\(", re.IGNORECASE)


def names(sheet: str) -> set[str]:
    return set(SET.findall((STATIC / sheet).read_text()))


def test_the_dark_theme_gives_values_to_known_names_only() -> None:
    assert names("dark.css") <= names("tokens.css")


def test_every_name_that_a_sheet_uses_has_a_value() -> None:
    known = names("tokens.css") | {"--tone"}
    for sheet in STATIC.glob("*.css"):
        assert set(USED.findall(sheet.read_text())) <= known, sheet.name


def test_the_monitor_and_the_forms_have_no_colour_of_their_own() -> None:
    for name in ("console.css", "monitor.css"):
        sheet = (STATIC / name).read_text().partition("@media print")[0]
        assert [line for line in sheet.splitlines() if COLOUR.search(line)] == [], name


@pytest.mark.parametrize(
    ("chosen", "media"),
    [
        (None, "screen and (prefers-color-scheme: dark)"),
        ("auto", "screen and (prefers-color-scheme: dark)"),
        ("light", "not all"),
        ("dark", "screen"),
        ("pink", "screen and (prefers-color-scheme: dark)"),
    ],
)
def test_a_browser_keeps_its_theme_on_every_page(siti: Browser, chosen: str | None, media: str) -> None:
    if chosen is not None:
        answer = siti.post("/theme", theme=chosen, next="/duty")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/duty")
    siti.get("/logout")
    for path in ("/login", "/nowhere"):
        assert f'dark.css" media="{media}"' in siti.get(path).text


def test_a_theme_leads_to_no_other_site(siti: Browser) -> None:
    assert siti.post("/theme", theme="dark", next="https://evil.example").headers["Location"] == "/monitor"


def test_every_icon_of_a_page_is_in_the_set() -> None:
    templates = [path.read_text() for path in (STATIC.parent / "templates").glob("*.html")]
    drawn = {name for page in templates for name in re.findall(r"icon\('([a-z-]+)'\)", page)}
    for name in drawn | {theme.icon for theme in look.THEMES.values()}:
        assert look.icon(name).startswith("<svg"), name


@pytest.mark.parametrize(
    ("asked", "language"),
    [("en-GB,en;q=0.9", "en"), ("id-ID,id;q=0.9,en;q=0.5", "id"), ("sw", "sw"), ("de", "id"), ("", "id")],
)
def test_who_is_not_logged_in_is_spoken_to_in_the_browsers_language(
    browser: Browser, asked: str, language: str
) -> None:
    assert f'<html lang="{language}">' in browser.get("/login", **{"Accept-Language": asked}).text
