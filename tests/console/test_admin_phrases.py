"""What phones are told, put into own words in the console."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest
from flask import Flask

from gateway.core.languages import CODES
from gateway.core.sentences import phrases
from gateway.core.sentences.editable import GROUPS, Way, editable, facts_of
from gateway.core.sentences.wordings import Doubt, Fault
from gateway.models.wording import Wording
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin, trail
from tests.console.station import Browser

PHRASES = "/admin/phrases"
KEY = "citizen.more_added"
PAGE = f"{PHRASES}/id/{KEY}"
ORIGINAL = "POLISI: pesan Anda sudah ditambahkan ke panggilan {code}."
OWN = "POLISI: {code}, pesan Anda kami terima."


@pytest.fixture(autouse=True)
def catalogue_only() -> Iterator[None]:
    yield
    phrases.reword({})


@pytest.fixture
def admin(app: Flask, home: House) -> Browser:
    return admin_browser(app, home)


def text_of(page: str) -> str:
    """What a reader sees, and nothing of the markup."""
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def typed_in(page: str) -> str:
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", page, re.DOTALL)
    assert found is not None
    return html.unescape(found.group(1))


@pytest.mark.parametrize(
    ("method", "path"),
    [("get", PHRASES), ("get", PAGE), ("post", PAGE), ("post", f"{PAGE}/preview"), ("post", f"{PAGE}/forget"),
     ("post", f"{PHRASES}/measure")],
)  # fmt: skip
def test_only_an_admin_of_all_units_may(app: Flask, home: House, siti: Browser, method: str, path: str) -> None:
    """What phones are told is the same in every unit."""
    for someone in (siti, polres_admin(app, home)):
        assert getattr(someone, method)(path).status_code == 403
    assert [row for row in trail(home) if row[1].startswith("wording.")] == []


def test_an_admin_of_one_unit_is_not_led_there(app: Flask, home: House) -> None:
    assert PHRASES not in polres_admin(app, home).get("/admin").text


def test_without_a_token_nothing_is_kept(admin: Browser, home: House) -> None:
    assert admin.client.post(PAGE, data={"text": OWN}).status_code == 400
    assert trail(home) == []


def test_the_list_shows_a_group_in_a_language(admin: Browser) -> None:
    page = text_of(admin.get(f"{PHRASES}?language=en&group=ussd").text)
    assert "ussd.citizen" in page
    assert "EMERGENCY NOW" in page
    assert "citizen.received" not in page


def test_the_list_is_searched_and_narrowed_to_own_words(admin: Browser) -> None:
    admin.get(PAGE)
    admin.post(PAGE, text=OWN)
    assert "1 kalimat" in admin.get(f"{PHRASES}?group=&q=kami+TERIMA").text
    page = text_of(admin.get(f"{PHRASES}?language=id&group=&own=1").text)
    for told in ("1 kalimat", KEY, OWN, ORIGINAL, "kata sendiri"):
        assert told in page


def test_a_sentence_is_shown_with_its_facts_and_the_other_languages(admin: Browser) -> None:
    page = admin.get(PAGE).text
    assert typed_in(page) == ORIGINAL
    for told in ("{code}", "kode panggilan", "K7Q2", phrases.original(KEY, "en"), phrases.original(KEY, "sw")):
        assert told in text_of(page)


@pytest.mark.parametrize("language", CODES)
def test_every_sentence_has_a_page(admin: Browser, language: str) -> None:
    """One of each group in the reader's language, and words for whatever it can hold."""
    admin.post(f"/language/{language}")
    for group in GROUPS:
        key = next(key for key in editable() if key.startswith(f"{group}."))
        page = admin.get(f"{PHRASES}/{language}/{key}")
        assert page.status_code == 200
        assert typed_in(page.text) == phrases.original(key, language)
        assert "console." not in page.text.replace("console.css", "")
        assert "style=" not in page.text
    known = phrases.keys(language)
    needed = {f"phrases_fault.{one}" for one in Fault} | {f"phrases_doubt.{one}" for one in Doubt}
    needed |= {f"phrases_way.{one.value}" for one in Way} | {f"phrases_group.{one}" for one in GROUPS}
    needed |= {f"phrases_fact.{name}" for key in editable() for name in facts_of(key, language)}
    assert {f"console.{key}" for key in needed} <= known


