"""Areas on the map: who answers where, and one unit's areas drawn anew."""

from __future__ import annotations

import html
import io
import json
import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from gateway.models.officer import Officer
from gateway.models.unit import Area, Unit
from gateway.models.user import User
from gateway.web.console.admin import areas
from gateway.web.console.packing import pack
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin, trail
from tests.console.station import Browser

AREAS = "/admin/areas"
PTK, KBR, BARAT, KOTA = 2, 3, 4, 5  # ids of units


def box(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def feature(geometry: object, **properties: str) -> dict[str, Any]:
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def collection(*features: object) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": features}


WEST, EAST = box(109.30, -0.05, 109.34, 0.0), box(109.34, -0.05, 109.38, 0.0)
WHOLE, BEYOND = box(109.30, -0.05, 109.38, 0.0), box(109.36, -0.20, 109.50, -0.02)
HALF = box(109.30, -0.05, 109.32, 0.0)


@pytest.fixture(autouse=True)
def beats(home: House) -> None:
    """Two Polsek below Pontianak; the Polres and the western one have an area, the eastern one has none."""
    with home.open_uow() as uow:
        for unit_id, code, lon in ((BARAT, "BARAT", 109.32), (KOTA, "KOTA", 109.36)):
            uow.db.add(Unit(id=unit_id, code=code, name=f"Polsek {code}", kind="polsek", parent_id=PTK, lat=-0.03,
                             lon=lon))  # fmt: skip
        uow.db.flush()
        for owner, geometry in ((PTK, WHOLE), (BARAT, WEST)):
            uow.db.add(Area(unit_id=owner, geometry=json.dumps(geometry)))


@pytest.fixture
def admin(app: Flask, home: House) -> Browser:
    return admin_browser(app, home)


@pytest.fixture
def kasat(app: Flask, home: House) -> Browser:
    """The administrator of Polres Pontianak."""
    return polres_admin(app, home)


def paste(browser: Browser, unit_id: int, drawing: object) -> TestResponse:
    text = drawing if isinstance(drawing, str) else json.dumps(drawing)
    return browser.post(AREAS, unit=str(unit_id), geojson=text)


def upload(browser: Browser, unit_id: int, content: bytes) -> TestResponse:
    file = FileStorage(io.BytesIO(content), "wilayah.geojson")
    fields = {"csrf_token": browser.token, "unit": str(unit_id), "geojson": "", "file": file}
    boundary, body = encode_multipart(fields)
    return browser.client.post(AREAS, data=body, content_type=f"multipart/form-data; boundary={boundary}")


def sealed_in(page: str) -> str:
    found = re.search(r'name="sealed" value="([^"]+)"', page)
    assert found is not None
    return html.unescape(found.group(1))


def owned(home: House, unit_id: int) -> list[dict[str, Any]]:
    with home.open_uow() as uow:
        rows = uow.db.scalars(select(Area.geometry).where(Area.unit_id == unit_id).order_by(Area.id))
        return [json.loads(geometry) for geometry in rows]


def answer(browser: Browser, lat: float, lon: float) -> dict[str, str]:
    found = browser.get(f"{AREAS}/at?lat={lat}&lon={lon}").json
    assert found is not None
    return dict(found)


# --- who answers ------------------------------------------------------------------------------------------------------


def test_the_unit_with_the_smallest_area_answers_and_its_policy_is_a_click_away(admin: Browser) -> None:
    told = answer(admin, -0.03, 109.32)
    assert (told["unit"], told["says"]) == ("Polsek BARAT", "Dijawab Polsek BARAT: titik ini di wilayahnya.")
    page = admin.get(told["preview"]).text
    assert 'value="109.32"' in page
    assert 'value="-0.03"' in page
    assert answer(admin, -0.03, 109.36)["unit"] == "Polres Pontianak"


def test_outside_every_area_the_nearest_answers_and_that_is_said(admin: Browser) -> None:
    told = answer(admin, -0.3, 109.5)
    assert told["unit"] == "Polsek KOTA"
    assert told["says"].startswith("DI LUAR SEMUA WILAYAH")


def test_a_unit_beyond_the_admins_own_is_named_without_a_link(kasat: Browser, home: House) -> None:
    with home.open_uow() as uow:
        uow.db.add(Area(unit_id=KBR, geometry=json.dumps(BEYOND)))
    assert answer(kasat, -0.15, 109.40) == {
        "says": "Dijawab Polres Kubu Raya: titik ini di wilayahnya.", "unit": "Polres Kubu Raya", "preview": "",
    }  # fmt: skip


@pytest.mark.parametrize("asked", ["", "?lat=&lon=", "?lat=x&lon=1", "?lat=91&lon=1", "?lat=0&lon=0", "?lat=nan&lon=1"])
def test_what_is_no_place_is_refused(admin: Browser, asked: str) -> None:
    assert admin.get(f"{AREAS}/at{asked}").status_code == 400


def test_a_typed_place_is_answered_without_a_script(admin: Browser) -> None:
    page = admin.get(f"{AREAS}?lat=-0.03&lon=109.32").text
    assert "Dijawab Polsek BARAT" in page
    assert f'href="/admin/units/{BARAT}?lat=-0.03&amp;lon=109.32"' in page
    assert "Titik itu tidak ada." in admin.get(f"{AREAS}?lat=x&lon=109.32").text


def test_nobody_answers_where_there_is_no_unit(admin: Browser, home: House) -> None:
    with home.open_uow() as uow:
        uow.db.execute(delete(User).where(User.unit_id.is_not(None)))
        for kind in (Officer, Area, Unit):
            uow.db.execute(delete(kind))
    assert answer(admin, -0.03, 109.32) == {
        "says": "TIDAK ADA satuan yang menjawab di sini.", "unit": "", "preview": "",
    }  # fmt: skip


# --- the list ---------------------------------------------------------------------------------------------------------


def test_the_list_names_holes_first_and_counts_areas(admin: Browser) -> None:
    page = admin.get(AREAS).text
    listed = page[page.index('class="holders"') :]
    assert listed.index("Polsek KOTA") < listed.index("BELUM ADA WILAYAH") < listed.index("Polda Kalbar")
    assert listed.count("BELUM ADA WILAYAH") == 1
    assert listed.count("1 wilayah") == 2


def test_without_any_area_nothing_is_a_hole(admin: Browser, home: House) -> None:
    with home.open_uow() as uow:
        for row in uow.db.scalars(select(Area)):
            uow.db.delete(row)
    assert "BELUM ADA WILAYAH" not in admin.get(AREAS).text


def test_a_polres_lists_its_own_units_only(kasat: Browser) -> None:
    page = kasat.get(AREAS).text
    assert "Polsek BARAT" in page
    assert "Kubu Raya" not in page


# --- drawing ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "drawing",
    [
        EAST,
        feature(EAST),
        feature(EAST, unit="KOTA", name="Kota"),
        collection(feature(EAST)),
        collection(feature(EAST, unit="KOTA"), feature(WEST, unit="BARAT")),
        {"type": "MultiPolygon", "coordinates": [EAST["coordinates"]]},
    ],
)
def test_a_drawing_is_shown_first_and_kept_as_it_was_shown(admin: Browser, home: House, drawing: object) -> None:
    page = paste(admin, KOTA, drawing).text
    assert "Ini percobaan. Belum ada yang disimpan." in page
    assert "1 bagian, 4 titik" in page
    assert "Wajar: satuan di atas" in page  # the Polres holds it
    assert "data-drawing=" in page
    assert owned(home, KOTA) == []
    assert trail(home) == []
    back = admin.post(f"{AREAS}/keep", sealed=sealed_in(page))
    assert "langsung berlaku" in admin.get(back.location).text
    assert trail(home) == [("Ibu Admin", "unit.areas", "KOTA")]
    assert answer(admin, -0.03, 109.36)["unit"] == "Polsek KOTA"
    assert answer(admin, -0.03, 109.32)["unit"] == "Polsek BARAT"


