"""Applications, citizens and officers, as an administrator decides about them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from gateway import sms
from gateway.core.messages import TextIn
from gateway.identity.callers import identify
from gateway.models import citizen as citizens
from gateway.models import officer as officers
from gateway.models import opt_out as opt_outs
from gateway.models import sealing
from gateway.models.citizen import Citizen, Person
from gateway.models.outbound import Outbound
from gateway.register import decisions
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin, trail
from tests.console.station import CALLER, Browser

NIK = "6171014107850003"


@pytest.fixture
def admin(app: Flask, home: House) -> Browser:
    return admin_browser(app, home)


def applicant(home: House, name: str = "Dewi Lestari", phone: str = CALLER, unit_id: int | None = None) -> int:
    with home.open_uow() as uow:
        person = Person(name=name, national_id=NIK, address="Jl. Gajah Mada 5", created_at=uow.now())
        row = Citizen(phone=phone, person=person, state="pending", channel="sms", unit_id=unit_id,
                      applied_at=uow.now())  # fmt: skip
        uow.db.add(row)
        uow.db.flush()
        return row.id


def state_of(home: House, phone: str = CALLER) -> tuple[str, str | None]:
    with home.open_uow() as uow:
        row = citizens.current(uow.db, phone)
        assert row is not None
        return row.state, row.decided_by


def text_for_help(home: House, ref: str) -> set[str]:
    """The applicant's phone texts TOLONG; whose phones ring for it."""
    with home.open_uow() as uow:
        sms.receive(uow, TextIn("simulator", ref, CALLER, "+6256100110", "TOLONG"))
    with home.open_uow() as uow:
        return {row.phone for row in uow.db.query(Outbound).filter_by(purpose="alert")}


def test_a_registration_approved_in_the_console_lets_that_number_panic(admin: Browser, home: House) -> None:
    citizen_id = applicant(home)
    assert text_for_help(home, "1") == set()
    admin.get(f"/admin/citizens/{citizen_id}")
    answer = admin.post(f"/admin/citizens/{citizen_id}/verify", unit="2")
    assert (answer.status_code, answer.location) == (303, "/admin/applications")
    assert "sekarang bisa memanggil polisi" in admin.get(answer.location).text
    assert state_of(home) == ("verified", "Ibu Admin")
    assert text_for_help(home, "2") == {"+62812345001", "+62812345002", "+62561700110"}  # one stands in


def test_twenty_applications_are_decided_in_a_row_each_one_opened(admin: Browser, home: House) -> None:
    ids = [applicant(home, f"Warga {number}", f"+62812555{number:05}") for number in (11, 12, 13)]
    with home.open_uow() as uow:
        for at, citizen_id in enumerate(ids):
            row = uow.db.get_one(Citizen, citizen_id)
            row.applied_at, row.person.national_id = uow.now() + timedelta(minutes=at), None
    page = admin.get(f"/admin/citizens/{ids[0]}").text
    assert "3 pendaftaran menunggu" in page
    assert f'href="/admin/citizens/{ids[1]}"' in page
    way = [admin.post(f"/admin/citizens/{citizen_id}/verify", unit="2", then="next").location for citizen_id in ids]
    assert way == [f"/admin/citizens/{ids[1]}", f"/admin/citizens/{ids[2]}", "/admin/applications"]


def test_what_looks_odd_about_an_identity_number_is_said(admin: Browser, home: House) -> None:
    assert "tanggal lahir dalam NIK tidak ada" not in admin.get(f"/admin/citizens/{applicant(home)}").text
    with home.open_uow() as uow:
        row = citizens.current(uow.db, CALLER)
        assert row is not None
        row.person.national_id = "6171019907850003"
    assert "tanggal lahir dalam NIK tidak ada" in admin.get("/admin/citizens/1").text


