"""One citizen's page: the profile as the desk settles it, numbers taken down by hand, numbers that change hands."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from gateway.identity.pins import matches
from gateway.models import citizen as citizens
from gateway.models.audit import Audit
from gateway.models.citizen import Citizen, Person
from gateway.models.place import Place
from gateway.register.imports.citizens import identified
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin, trail
from tests.console.station import CALLER, Browser, act, panic

NIK = "6171014107850003"
NEW = "/admin/citizens/new"
BY_HAND = {
    "phone": "0812-5550-0001", "name": "Dewi Lestari", "national_id": NIK, "address": "Jl. Gajah Mada 5",
    "language": "id", "unit": "2", "consent": "1",
}  # fmt: skip


@pytest.fixture
def admin(app: Flask, home: House) -> Browser:
    return admin_browser(app, home)


def applicant(home: House, state: str = "pending", unit_id: int | None = 2) -> int:
    with home.open_uow() as uow:
        person = Person(name="Dewi Lestari", address="Jl. Gajah Mada 5", created_at=uow.now(), **identified(NIK))
        row = Citizen(phone=CALLER, person=person, state=state, channel="sms", unit_id=unit_id,
                      applied_at=uow.now())  # fmt: skip
        uow.db.add(row)
        uow.db.flush()
        return row.id


def holder(home: House, phone: str = CALLER) -> Citizen:
    with home.open_uow() as uow:
        row = citizens.current(uow.db, phone)
        assert row is not None
        return row


def form_of(page: str) -> dict[str, str]:
    """What a browser would send of the profile if nothing were touched."""
    form = dict(re.findall(r'<input id="\w+" name="(\w+)" value="([^"]*)"', page))
    form |= dict(re.findall(r'<textarea id="\w+" name="(\w+)"[^>]*>([^<]*)<', page))
    form |= dict(re.findall(r'<select id="\w+" name="(\w+)".*?value="(\w*)" selected', page))
    return form


def test_everything_is_settled_and_verified_with_one_press(admin: Browser, home: House) -> None:
    citizen_id = applicant(home)
    form = form_of(admin.get(f"/admin/citizens/{citizen_id}").text)
    assert (form["name"], form["national_id"], form["language"], form["unit"]) == ("Dewi Lestari", NIK, "id", "2")
    told = {"lat": "-0.0227", "lon": "109.33", "notes": "tuli", "next_of_kin": "Ani 0812", "volunteer_m": "500",
            "usual_from": "22", "usual_until": "6", "unit": "3", "quiet": "0", "ring_back": "1"}  # fmt: skip
    pins = {"pin": "4711", "pin_again": "4711", "duress_pin": "0815", "duress_again": "0815"}
    answer = admin.post(f"/admin/citizens/{citizen_id}/verify", **form | told | pins)
    assert (answer.status_code, answer.location) == (303, "/admin/applications")
    row = holder(home)
    assert (row.state, row.unit_id, row.lat, row.volunteer_m, row.usual_from) == ("verified", 3, -0.0227, 500, 22)
    assert (row.person.name, row.person.notes, row.person.next_of_kin) == ("Dewi Lestari", "tuli", "Ani 0812")
    assert matches("4711", row.pin_hash)
    assert matches("0815", row.duress_hash)
    page = admin.get(f"/admin/citizens/{citizen_id}").text
    assert "4711" not in page
    assert "PIN terancam: <strong>sudah ada" in page
    assert [what for _, what, _ in trail(home) if what != "citizen.identity"] == ["citizen.amend", "citizen.verify"]


def test_a_correction_is_on_the_record_without_what_was_corrected(admin: Browser, home: House) -> None:
    citizen_id = applicant(home, "verified")
    back = admin.post(f"/admin/citizens/{citizen_id}/profile", name="Dewi Lestari Putri", address="Gang Rahasia 9",
                      national_id="6171014107850009", pin="4711", pin_again="4711")  # fmt: skip
    assert "Profil disimpan." in admin.get(back.location).text
    assert holder(home).state == "verified"
    with home.open_uow() as uow:
        rows = uow.db.query(Audit).filter_by(what="citizen.amend").all()
        assert [row.detail for row in rows] == ["name, national_id, address, pin"]


def test_what_cannot_be_kept_is_said_at_the_top_and_nothing_typed_is_lost_but_pins(admin: Browser, home: House) -> None:
    citizen_id = applicant(home)
    form = {"name": "Dewi Lestari Putri", "usual_from": "26", "usual_until": "6", "pin": "4711", "pin_again": "1147"}
    answer = admin.post(f"/admin/citizens/{citizen_id}/verify", **form)
    assert answer.status_code == 409
    assert '<a href="#usual_from">Dari jam (0-23)</a>: harus jam bulat dari 0 sampai 23' in answer.text
    assert '<a href="#pin">PIN</a>: kedua ketikan tidak sama' in answer.text
    assert 'value="Dewi Lestari Putri"' in answer.text
    assert 'value="26"' in answer.text
    assert "4711" not in answer.text
    row = holder(home)
    assert (row.state, row.person.name, row.pin_hash) == ("pending", "Dewi Lestari", None)


def test_quiet_is_turned_off_for_a_reason_only(admin: Browser, home: House) -> None:
    citizen_id = applicant(home, "verified")
    path = f"/admin/citizens/{citizen_id}/profile"
    admin.post(path, quiet="1", ring_back="1")
    assert (holder(home).quiet, holder(home).ring_back) == (True, False)
    assert 'name="reason"' in admin.get(f"/admin/citizens/{citizen_id}").text
    answer = admin.post(path, quiet="0", ring_back="0")
    assert (answer.status_code, holder(home).quiet) == (409, True)
    assert "mematikan senyap menyangkut keselamatan" in answer.text
    assert admin.post(path, quiet="0", ring_back="1", reason="pelaku ditahan").status_code == 303
    assert (holder(home).quiet, holder(home).ring_back) == (False, True)


def test_enter_in_a_field_keeps_and_does_not_verify(admin: Browser, home: House) -> None:
    page = admin.get(f"/admin/citizens/{applicant(home)}").text
    buttons = [button for button in re.findall(r"<button[^>]*>", page) if 'form="profile"' in button]
    assert "formaction" not in buttons[0]  # a form's first button is the one that Enter presses
    assert 'formaction="/admin/citizens/1/verify" accesskey="v" autofocus' in buttons[1]


def test_somebody_known_under_the_same_identity_number_is_pointed_out(admin: Browser, home: House) -> None:
    citizen_id = applicant(home)
    with home.open_uow() as uow:
        other = Person(name="Orang Lain", created_at=uow.now(), **identified(NIK))
        uow.db.add(Citizen(phone="+6281255500099", person=other, state="verified", applied_at=uow.now()))
    page = admin.get(f"/admin/citizens/{citizen_id}").text
    assert "atas NAMA LAIN" in page
    assert "Orang Lain" not in page


def test_a_profile_outside_the_admins_units_is_not_found_and_not_changed(app: Flask, home: House) -> None:
    citizen_id = applicant(home, "verified", unit_id=3)
    kasat = polres_admin(app, home)
    for path in ("profile", "verify", "reassign"):
        answer = kasat.post(f"/admin/citizens/{citizen_id}/{path}", name="Diubah", reason="x")
        assert answer.status_code == 404, path
    assert holder(home).person.name == "Dewi Lestari"
    assert trail(home) == []


@pytest.mark.parametrize("path", ["profile", "verify", "reassign"])
def test_a_viewer_and_a_desk_change_nobody(app: Flask, home: House, path: str) -> None:
    citizen_id = applicant(home)
    for name in ("Tamu", "Siti"):
        someone = Browser(app.test_client())
        someone.log_in(name)
        assert someone.post(f"/admin/citizens/{citizen_id}/{path}", name="X", reason="y").status_code == 403
    assert someone.post(NEW, **BY_HAND).status_code == 403
    assert holder(home).person.name == "Dewi Lestari"


# --- applications of nobody's -------------------------------------------------------------------------------------


def test_an_application_without_a_unit_is_for_every_admin_and_becomes_their_own(app: Flask, home: House) -> None:
    citizen_id = applicant(home, unit_id=None)
    kasat = polres_admin(app, home)
    assert "Dewi Lestari" in kasat.get("/admin/applications").text
    assert "<strong>1</strong> permohonan menunggu verifikasi" in kasat.get("/admin").text
    assert kasat.post(f"/admin/citizens/{citizen_id}/verify", unit="3").status_code == 404
    assert holder(home).state == "pending"
    assert kasat.post(f"/admin/citizens/{citizen_id}/verify", unit="").status_code == 303
    assert (holder(home).state, holder(home).unit_id) == ("verified", 2)


def test_an_admin_of_all_units_is_asked_for_one_where_nothing_names_it(admin: Browser, home: House) -> None:
    citizen_id = applicant(home, unit_id=None)
    answer = admin.post(f"/admin/citizens/{citizen_id}/verify", unit="")
    assert answer.status_code == 409
    assert "pilih dulu salah satu satuan Anda" in answer.text
    assert holder(home).state == "pending"
    assert admin.post(f"/admin/citizens/{citizen_id}/verify", unit="3").status_code == 303
    assert (holder(home).state, holder(home).unit_id) == ("verified", 3)


def test_the_page_proposes_the_unit_that_the_address_names_and_verifying_settles_it(
    admin: Browser, home: House
) -> None:
    citizen_id = applicant(home, unit_id=None)
    with home.open_uow() as uow:
        uow.db.add(Place(name="Gang Kenanga", lat=-0.15, lon=109.4, radius_m=200, unit_id=3))
        uow.db.get_one(Citizen, citizen_id).person.address = "Gang Kenanga 17"
    assert re.search(r'<option value="3"[^>]*selected', admin.get(f"/admin/citizens/{citizen_id}").text)
    assert admin.post(f"/admin/citizens/{citizen_id}/verify", unit="").status_code == 303
    assert (holder(home).state, holder(home).unit_id) == ("verified", 3)


def test_a_suspended_citizen_without_a_unit_is_not_restored_before_one_is_chosen(admin: Browser, home: House) -> None:
    citizen_id = applicant(home, "suspended", unit_id=None)
    here = f"/admin/citizens/{citizen_id}"
    admin.post(f"{here}/restore")
    assert "pilih satuannya dan simpan dulu" in admin.get(here).text
    assert holder(home).state == "suspended"


def test_a_citizen_without_a_unit_who_is_decided_stays_with_the_admin_of_all(app: Flask, home: House) -> None:
    citizen_id = applicant(home, "verified", unit_id=None)
    assert polres_admin(app, home).get(f"/admin/citizens/{citizen_id}").status_code == 404


# --- numbers --------------------------------------------------------------------------------------------------------


def test_a_citizen_is_registered_by_hand_and_then_verified(admin: Browser, home: House) -> None:
    assert "dipakai hanya untuk panggilan darurat" in admin.get(NEW).text
    back = admin.post(NEW, **BY_HAND)
    row = holder(home)
    assert back.location == f"/admin/citizens/{row.id}"
    assert (row.state, row.channel, row.unit_id, row.person.national_id) == ("pending", "desk", 2, NIK)
    assert 'accesskey="v" autofocus' in admin.get(back.location).text
    admin.post(f"{back.location}/verify")
    assert holder(home).state == "verified"
    assert [what for _, what, _ in trail(home)] == ["citizen.add", "citizen.identity", "citizen.verify"]


def test_a_number_that_is_known_leads_to_whose_it_is(admin: Browser, app: Flask, home: House) -> None:
    citizen_id = applicant(home, "verified", unit_id=3)
    back = admin.post(NEW, phone="081255500001")
    assert back.location == f"/admin/citizens/{citizen_id}"
    kasat = polres_admin(app, home)
    elsewhere = kasat.post(NEW, **BY_HAND)
    assert elsewhere.location == NEW
    assert "di luar satuan Anda" in kasat.get(NEW).text
    assert holder(home).person.name == "Dewi Lestari"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"phone": "12"}, "phone"),
        ({"name": " "}, "name"),
        ({"consent": ""}, "consent"),
        ({"language": "fr"}, "language"),
    ],
)
def test_an_application_by_hand_needs_a_number_a_name_and_consent(
    admin: Browser, home: House, form: dict[str, str], field: str
) -> None:
    answer = admin.post(NEW, **BY_HAND | form)
    assert answer.status_code == 409
    assert f'<a href="#{field}">' in answer.text
    with home.open_uow() as uow:
        assert uow.db.query(Citizen).count() == 0


def test_an_admin_of_a_polres_enters_nobody_for_another_one(app: Flask, home: House) -> None:
    kasat = polres_admin(app, home)
    assert kasat.post(NEW, **BY_HAND | {"unit": "3"}).status_code == 404
    assert kasat.post(NEW, **BY_HAND | {"unit": ""}).status_code == 409
    with home.open_uow() as uow:
        assert uow.db.query(Citizen).count() == 0


def test_a_number_changes_hands_for_a_reason(admin: Browser, home: House) -> None:
    old = applicant(home, "verified")
    back = admin.post(f"/admin/citizens/{old}/reassign", name="Rudi", reason=" ")
    assert "Isi nama pemegang baru dan alasannya" in admin.get(back.location).text
    back = admin.post(f"/admin/citizens/{old}/reassign", name="Rudi Hartono", reason="kartu dijual")
    row = holder(home)
    assert (row.id != old, row.state, row.person.name, row.unit_id) == (True, "pending", "Rudi Hartono", 2)
    assert back.location == f"/admin/citizens/{row.id}"
    assert ("Ibu Admin", "citizen.reassign", CALLER) in trail(home)
    page = admin.get(f"/admin/citizens/{old}").text
    assert "nomor berpindah tangan" in page
    assert 'id="profile"' not in page
    assert admin.post(f"/admin/citizens/{old}/profile", name="Siapa").status_code == 409


def test_three_false_alarms_put_somebody_before_a_human(admin: Browser, app: Flask, home: House) -> None:
    applicant(home, "verified", unit_id=3)
    for _ in range(3):
        act(home, panic(home), "close", "Ibu Admin", outcome="false_alarm", reason="iseng")
    assert "Dewi Lestari</a>, 081255500001: 3 alarm palsu" in admin.get("/admin/citizens?q=tidak-ada").text
    assert "3 alarm palsu" not in polres_admin(app, home).get("/admin/citizens").text