def test_a_file_goes_before_what_was_pasted(admin: Browser, home: House) -> None:
    page = upload(admin, KOTA, b"\xef\xbb\xbf" + json.dumps(EAST).encode()).text
    admin.post(f"{AREAS}/keep", sealed=sealed_in(page))
    assert owned(home, KOTA) == [EAST]


def test_the_areas_of_one_unit_take_the_place_of_what_it_had(admin: Browser, home: House) -> None:
    page = paste(admin, BARAT, HALF).text
    assert "Luas: 24,6 km² menjadi 12,3 km²" in page
    admin.post(f"{AREAS}/keep", sealed=sealed_in(page))
    assert owned(home, BARAT) == [HALF]
    assert owned(home, PTK) == [WHOLE]
    assert answer(admin, -0.03, 109.33)["unit"] == "Polres Pontianak"


def test_an_overlap_with_a_stranger_is_named_with_its_share(admin: Browser) -> None:
    page = paste(admin, KOTA, box(109.33, -0.05, 109.37, 0.0)).text
    assert re.search(r"TUMPANG TINDIH dengan Polsek BARAT: 6,1\d? km² \(25%", page)


def test_what_would_be_nobodys_is_said(admin: Browser, home: House) -> None:
    page = paste(admin, PTK, WEST).text
    assert re.search(r"24,6 km² tidak lagi masuk wilayah siapa pun", page)
    assert "tidak lagi masuk" not in paste(admin, BARAT, HALF).text  # the Polres still holds it