@pytest.mark.parametrize("path", ["id/console.skip", "id/alert.head", "id/citizen.nothing", "fr/citizen.received"])
def test_what_may_not_be_changed_has_no_page(admin: Browser, path: str) -> None:
    assert admin.get(f"{PHRASES}/{path}").status_code == 404


def test_own_words_are_kept_audited_and_said_at_once(admin: Browser, home: House) -> None:
    admin.get(PAGE)
    answer = admin.post(PAGE, text=OWN)
    assert (answer.status_code, answer.location) == (303, PAGE)
    page = admin.get(PAGE).text
    assert typed_in(page) == OWN
    assert "Disimpan" in page
    assert "Ibu Admin" in text_of(page)
    with home.open_uow():
        assert phrases.sms(KEY, "id", code="K7Q") == "POLISI: K7Q, pesan Anda kami terima."
    assert trail(home) == [("Ibu Admin", "wording.change", f"id/{KEY}")]


def test_the_original_comes_back(admin: Browser, home: House) -> None:
    admin.get(PAGE)
    admin.post(PAGE, text=OWN)
    assert "Kembali ke aslinya" in admin.get(PAGE).text
    assert admin.post(f"{PAGE}/forget", text="apa saja").status_code == 303
    page = admin.get(PAGE).text
    assert typed_in(page) == ORIGINAL
    assert "Kembali ke aslinya" not in page
    with home.open_uow():
        assert phrases.template(KEY, "id") == ORIGINAL


def test_a_bad_one_is_refused_in_words_and_stays_in_the_field(admin: Browser, home: House) -> None:
    admin.get(PAGE)
    answer = admin.post(PAGE, text="Pesan <b>dicatat</b>.")
    assert answer.status_code == 409
    assert typed_in(answer.text) == "Pesan <b>dicatat</b>."
    for told in ("Hilang: {code}", "Harus diawali: POLISI"):
        assert told in text_of(answer.text)
    assert trail(home) == []


def test_a_preview_keeps_nothing(admin: Browser, home: House) -> None:
    admin.get(PAGE)
    page = admin.post(f"{PAGE}/preview", text="POLISI: “{code}” dicatat").text
    assert "22 / 160" in text_of(page)
    assert '“ → "' in text_of(page)
    assert 'POLISI: "K7Q2" dicatat' in text_of(page)
    assert trail(home) == []


def test_what_is_typed_is_measured_while_it_is_typed(admin: Browser) -> None:
    admin.get(PAGE)
    told = admin.post(f"{PHRASES}/measure", language="id", key=KEY, text="POLISI: {code} " * 20).json
    assert told is not None
    assert (told["units"], told["limit"], told["messages"], told["ok"]) == (259, 160, 2, False)
    assert "kelebihan 99" in text_of(told["html"])
    told = admin.post(f"{PHRASES}/measure", language="id", key=KEY, text=OWN).json
    assert told is not None
    assert told["ok"]
    assert "sisa 123" in text_of(told["html"])
    assert admin.post(f"{PHRASES}/measure", language="id", key="alert.head", text="x").status_code == 404


def test_a_wording_that_is_not_used_any_more_says_so(admin: Browser, home: House) -> None:
    with home.open_uow() as uow:
        uow.db.add(Wording(key=KEY, language="id", text="POLISI: dicatat", changed_by="Ibu Admin"))
    assert "TIDAK DIPAKAI" in admin.get(f"{PHRASES}?language=id&group=citizen").text
    page = text_of(admin.get(PAGE).text)
    assert "Kalimat ini tidak dipakai" in page
    assert "Hilang: {code}" in page
