"""Imports with their preview, and the lines with their test message."""

from __future__ import annotations

import html
import io
import re

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from gateway.models import sealing
from gateway.models import unit as units
from gateway.models.attempt import Attempt
from gateway.models.outbound import Outbound
from gateway.models.worker import LineHealth
from gateway.register.imports import guide, kinds
from gateway.web.console.admin import imports
from gateway.wiring import House
from tests.console.admins import admin_browser, trail
from tests.console.station import Browser

IMPORTS = "/admin/imports"
GOOD = "code,name,kind,parent\nSBY,Polsek Sungai Raya,polsek,KBR\nPTK,Polres Pontianak Kota,polres,KALBAR\n"
BAD = GOOD + "XXX,Salah,planet,KBR\n"


@pytest.fixture
def admin(app: Flask, home: House) -> Browser:
    return admin_browser(app, home)


def upload(browser: Browser, content: str, kind: str = "units") -> TestResponse:
    """A form's upload, made in memory: werkzeug's client leaves the file of a large one open."""
    file = FileStorage(io.BytesIO(content.encode()), "berkas.csv")
    boundary, body = encode_multipart({"csrf_token": browser.token, "kind": kind, "file": file})
    return browser.client.post(IMPORTS, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def sealed_in(page: str) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', page)
    assert found is not None
    return html.unescape(found.group(1))


def names(home: House) -> set[str]:
    with home.open_uow() as uow:
        return {unit.name for unit in units.all_units(uow.db)}


def test_a_preview_counts_what_would_change_and_changes_nothing(admin: Browser, home: House) -> None:
    before = names(home)
    page = upload(admin, BAD).text
    for told in (
        "baru: <strong>1",
        "berubah: <strong>1",
        "ditolak: <strong>1",
        "baris 4: kind: harus salah satu",
    ):
        assert told in page
    assert names(home) == before
    assert trail(home) == []


def test_the_file_that_was_shown_is_brought_in_under_the_admins_name(admin: Browser, home: House) -> None:
    sealed = sealed_in(upload(admin, BAD).text)
    page = admin.post(f"{IMPORTS}/keep", sealed=sealed).text
    assert "Disimpan." in page
    assert {"Polsek Sungai Raya", "Polres Pontianak Kota"} <= names(home)
    assert trail(home) == [("Ibu Admin", "import.units", "units")]
    assert "Tidak ada yang akan berubah." in upload(admin, GOOD).text


def test_a_large_file_travels_whole(admin: Browser, home: House) -> None:
    rows = "".join(f"C{number:05},Pos {sealing.fingerprints(str(number))[0]},post,KBR\n" for number in range(9000))
    sealed = sealed_in(upload(admin, "code,name,kind,parent\n" + rows).text)
    assert len(sealed) > 500_000
    assert admin.post(f"{IMPORTS}/keep", sealed=sealed).status_code == 200
    assert len(names(home)) == 9003


@pytest.mark.parametrize("sealed", ["", "nonsense"])
def test_what_was_not_shown_is_not_brought_in(admin: Browser, home: House, sealed: str) -> None:
    assert admin.post(f"{IMPORTS}/keep", sealed=sealed).status_code == 400
    assert admin.post(f"{IMPORTS}/keep", sealed=sealing.seal("units:%%")).status_code == 400
    assert trail(home) == []


def test_the_page_explains_every_column_and_hands_out_empty_templates(admin: Browser) -> None:
    page = admin.get(IMPORTS).text
    for kind in kinds.TABLES:
        assert all(f"{line.name}" in page and html.escape(line.meaning("id")) in page for line in guide.lines(kind))
        for ending in ("xlsx", "csv"):
            assert f"{IMPORTS}/{kind}.{ending}" in page
    answer = admin.get(f"{IMPORTS}/officers.xlsx")
    assert answer.data[:4] == b"PK\x03\x04"
    assert "siaga-officers.xlsx" in answer.headers["Content-Disposition"]
    assert admin.get(f"{IMPORTS}/officers.exe").status_code == admin.get(f"{IMPORTS}/areas.csv").status_code == 404


def test_an_unknown_header_can_be_given_a_meaning_before_anything_is_kept(admin: Browser, home: House) -> None:
    told = upload(admin, "Kode,Nama,jenis,induk,Telepon kantor\nSEL2,Polsek Selatan Dua,polsek,KBR,0561700999\n").text
    assert 'name="meant:telepon kantor"' in told
    told = admin.post(f"{IMPORTS}/again", sealed=sealed_in(told), **{"meant:telepon kantor": "phone"}).text
    assert 'name="meant:' not in told
    assert "Disimpan." in admin.post(f"{IMPORTS}/keep", sealed=sealed_in(told)).text
    with home.open_uow() as uow:
        kept = units.by_code(uow.db, "SEL2")
        assert kept is not None
        assert kept.phone == "+62561700999"


@pytest.mark.parametrize("content", ["", "x" * (imports.LARGEST + 1), "tanpa,kolom\n1,2\n"])
def test_a_file_that_cannot_be_read_is_told(admin: Browser, content: str) -> None:
    answer = upload(admin, content)
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text


def test_an_unknown_kind_is_not_found(admin: Browser) -> None:
    assert upload(admin, GOOD, "planets").status_code == 404


def test_a_page_of_identities_stays_in_no_cache(admin: Browser) -> None:
    assert admin.get("/admin/citizens").headers["Cache-Control"] == "no-store"


# --- lines ---------------------------------------------------------------------------------------------------------


def test_a_line_that_failed_last_is_told_with_its_error(admin: Browser, home: House) -> None:
    assert "tidak ada keluhan" in admin.get("/admin/lines").text
    with home.open_uow() as uow:
        uow.db.add(LineHealth(line="simulator", bad_at=uow.now(), code="timeout"))
    page = admin.get("/admin/lines").text
    assert "GAGAL pada percobaan terakhir" in page
    assert "timeout" in page


def test_a_test_message_is_owed_recorded_and_followed(admin: Browser, home: House) -> None:
    back = admin.post("/admin/lines/test", phone="0812-5550-0042")
    page = admin.get(back.location).text
    assert "Pesan uji sedang dikirim" in page
    assert "Antrean: 1 SMS, 0 telepon" in page
    assert trail(home) == [("Ibu Admin", "line.test", "+6281255500042")]
    with home.open_uow() as uow:
        owed = uow.db.query(Outbound).one()
        assert owed.body == "SIAGA: pesan uji dari Ibu Admin. Tidak perlu dibalas."
        uow.db.add(Attempt(outbound_id=owed.id, line="simulator", state="refused", code="nomor-mati",
                            started_at=uow.now()))  # fmt: skip
    assert "nomor-mati" in admin.get("/admin/lines").text


@pytest.mark.parametrize("phone", ["", "polisi", "110", "+99912"])
def test_what_is_no_phone_is_sent_nothing(admin: Browser, home: House, phone: str) -> None:
    back = admin.post("/admin/lines/test", phone=phone)
    assert "bukan nomor HP" in admin.get(back.location).text
    assert trail(home) == []
