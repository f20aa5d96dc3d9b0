"""The page of recordings: what is wanted, upload, listen, replace, delete; and nobody but an admin of all units."""

from __future__ import annotations

import html
import io
import re

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from gateway.core import sounds
from gateway.models.recording import Recording
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin, trail
from tests.console.station import Browser
from tests.core.test_sounds import tone

PAGE = "/admin/recordings"


@pytest.fixture
def admin(app: Flask, home: House) -> Browser:
    return admin_browser(app, home)


def upload(someone: Browser, words: str, file: bytes, language: str = "id", **more: str) -> TestResponse:
    fields = {"csrf_token": someone.token, "words": words, "file": FileStorage(io.BytesIO(file), "suara.wav"), **more}
    boundary, body = encode_multipart(fields)
    sent = f"multipart/form-data; boundary={boundary}"
    return someone.client.post(f"{PAGE}/{language}", data=body, content_type=sent, headers={"Accept": "text/html"})


def there(home: House) -> list[tuple[str, str, float]]:
    with home.open_uow() as uow:
        return [(row.language, row.words, round(row.seconds, 1)) for row in uow.db.query(Recording)]


def test_only_an_admin_of_all_units_may(app: Flask, home: House, siti: Browser) -> None:
    kasat = polres_admin(app, home)
    for someone in (siti, kasat):
        someone.get("/monitor")
        assert someone.get(PAGE).status_code == 403
        assert someone.get(f"{PAGE}/1.wav").status_code == 403
        assert upload(someone, "Kode", tone(0.3, 8000)).status_code == 403
        assert someone.post(f"{PAGE}/1/delete").status_code == 403
    assert there(home) == []
    assert PAGE not in kasat.get("/admin").text


def test_it_lists_what_is_wanted_by_group(admin: Browser) -> None:
    page = html.unescape(admin.get(f"{PAGE}?language=id&group=letters").text)
    assert re.findall(r'<th scope="row" lang="id">(\w+)</th>', page)[:3] == ["a", "be", "ce"]
    assert "Huruf (0/" in page
    assert "Polres Pontianak" in admin.get(f"{PAGE}?group=units").text
    assert "Sekali lagi" not in admin.get(f"{PAGE}?group=units").text


def test_an_upload_becomes_a_telephones_sound_that_is_listened_to_replaced_and_deleted(
    admin: Browser, home: House
) -> None:
    admin.get(PAGE)
    answer = upload(admin, "Sekali lagi.", tone(0.4, 44100, channels=2), group="menu")
    assert (answer.status_code, answer.location) == (303, f"{PAGE}?language=id&group=menu")
    assert there(home) == [("id", "sekali lagi", 0.4)]
    page = html.unescape(admin.get(f"{PAGE}?language=id&q=sekali").text)
    (source,) = re.findall(r'<audio[^>]* src="([^"]+)"', page)
    heard = admin.get(source)
    assert (heard.mimetype, heard.headers["Cache-Control"]) == ("audio/wav", "no-store")
    assert sounds.seconds(heard.data) == pytest.approx(0.4, abs=0.01)
    upload(admin, "Sekali lagi.", tone(0.8, 8000))
    assert there(home) == [("id", "sekali lagi", 0.8)]
    assert (
        "sekali lagi"
        not in html.unescape(admin.get(f"{PAGE}?missing=1&q=sekali").text).casefold().partition("<th scope")[2]
    )
    number = re.findall(r"(\d+)\.wav", source)[0]
    assert admin.post(f"{PAGE}/{number}/delete").status_code == 303
    assert there(home) == []
    assert admin.post(f"{PAGE}/{number}/delete").status_code == 404
    assert admin.get(f"{PAGE}/{number}.wav").status_code == 404
    done = [(what, subject) for _, what, subject in trail(home) if what.startswith("recording.")]
    assert done == [("recording.keep", "id sekali lagi")] * 2 + [("recording.delete", "id sekali lagi")]


@pytest.mark.parametrize(
    ("file", "told"),
    [(b"ID3", "Bukan berkas WAV"), (tone(0.3, 8000, loud=0.0), "Tidak ada suara"), (tone(31, 8000), "Terlalu panjang"),
     (b"", "Bukan berkas WAV"), (b"x" * (6 * 1024 * 1024 + 1), "Terlalu panjang")],
    ids=["mp3", "silent", "long", "empty", "large"],
)  # fmt: skip
def test_a_file_that_cannot_be_used_is_refused_with_a_reason(
    admin: Browser, home: House, file: bytes, told: str
) -> None:
    admin.get(PAGE)
    answer = upload(admin, "Kode", file)
    assert answer.status_code == 409
    assert told in html.unescape(answer.text)
    assert there(home) == []


def test_words_and_languages_of_nobody_are_refused(admin: Browser, home: House) -> None:
    admin.get(PAGE)
    assert upload(admin, "...", tone(0.3, 8000)).status_code == 409
    assert upload(admin, "kode", tone(0.3, 8000), language="xx").status_code == 404
    assert admin.client.post(f"{PAGE}/id", data={"words": "kode"}).status_code == 400  # no token
    assert there(home) == []


def test_what_is_no_longer_wanted_is_shown_and_can_be_deleted(admin: Browser, home: House) -> None:
    admin.get(PAGE)
    upload(admin, "Pos yang bubar", tone(0.3, 8000))
    page = html.unescape(admin.get(f"{PAGE}?group=other").text)
    assert "pos yang bubar" in page
    assert "Lainnya (1/1)" in page