def test_borders_that_barely_cross_are_no_overlap(admin: Browser) -> None:
    assert "TUMPANG TINDIH" not in paste(admin, KOTA, box(109.339999, -0.05, 109.38, 0.0)).text


def test_what_cannot_be_an_area_is_told_and_what_was_pasted_stays(admin: Browser, home: House) -> None:
    for drawing, told in (
        ("", "tidak ada wilayah di dalamnya"),
        ("{", "baris 1 bukan JSON"),
        ("[1]", "baris 1 bukan JSON"),
        (collection(), "tidak ada wilayah di dalamnya"),
        (collection(feature(WEST, unit="BARAT")), "tidak ada wilayah untuk KOTA: isinya milik BARAT"),
        (collection(feature(EAST), feature(None)), "features[1]: belum ada"),
        ({"type": "Point", "coordinates": [1, 2]}, "FeatureCollection"),
        (feature({"type": "Point", "coordinates": [1, 2]}), "area of KOTA: a Polygon"),
        (box(-0.05, 109.3, 0.0, 109.38), "longitude before latitude"),
        ({"type": "Polygon", "coordinates": [[[1, 1], [2, 2], [1, 1], [1, 1]]]}, "encloses nothing"),
    ):
        answered = paste(admin, KOTA, drawing)
        page = html.unescape(answered.text)
        assert answered.status_code == 409
        assert told in page, told
        assert (drawing if isinstance(drawing, str) else json.dumps(drawing)) in page
    assert owned(home, KOTA) == []


def test_a_drawing_that_is_too_large_is_told(admin: Browser) -> None:
    answered = upload(admin, KOTA, b" " * (areas.LARGEST + 1))
    assert answered.status_code == 409
    assert "lebih dari 2 MB" in answered.text


def test_a_large_drawing_travels_whole(admin: Browser, home: House) -> None:
    fine = [[109.34 + step / 500_000, -0.02] for step in range(20_000)]
    ring = [[109.34, -0.05], *fine, [109.38, -0.05], [109.34, -0.05]]
    page = paste(admin, KOTA, {"type": "Polygon", "coordinates": [ring]}).text
    assert admin.post(f"{AREAS}/keep", sealed=sealed_in(page)).status_code == 303
    assert len(owned(home, KOTA)[0]["coordinates"][0]) == len(ring)