def test_the_list_shows_no_identity_and_the_page_shows_it_on_the_record(admin: Browser, home: House) -> None:
    citizen_id = applicant(home)
    shown = admin.get("/admin/applications").text
    assert "Dewi Lestari" in shown
    assert NIK not in shown
    assert "Gajah Mada" not in shown
    assert trail(home) == []
    for _ in range(2):
        page = admin.get(f"/admin/citizens/{citizen_id}").text
        assert NIK in page
        assert "Jl. Gajah Mada 5" in page
    assert trail(home) == [("Ibu Admin", "citizen.identity", CALLER)] * 2


def test_one_key_approves(admin: Browser, home: House) -> None:
    page = admin.get(f"/admin/citizens/{applicant(home)}").text
    assert 'accesskey="v" autofocus>Verifikasi' in page


def test_a_refusal_needs_a_reason_which_the_applicant_hears(admin: Browser, home: House) -> None:
    citizen_id = applicant(home)
    admin.get(f"/admin/citizens/{citizen_id}")
    back = admin.post(f"/admin/citizens/{citizen_id}/refuse", reason="  ")
    assert "Tulis dulu alasannya." in admin.get(back.location).text
    assert state_of(home)[0] == "pending"
    admin.post(f"/admin/citizens/{citizen_id}/refuse", reason="KTP orang lain")
    assert state_of(home) == ("refused", "Ibu Admin")
    with home.open_uow() as uow:
        assert any("KTP orang lain" in row.body for row in uow.db.query(Outbound).filter_by(phone=CALLER))


def test_a_phone_that_must_stay_dark_hears_nothing_of_its_approval(admin: Browser, home: House) -> None:
    citizen_id = applicant(home)
    admin.post(f"/admin/citizens/{citizen_id}/verify", quiet="1", unit="2")
    with home.open_uow() as uow:
        row = citizens.current(uow.db, CALLER)
        assert row is not None
        assert (row.quiet, row.ring_back) == (True, False)
        assert uow.db.query(Outbound).filter_by(phone=CALLER).count() == 0


def test_what_another_one_decided_meanwhile_stands(admin: Browser, home: House) -> None:
    citizen_id = applicant(home)
    with home.open_uow() as uow:
        decisions.refuse(uow, CALLER, "Pak Rudi", "palsu")
    back = admin.post(f"/admin/citizens/{citizen_id}/suspend", reason="x")
    assert "Sudah diputuskan orang lain" in admin.get(back.location).text
    assert state_of(home) == ("refused", "Pak Rudi")


def test_a_citizen_is_suspended_and_restored(admin: Browser, home: House) -> None:
    citizen_id = applicant(home)
    admin.post(f"/admin/citizens/{citizen_id}/verify", unit="2")
    admin.post(f"/admin/citizens/{citizen_id}/suspend", reason="tiga alarm palsu")
    with home.open_uow() as uow:
        assert not identify(uow, CALLER).verified
    assert "tiga alarm palsu" in admin.get(f"/admin/citizens/{citizen_id}").text
    admin.post(f"/admin/citizens/{citizen_id}/restore")
    with home.open_uow() as uow:
        assert identify(uow, CALLER).verified
    told = [what for _, what, _ in trail(home) if what != "citizen.identity"]
    assert told == ["citizen.amend", "citizen.verify", "citizen.suspend", "citizen.restore"]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"Dewi Lestari", "Budi 100%"}),
        ("q=dewi", {"Dewi Lestari"}),
        ("q=0812-5550-0002", {"Budi 100%"}),
        ("q=100%25", {"Budi 100%"}),
        ("q=_", set()),
        ("state=verified", set()),
        ("state=pending&q=budi", {"Budi 100%"}),
        ("state=nonsense", {"Dewi Lestari", "Budi 100%"}),
    ],
)
def test_citizens_are_found_by_name_number_and_state(admin: Browser, home: House, query: str, names: set[str]) -> None:
    applicant(home)
    applicant(home, "Budi 100%", "+6281255500002")
    page = admin.get(f"/admin/citizens?{query}").text
    assert {name for name in ("Dewi Lestari", "Budi 100%") if name in page.partition("<tbody>")[2]} == names


