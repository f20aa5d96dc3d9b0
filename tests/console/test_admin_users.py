"""Users and the audit trail in the console."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from gateway.identity import audit_log, logins, users
from gateway.models import user as accounts
from gateway.models.audit import Audit
from gateway.models.user import User
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin, trail
from tests.console.station import PASSWORD, Browser, Clock, totp_of

USERS = "/admin/users"


@pytest.fixture
def admin(app: Flask, home: House) -> Browser:
    return admin_browser(app, home)


def test_a_new_user_gets_a_key_once_and_can_begin_to_log_in(admin: Browser, app: Flask, home: House) -> None:
    page = admin.post(USERS, name="Piket Baru", password="sandi-panjang", role="desk", unit="PTK").text
    with home.open_uow() as uow:
        user = accounts.by_name(uow.db, "Piket Baru")
        assert user is not None
        assert (user.role, user.unit_id, user.totp_on) == ("desk", 2, True)
        assert user.totp_secret in page
        assert user.totp_secret not in admin.get(USERS).text
    someone = Browser(app.test_client())
    assert someone.log_in("Piket Baru", "sandi-panjang").location == "/login/code"
    assert trail(home) == [("Ibu Admin", "user.add", "Piket Baru")]


@pytest.mark.parametrize(
    ("form", "why"),
    [
        ({"name": "siti", "password": "sandi-panjang", "role": "desk"}, "sudah ada pengguna siti"),
        ({"name": "Baru", "password": "pendek", "role": "desk"}, "kata sandi paling sedikit 8 huruf"),
        ({"name": "Baru", "password": "sandi-panjang", "role": "raja"}, "perannya harus salah satu dari"),
    ],
)
def test_a_user_who_cannot_be_is_refused_with_the_reason(
    admin: Browser, home: House, form: dict[str, str], why: str
) -> None:
    answer = admin.post(USERS, unit="", **form)
    assert answer.status_code == 409
    assert f"Tidak disimpan: {why}" in answer.text
    assert trail(home) == []


def test_whoever_is_suspended_is_out_at_once_and_can_come_back(admin: Browser, siti: Browser, app: Flask) -> None:
    assert siti.get("/monitor").status_code == 200
    admin.post(f"{USERS}/1/suspend")
    assert siti.get("/monitor").status_code == 302
    someone = Browser(app.test_client())
    assert someone.log_in("Siti").status_code == 401
    admin.post(f"{USERS}/1/restore")
    assert someone.log_in("Siti").status_code == 302
    assert admin.post(f"{USERS}/1/explode").status_code == 404


def test_nobody_changes_themselves(admin: Browser, home: House) -> None:
    for change in ("suspend", "office", "secret", "password"):
        back = admin.post(f"{USERS}/4/{change}", role="viewer", unit="PTK", password="sandi-panjang")
        assert "Anda tidak bisa mengubah diri sendiri" in admin.get(back.location).text
    assert trail(home) == []


def test_a_new_password_ends_the_log_in_with_the_old_one(admin: Browser, siti: Browser, app: Flask) -> None:
    assert "paling sedikit 8 huruf" in admin.post(f"{USERS}/1/password", password="kurang").text
    assert siti.get("/monitor").status_code == 200
    admin.post(f"{USERS}/1/password", password="sandi-panjang")
    assert siti.get("/monitor").status_code == 302
    someone = Browser(app.test_client())
    assert someone.log_in("Siti", PASSWORD).status_code == 401
    assert someone.log_in("Siti", "sandi-panjang").status_code == 302


def test_an_admin_of_a_polres_gives_nobody_more_than_it_has(app: Flask, home: House) -> None:
    kasat = polres_admin(app, home)
    shown = kasat.get(USERS).text
    assert "Siti" in shown
    assert "Rudi" not in shown
    assert "Ibu Admin" not in shown
    for unit in ("", "KBR", "KALBAR", "nonsense"):
        answer = kasat.post(USERS, name="Baru", password="sandi-panjang", role="admin", unit=unit)
        assert answer.status_code == 403, unit
    for path in (f"{USERS}/2/suspend", f"{USERS}/4/suspend", f"{USERS}/4/password"):
        assert kasat.post(path, password="sandi-panjang").status_code == 404
    assert trail(home) == []
    kasat.post(USERS, name="Baru", password="sandi-panjang", role="viewer", unit="PTK")
    assert trail(home) == [("Kasat", "user.add", "Baru")]


# --- role, unit, authenticator, lock-out --------------------------------------------------------------------------


def user_of(home: House, name: str) -> User:
    with home.open_uow() as uow:
        user = accounts.by_name(uow.db, name)
        assert user is not None
        return user


def test_another_role_and_unit_end_the_log_ins_and_are_on_the_record(
    admin: Browser, siti: Browser, home: House
) -> None:
    assert admin.post(f"{USERS}/1/office", role="viewer", unit="KBR").status_code == 303
    siti_now = user_of(home, "Siti")
    assert (siti_now.role, siti_now.unit_id, siti_now.totp_on) == ("viewer", 3, False)
    assert siti.get("/monitor").status_code == 302
    with home.open_uow() as uow:
        rows = uow.db.query(Audit).all()
        assert [(row.what, row.subject, row.detail) for row in rows] == [
            ("user.office", "Siti", "desk PTK -> viewer KBR")
        ]


def test_whoever_becomes_an_admin_gets_a_key_that_is_shown_once(admin: Browser, app: Flask, home: House) -> None:
    before = user_of(home, "Siti").totp_secret
    page = admin.post(f"{USERS}/1/office", role="admin", unit="PTK").text
    now = user_of(home, "Siti")
    assert (now.totp_on, now.totp_secret != before) == (True, True)
    assert now.totp_secret in page
    assert now.totp_secret not in admin.get(USERS).text
    assert admin_browser(app, home, "Siti").get("/admin").status_code == 200
    assert admin.post(f"{USERS}/1/office", role="desk", unit="").status_code == 303  # its code goes on being asked
    assert (user_of(home, "Siti").totp_secret, user_of(home, "Siti").unit_id) == (now.totp_secret, None)


def test_a_lost_authenticator_is_replaced_and_the_old_one_ends(admin: Browser, siti: Browser, home: House) -> None:
    before = user_of(home, "Siti").totp_secret
    page = admin.post(f"{USERS}/1/secret").text
    now = user_of(home, "Siti")
    assert now.totp_secret != before
    assert now.totp_secret in page
    assert siti.get("/monitor").status_code == 302
    assert trail(home) == [("Ibu Admin", "user.secret", "Siti")]


def test_whoever_is_locked_out_by_wrong_codes_is_let_in_again(admin: Browser, home: House, clock: Clock) -> None:
    with home.open_uow() as uow:
        users.renew_secret(uow, 1)
    for _ in range(5):
        assert not logins.check_code(home.open_uow, 1, "000000")
    assert "TERKUNCI sampai 14:00 WIB" in admin.get(USERS).text
    right = totp_of(home, "Siti").at(clock())
    assert not logins.check_code(home.open_uow, 1, right)
    admin.post(f"{USERS}/1/unlock")
    assert "TERKUNCI" not in admin.get(USERS).text
    assert logins.check_code(home.open_uow, 1, right)
    assert trail(home) == [("Ibu Admin", "user.unlock", "Siti")]


@pytest.mark.parametrize(("form", "status"), [
    ({"role": "raja", "unit": "PTK"}, 409),
    ({"role": "desk", "unit": "NOWHERE"}, 403),
])  # fmt: skip
def test_a_role_or_unit_that_is_none_changes_nothing(
    admin: Browser, home: House, form: dict[str, str], status: int
) -> None:
    assert admin.post(f"{USERS}/1/office", **form).status_code == status
    assert (user_of(home, "Siti").role, user_of(home, "Siti").unit_id) == ("desk", 2)
    assert trail(home) == []


@pytest.mark.parametrize("unit", ["", "KBR", "KALBAR"])
def test_an_admin_of_a_polres_moves_nobody_beyond_it(app: Flask, home: House, unit: str) -> None:
    kasat = polres_admin(app, home)
    assert kasat.post(f"{USERS}/1/office", role="admin", unit=unit).status_code == 403
    for change in ("office", "unlock", "secret"):
        assert kasat.post(f"{USERS}/2/{change}", role="desk", unit="PTK").status_code == 404
    assert trail(home) == []
    assert kasat.post(f"{USERS}/1/office", role="viewer", unit="PTK").status_code == 303


# --- the trail -----------------------------------------------------------------------------------------------------


def tell(home: House, who: str, what: str, times: int = 1) -> None:
    with home.open_uow() as uow:
        for number in range(times):
            audit_log.record(uow, who, what, f"nomor-{number}", "rincian")


def test_the_trail_is_read_newest_first_and_page_by_page(admin: Browser, home: House) -> None:
    tell(home, "Siti", "citizen.verify", 101)
    page = admin.get("/admin/audit").text
    assert "nomor-100" in page
    assert "<td>nomor-0</td>" not in page
    older = admin.get("/admin/audit?before=2").text
    assert "<td>nomor-0</td>" in older
    assert "nomor-100" not in older


@pytest.mark.parametrize(("query", "seen"), [("who=Siti", True), ("what=officers", False), ("what=citizens", True),
                                             ("what=citizen.verify", True), ("subject=nomor-0", True),
                                             ("who=%25", False), ("before=abc", True)])  # fmt: skip
def test_the_trail_is_narrowed(admin: Browser, home: House, query: str, seen: bool) -> None:
    tell(home, "Siti", "citizen.verify")
    assert ("<td>nomor-0</td>" in admin.get(f"/admin/audit?{query}").text) is seen


def test_a_changed_row_is_said(admin: Browser, home: House) -> None:
    tell(home, "Siti", "citizen.verify")
    assert "Jejak audit utuh" in admin.get("/admin/audit?verify=1").text
    with home.open_uow() as uow:
        uow.db.execute(update(Audit).values(who="orang lain"))
    assert "TIDAK utuh" in admin.get("/admin/audit?verify=1").text


def test_an_admin_of_a_polres_reads_what_its_own_users_did(app: Flask, home: House) -> None:
    tell(home, "Siti", "citizen.verify")
    tell(home, "Rudi", "citizen.refuse")
    tell(home, "siaga import", "import.units")
    page = polres_admin(app, home).get("/admin/audit?verify=1").text
    assert 'title="citizen.verify"' in page
    assert 'title="citizen.refuse"' not in page
    assert 'title="import.units"' not in page
    assert "utuh" not in page.partition("<form")[0].partition('class="admin"')[2]
