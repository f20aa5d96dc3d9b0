"""What every row of the table of languages brings along. How to add one: docs/developers/add-a-language.md."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from gateway.core.languages import CODES, LANGUAGES, menu_lines, spoken, voices
from gateway.core.sentences import menu, phrases

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "gateway" / "core"
each = pytest.mark.parametrize("code", CODES)


def test_every_catalogue_belongs_to_a_row() -> None:
    folders = {path.name for path in (CORE / "catalogues").iterdir() if path.is_dir()}
    assert folders == set(CODES), "folders of gateway/core/catalogues against the rows of gateway/core/languages.py"


@each
def test_it_has_every_sentence(code: str) -> None:
    assert (CORE / "catalogues" / code).is_dir(), f"no gateway/core/catalogues/{code}"
    assert phrases.keys(code) == phrases.keys(CODES[0])


@each
def test_it_counts_in_words(code: str) -> None:
    said = {LANGUAGES[code].cardinal(number) for number in range(10_000)}
    assert len(said) == 10_000, "two numbers sound alike"
    assert not any(char.isdigit() for words in said for char in words)


@each
def test_it_knows_how_people_cry_for_help_and_how_officers_answer(code: str) -> None:
    path = CORE / "words" / f"{code}.toml"
    assert path.is_file(), f"no gateway/core/words/{code}.toml"
    words = tomllib.loads(path.read_text("utf-8"))
    assert all(words["citizen"][role] for role in ("cry", "police"))
    assert all(words["officer"][role] for role in ("accept", "decline"))


@each
def test_a_voice_is_decided_for_every_carrier(code: str) -> None:
    carriers = set().union(*(language.voices for language in LANGUAGES.values()))
    undecided = carriers - set(LANGUAGES[code].voices)
    assert not undecided, f"{code}: a voice or None for {', '.join(sorted(undecided))}"


def test_where_an_officers_language_has_no_voice_english_has_one() -> None:
    carriers = set().union(*(language.voices for language in LANGUAGES.values()))
    assert carriers == {"twilio", "africastalking"}
    assert all("en" in voices(carrier) for carrier in carriers)
    assert voices("a carrier that the table does not know") == {}


@each
def test_its_menu_key_is_its_own(code: str) -> None:
    key = LANGUAGES[code].menu_key
    assert re.fullmatch("[1-9]", key), f"{code}: {key} is no key from 1 to 9"
    taken = [other for other, language in LANGUAGES.items() if language.menu_key == key]
    assert taken == [code]
    assert menu.way("language", key) == menu.Way(menu.BACK, code)


@each
def test_every_phone_is_offered_it(code: str) -> None:
    line = f"{LANGUAGES[code].menu_key} {LANGUAGES[code].menu_name}"
    assert line in menu_lines().splitlines()
    assert all(line in menu.screen("language", reader).splitlines() for reader in CODES)


@each
def test_its_code_fits_the_tables(code: str) -> None:
    assert re.fullmatch("[a-z]{2}", code)
    assert LANGUAGES[code].code == code == spoken(f"{code.upper()}-XX")


@each
def test_the_page_of_settings_names_it(code: str) -> None:
    row = re.search(r"^\| `DEFAULT_LANGUAGE` \|.*$", (ROOT / "docs/settings.md").read_text("utf-8"), re.MULTILINE)
    assert row is not None
    assert f"`{code}`" in row.group().rpartition("| `")[0], (
        f"`{code}` is missing in the DEFAULT_LANGUAGE of docs/settings.md"
    )


def test_the_menu_reads_as_it_always_did() -> None:
    for reader in ("id", "en", "sw"):
        assert menu.screen("language", reader).startswith(
            "Bahasa/Language/Lugha\n1 Bahasa Indonesia\n2 English\n3 Kiswahili\n"
        )