def test_an_application_is_found_by_the_whole_identity_number_only(admin: Browser, home: House) -> None:
    citizen_id = applicant(home)
    with home.open_uow() as uow:
        uow.db.get_one(Citizen, citizen_id).person.national_id_hash = sealing.fingerprints(NIK)[0]
    assert "Dewi Lestari" in admin.get(f"/admin/applications?q={NIK[:6]}+{NIK[6:]}").text
    assert "Dewi Lestari" not in admin.get(f"/admin/applications?q={NIK[:12]}").text


def test_an_unknown_decision_or_citizen_is_not_found(admin: Browser, home: House) -> None:
    citizen_id = applicant(home)
    assert admin.post(f"/admin/citizens/{citizen_id}/explode").status_code == 404
    assert admin.get("/admin/citizens/999").status_code == 404


def test_without_its_token_nothing_is_decided(admin: Browser, home: House) -> None:
    citizen_id = applicant(home)
    admin.token = ""
    assert admin.post(f"/admin/citizens/{citizen_id}/verify").status_code == 400
    assert state_of(home)[0] == "pending"


def test_an_admin_of_a_polres_sees_only_what_is_below_it(app: Flask, home: House) -> None:
    mine = applicant(home, "Milik Pontianak", "+6281255500011", unit_id=2)
    theirs = applicant(home, "Milik Kubu Raya", "+6281255500012", unit_id=3)
    kasat = polres_admin(app, home)
    for path in ("/admin/applications", "/admin/citizens"):
        page = kasat.get(path).text
        assert "Milik Pontianak" in page
        assert "Milik Kubu Raya" not in page
    shown = kasat.get("/admin/officers").text
    assert "Aipda Adi Pontianak" in shown
    assert "Adi Kubu Raya" not in shown
    assert kasat.get(f"/admin/citizens/{mine}").status_code == 200
    assert kasat.get(f"/admin/citizens/{theirs}").status_code == 404
    assert kasat.post(f"/admin/citizens/{theirs}/verify").status_code == 404
    assert kasat.post("/admin/officers/2/suspend").status_code == 404
    assert kasat.post(f"/admin/citizens/{mine}/verify", unit="3").status_code == 404
    assert state_of(home, "+6281255500011")[0] == "pending"


@pytest.mark.parametrize(
    ("change", "name", "value"),
    [("duty_off", "on_duty", False), ("duty_on", "on_duty", True), ("suspend", "suspended", True)],
)
def test_an_officer_is_changed_and_the_change_is_recorded_once(
    admin: Browser, home: House, change: str, name: str, value: bool
) -> None:
    with home.open_uow() as uow:
        row = officers.by_phone(uow.db, "+62812345001")
        assert row is not None
        setattr(row, name, not value)
    for _ in range(2):
        assert admin.post(f"/admin/officers/1/{change}", q="adi").location == "/admin/officers?q=adi"
    with home.open_uow() as uow:
        row = officers.by_phone(uow.db, "+62812345001")
        assert row is not None
        assert getattr(row, name) is value
    assert trail(home) == [("Ibu Admin", f"officer.{change}", "+62812345001")]


def test_an_officer_is_found_by_the_name_of_the_unit(admin: Browser) -> None:
    page = admin.get("/admin/officers?q=kubu").text
    assert "Adi Kubu Raya" in page
    assert "Adi Pontianak" not in page


def test_a_suspended_officer_can_only_be_restored(admin: Browser) -> None:
    admin.post("/admin/officers/1/suspend")
    assert 'action="/admin/officers/1/restore"' in admin.get("/admin/officers").text
    admin.post("/admin/officers/1/restore")
    assert 'action="/admin/officers/1/suspend"' in admin.get("/admin/officers").text
    assert admin.post("/admin/officers/1/explode").status_code == 404


def test_a_line_on_which_an_officer_gets_no_texts_is_shown(admin: Browser, home: House) -> None:
    assert "(STOP)" not in admin.get("/admin/officers").text
    with home.open_uow() as uow:
        opt_outs.stop(uow.db, "+62812345001", "twilio", uow.now(), "21610")
    assert "tidak menerima SMS lewat twilio (STOP)" in admin.get("/admin/officers").text
