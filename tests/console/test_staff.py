"""Officers and units as an administrator's forms keep them."""

from __future__ import annotations

from flask import Flask

from gateway.models import never_asked
from gateway.models import officer as officers
from gateway.models import unit as units
from gateway.models.citizen import Person
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin, trail

BUDI = {"phone": "0812-7000-0001", "rank": "Bripka", "name": "Budi", "unit": "PTK", "language": "id"}

PASAR = {
    "name": "Polsek Pasar", "kind": "polsek", "parent": "PTK", "phone": "0561 733333", "lat": "-0,02", "lon": "109.34",
    "timezone": "Asia/Pontianak",
}  # fmt: skip


def test_an_officer_is_added_moved_renumbered_retired_and_brought_back(app: Flask, home: House) -> None:
    admin = admin_browser(app, home)
    assert admin.get("/admin/officers/new").status_code == 200
    path = str(admin.post("/admin/officers/new", **BUDI).location)
    with home.open_uow() as uow:
        anna = Person(name="Anna", created_at=uow.now())
        uow.db.add(anna)
        uow.db.flush()
        never_asked.add(uow.db, anna.id, "+6281270000001")
    again = admin.post(path, **{**BUDI, "phone": "0812 7000 0002", "unit": "KBR"})
    assert "Perubahan disimpan" in admin.get(str(again.location)).text
    with home.open_uow() as uow:
        row = officers.by_phone(uow.db, "+6281270000002")
        assert row is not None
        assert (row.title, row.unit_id, row.on_duty) == ("Bripka Budi", 3, False)
        assert "+6281270000002" in never_asked.named_by(uow.db, 1)  # whoever must never know has a new number
    assert "+6281270000001 -&gt; +6281270000002" in admin.get(path).text
    assert "Centang dulu" in admin.get(str(admin.post(f"{path}/retire").location)).text
    admin.post(f"{path}/retire", sure="1")
    assert "Budi" not in admin.get("/admin/officers").text
    assert "Budi" in admin.get("/admin/officers?which=retired").text
    assert admin.post("/admin/officers/new", **{**BUDI, "phone": "0812 7000 0002", "name": "Citra"}).status_code == 303
    assert admin.post(path, **{**BUDI, "phone": "0812 7000 0002"}).status_code == 409
    admin.post(path, **BUDI)
    with home.open_uow() as uow:
        back = officers.by_phone(uow.db, "+6281270000001")
        assert back is not None
        assert (back.name, back.suspended, back.retired) == ("Budi", False, False)
    assert [what for _, what, _ in trail(home)] == [
        "officer.add", "officer.amend", "officer.retire", "officer.add", "officer.amend"
    ]  # fmt: skip


def test_all_faults_of_an_officers_form_are_told_at_once(app: Flask, home: House) -> None:
    wrong = {**BUDI, "phone": "banyak", "unit": "NOWHERE", "lat": "91", "lon": "109"}
    page = admin_browser(app, home).post("/admin/officers/new", **wrong)
    assert page.status_code == 409
    assert all(f'href="#{name}"' in page.text for name in ("phone", "unit", "lat"))


def test_an_admin_of_one_unit_keeps_officers_and_units_of_that_unit_only(app: Flask, home: House) -> None:
    kasat = polres_admin(app, home)
    assert kasat.post("/admin/officers/new", **{**BUDI, "unit": "KBR"}).status_code == 409
    assert kasat.post("/admin/officers/1", **{**BUDI, "unit": "KBR"}).status_code == 409
    assert kasat.post("/admin/officers/2", **BUDI).status_code == 404
    assert kasat.post("/admin/officers/2/retire", sure="1").status_code == 404
    assert kasat.post("/admin/units/new", **{**PASAR, "code": "PSR", "parent": "KBR"}).status_code == 409
    assert kasat.post("/admin/units/new", **{**PASAR, "code": "PSR", "parent": ""}).status_code == 409
    assert kasat.post("/admin/units/3/form", **PASAR).status_code == 404
    own = {**PASAR, "name": "Polres Pontianak Kota", "kind": "polres", "parent": "KALBAR"}
    kasat.post("/admin/units/2/form", **own)
    assert kasat.post("/admin/units/2/form", **{**PASAR, "parent": "KBR"}).status_code == 409
    with home.open_uow() as uow:
        unit, officer = uow.db.get_one(Unit, 2), uow.db.get_one(Officer, 1)
        assert (unit.name, unit.parent_id, officer.unit_id) == ("Polres Pontianak Kota", 1, 2)


def test_a_unit_is_added_changed_retired_once_empty_and_brought_back(app: Flask, home: House) -> None:
    admin = admin_browser(app, home)
    assert "PSR" in str(admin.get(str(admin.post("/admin/units/new", **PASAR, code="PSR").location)).text)
    assert admin.post("/admin/units/new", **PASAR, code="PSR").status_code == 409
    path = "/admin/units/4/form"
    admin.post(path, **{**PASAR, "name": "Polsek Pasar Baru", "parent": "KBR"})
    assert "PTK -&gt; KBR" in admin.get(path).text
    assert admin.post(path, **{**PASAR, "parent": "PSR"}).status_code == 409  # below itself
    held = admin.post("/admin/units/2/retire", sure="1")
    assert "masih ada 1 petugas" in held.text
    assert "satuan teratas" in admin.post("/admin/units/1/retire", sure="1").text
    admin.post("/admin/units/4/retire", sure="1")
    with home.open_uow() as uow:
        row = units.by_code(uow.db, "PSR")
        assert row is not None
        assert (row.kind, row.phone, row.lat) == ("retired", None, None)
    assert "Polsek Pasar" not in admin.get("/admin/units").text
    assert "Polsek Pasar" in admin.get("/admin/units?which=retired&q=psr").text
    admin.post(path, **PASAR)
    assert "Polsek Pasar" in admin.get("/admin/units?sort=-desk").text
    assert [what for _, what, _ in trail(home)] == ["unit.add", "unit.amend", "unit.retire", "unit.amend"]


def test_a_long_list_has_pages_and_is_sorted_by_what_one_presses(app: Flask, home: House) -> None:
    admin = admin_browser(app, home)
    with home.open_uow() as uow:
        uow.db.add_all(
            Officer(phone=f"+62813{number:08}", name=f"Nomor {number:03}", unit_id=2) for number in range(250)
        )
    first = admin.get("/admin/officers?sort=name&q=nomor").text
    assert "Halaman 1 dari 3, 250 baris" in first
    assert "Nomor 099" in first
    assert "Nomor 100" not in first
    assert "Nomor 249" in admin.get("/admin/officers?sort=name&q=nomor&page=3").text
    assert "Nomor 249" in admin.get("/admin/officers?sort=-name&q=nomor").text
    assert admin.get("/admin/officers?sort=nonsense&page=99999").status_code == 200
