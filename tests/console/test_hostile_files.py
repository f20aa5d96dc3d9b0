"""What is pasted, uploaded and downloaded by an admin who is unlucky, or up to something."""

from __future__ import annotations

import io
import json
import re
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import select

from gateway.models.unit import Area, Unit
from gateway.wiring import House
from tests.console.admins import admin_browser
from tests.console.station import Browser

TRIANGLE = {"type": "Polygon", "coordinates": [[[109, 0], [110, 0], [110, 1], [109, 0]]]}


@pytest.fixture
def admin(app: Flask, home: House) -> Browser:
    return admin_browser(app, home)


def named(name: str) -> str:
    properties = {"unit": "PTK", "name": name}
    feature = {"type": "Feature", "properties": properties, "geometry": TRIANGLE}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Barat\x00", "Barat"),
        ("\ud800Barat", "Barat"),
        ("\u202eBarat\x1b[31m", "Barat[31m"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("x" * 500, "x" * 120),
    ],
)
def test_any_name_of_an_area_is_kept_as_far_as_it_can_be_shown(
    admin: Browser, home: House, name: str, kept: str
) -> None:
    page = admin.post("/admin/areas", unit="2", geojson=named(name)).text
    (sealed,) = re.findall(r'name="sealed" value="([^"]+)"', page)
    assert admin.post("/admin/areas/keep", sealed=sealed).status_code == 303
    with home.open_uow() as uow:
        assert uow.db.scalars(select(Area.name)).all() == [kept]
    assert "<img" not in admin.get("/admin/areas?unit=2").text


@pytest.mark.parametrize(
    "pasted",
    [
        '{"type":"FeatureCollection","features":[' + "1" * 5000 + "]}",
        "[" * 100_000,
        '{"type":"Polygon","coordinates":' + "[" * 5000 + "]" * 5000 + "}",
        '{"type":"Polygon","coordinates":[[[1e999,0],[110,0],[110,1],[109,0]]]}',
        '{"type":"Feature","properties":{"unit":{"a":1}},"geometry":null}',
        '{"type":"Feature","properties":[],"geometry":{"type":["Polygon"]}}',
        "null",
    ],
)
def test_what_is_no_drawing_is_told_and_never_an_error(admin: Browser, pasted: str) -> None:
    assert admin.post("/admin/areas", unit="2", geojson=pasted).status_code == 409
    form = {"csrf_token": admin.token, "kind": "areas", "file": (io.BytesIO(pasted.encode()), "x.json")}
    answer = admin.client.post("/admin/imports", data=form, headers={"Accept": "text/html"})
    assert answer.status_code == 409


@pytest.mark.parametrize("code", ['a"b', "x\u2028y", "\u0627\U0001f525", "a/b\\c", "a\r\nSet-Cookie: x=1"])
def test_a_report_on_a_unit_of_any_name_can_be_taken_away(admin: Browser, home: House, code: str) -> None:
    with home.open_uow() as uow:
        unit = uow.db.get_one(Unit, 2)
        unit.code, unit.name = code, '=cmd|"\U0001f525\u0627<b>\u202e'
    for form in ("", "/csv", "/json", "/pdf"):
        answer = admin.get(f"/admin/results{form}?unit={quote(code)}")
        assert answer.status_code == 200
        assert re.fullmatch(r"|attachment; filename=siaga-[\w.-]+", answer.headers.get("Content-Disposition", ""), re.A)
    table = admin.get(f"/admin/results/csv?unit={quote(code)}").text
    assert not re.search(r"(?m)(^|,)\"?[=+@]", table)