def test_what_somebody_else_has_changed_meanwhile_is_not_overwritten(
    admin: Browser, kasat: Browser, home: House
) -> None:
    mine, theirs = sealed_in(paste(admin, BARAT, HALF).text), sealed_in(paste(kasat, BARAT, WHOLE).text)
    kasat.post(f"{AREAS}/keep", sealed=theirs)
    back = admin.post(f"{AREAS}/keep", sealed=mine)
    assert "TIDAK disimpan" in admin.get(back.location).text
    assert owned(home, BARAT) == [WHOLE]


@pytest.mark.parametrize("label", ["units", "area", "area x y"])
def test_what_was_not_shown_is_not_kept(admin: Browser, home: House, label: str) -> None:
    assert admin.post(f"{AREAS}/keep", sealed="nonsense").status_code == 400
    assert admin.post(f"{AREAS}/keep", sealed=pack(label, b"[]")).status_code == 400
    assert admin.post("/admin/imports/keep", sealed=pack("area 2 ", b"[]")).status_code == 400


# --- removing ---------------------------------------------------------------------------------------------------------


def test_an_area_is_removed_after_a_second_look(admin: Browser, home: House) -> None:
    page = admin.get(f"{AREAS}/{PTK}/remove").text
    assert "Hapus wilayah Polres Pontianak?" in page
    assert re.search(r"24,6 km² tidak lagi masuk wilayah siapa pun", page)
    assert owned(home, PTK) == [WHOLE]
    back = admin.post(f"{AREAS}/{PTK}/remove")
    assert "Wilayah dihapus." in admin.get(back.location).text
    assert owned(home, PTK) == []
    assert owned(home, BARAT) == [WEST]
    assert trail(home) == [("Ibu Admin", "unit.areas_removed", "PTK")]
    assert answer(admin, -0.03, 109.36)["says"].startswith("DI LUAR SEMUA WILAYAH")


def test_removing_what_is_not_there_leaves_no_trace(admin: Browser, home: House) -> None:
    admin.post(f"{AREAS}/{KOTA}/remove")
    assert trail(home) == []


# --- who may ----------------------------------------------------------------------------------------------------------


def test_a_polres_changes_nothing_beyond_its_own(kasat: Browser, home: House) -> None:
    sealed = pack(f"area {KBR} ", json.dumps([["", json.dumps(EAST)]]).encode())
    assert paste(kasat, KBR, EAST).status_code == 404
    assert kasat.post(f"{AREAS}/keep", sealed=sealed).status_code == 404
    assert kasat.get(f"{AREAS}/{KBR}/remove").status_code == 404
    assert kasat.post(f"{AREAS}/{KBR}/remove").status_code == 404
    assert kasat.get(f"{AREAS}?unit={KBR}").status_code == 404
    assert owned(home, KBR) == []
    assert kasat.get(f"{AREAS}?unit={BARAT}").status_code == 200


@pytest.mark.parametrize("name", ["Siti", "Tamu"])
def test_only_admins_change_areas(app: Flask, home: House, name: str) -> None:
    someone = Browser(app.test_client())
    someone.log_in(name)
    assert paste(someone, BARAT, HALF).status_code == 403
    for path in ("keep", f"{BARAT}/remove"):
        assert someone.post(f"{AREAS}/{path}").status_code == 403
    assert someone.get(f"{AREAS}/at?lat=1&lon=1").status_code == 403
    assert owned(home, BARAT) == [WEST]


def test_a_form_without_its_token_does_nothing(admin: Browser, home: House) -> None:
    admin.token = ""
    assert admin.post(f"{AREAS}/{BARAT}/remove").status_code == 400
    assert owned(home, BARAT) == [WEST]


@pytest.mark.parametrize("language", ["id", "en", "sw"])
def test_every_step_is_there_in_every_language(admin: Browser, language: str) -> None:
    admin.post(f"/language/{language}")
    pages = [admin.get(f"{AREAS}?lat=-0.3&lon=109.5"), admin.get(f"{AREAS}/{PTK}/remove")]
    pages += [paste(admin, KOTA, box(109.33, -0.05, 109.37, 0.0)), paste(admin, PTK, WEST), paste(admin, KOTA, "")]
    for page in pages:
        assert "console." not in page.text.replace("console.css", "")
        assert "style=" not in page.text
