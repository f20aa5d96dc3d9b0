"""Logging in, staying in, and being kept out."""

from __future__ import annotations

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from gateway import users
from gateway.models import user as accounts
from gateway.models.user import User
from gateway.wiring import House
from tests.console.station import PASSWORD, Browser, Clock


def test_a_right_password_opens_the_monitor(browser: Browser) -> None:
    answer = browser.log_in("Siti")
    assert (answer.status_code, answer.location) == (302, "/monitor")
    assert browser.get("/monitor").status_code == 200


@pytest.mark.parametrize(("name", "password"), [("Siti", "salah-sekali"), ("Nobody", PASSWORD), ("", "")])
def test_a_wrong_name_and_a_wrong_password_get_the_same_answer(browser: Browser, name: str, password: str) -> None:
    browser.get("/login")
    answer = browser.post("/login", name=name, password=password)
    assert answer.status_code == 401
    assert "Nama atau kata sandi salah" in answer.text
    assert browser.get("/monitor").status_code == 302


def test_names_are_read_without_regard_to_case(browser: Browser) -> None:
    assert browser.log_in(" sITI ").location == "/monitor"


@pytest.mark.parametrize("path", ["/monitor", "/monitor?x=1"])
def test_a_stranger_is_led_to_the_log_in_and_back(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert answer.location.startswith("/login?next=/monitor")
    page = browser.get(answer.location)
    assert 'name="next" value="/monitor' in page.text


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_log_in_never_leads_to_another_host(browser: Browser, wanted: str) -> None:
    browser.get("/login")
    assert browser.post("/login", name="Siti", password=PASSWORD, next=wanted).location == "/monitor"


# --- codes ----------------------------------------------------------------------------------------------------


def totp_of(home: House, name: str) -> pyotp.TOTP:
    with home.open_desk() as desk:
        user = accounts.by_name(desk.db, name)
        assert user is not None
        return pyotp.TOTP(user.totp_secret)


def test_an_admin_needs_a_code_as_well(browser: Browser, home: House, clock: Clock) -> None:
    assert browser.log_in("Ibu Admin").location == "/login/code"
    assert browser.get("/monitor").location.startswith("/login")
    assert 'name="code"' in browser.get("/login/code").text
    assert browser.post("/login/code", code="000000").status_code == 401
    code = totp_of(home, "Ibu Admin").at(clock())
    assert browser.post("/login/code", code=f"{code[:3]} {code[3:]}").location == "/monitor"
    assert browser.get("/monitor").status_code == 200


def test_the_code_is_asked_only_after_a_password_and_not_for_ever(browser: Browser, clock: Clock) -> None:
    assert browser.get("/login/code").location == "/login"
    browser.log_in("Ibu Admin")
    clock.move(minutes=6)
    assert browser.get("/login/code").location == "/login"


@pytest.mark.parametrize(("shift", "good"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_a_code_may_be_half_a_minute_off(home: House, clock: Clock, shift: int, good: bool) -> None:
    with home.open_desk() as desk:
        user = accounts.by_name(desk.db, "Ibu Admin")
        assert user is not None
        user_id = user.id
    code = totp_of(home, "Ibu Admin").at(int(clock().timestamp()) + shift)
    assert users.check_code(home.open_desk, user_id, code) is good
    assert users.check_code(home.open_desk, user_id, code) is False  # RFC 6238 5.2: once
    assert users.check_code(home.open_desk, user_id, code, once=False) is good


# --- lock-out -------------------------------------------------------------------------------------------------


def test_five_wrong_tries_lock_even_the_right_password_out_for_a_while(home: House, clock: Clock) -> None:
    for _ in range(5):
        assert users.check_password(home.open_desk, "Siti", "wrong") is None
    assert users.check_password(home.open_desk, "Siti", PASSWORD) is None
    clock.move(seconds=31)
    assert users.check_password(home.open_desk, "Siti", PASSWORD) is not None
    with home.open_desk() as desk:
        user = accounts.by_name(desk.db, "Siti")
        assert user is not None
        assert (user.failures, user.locked_until) == (0, None)


def test_wrong_codes_lock_out_too_and_a_right_password_between_them_forgives_nothing(home: House) -> None:
    for _ in range(5):
        entry = users.check_password(home.open_desk, "Ibu Admin", PASSWORD)
        assert entry is not None
        assert not users.check_code(home.open_desk, entry.user_id, "000000")
    assert users.check_password(home.open_desk, "Ibu Admin", PASSWORD) is None


@pytest.mark.parametrize(("failures", "seconds"), [(4, None), (5, 30), (6, 60), (7, 120), (10, 900), (10_000, 900)])
def test_the_lock_grows_but_never_becomes_a_weapon(clock: Clock, failures: int, seconds: int | None) -> None:
    end = users.lock_end(failures, clock())
    assert (None if end is None else (end - clock()).total_seconds()) == seconds


# --- sessions -------------------------------------------------------------------------------------------------


def test_a_session_ends_after_eight_idle_hours(siti: Browser, clock: Clock) -> None:
    clock.move(hours=7, minutes=59)
    assert siti.get("/monitor").status_code == 200
    clock.move(hours=8, minutes=1)
    assert siti.get("/monitor").status_code == 302


def test_a_session_ends_after_a_day_however_busy(siti: Browser, clock: Clock) -> None:
    for _ in range(4):
        clock.move(hours=5, minutes=59)
        assert siti.get("/monitor").status_code == 200
    clock.move(minutes=5)
    assert siti.get("/monitor").status_code == 302


def test_a_script_is_told_so_instead_of_being_led_to_a_page(siti: Browser, clock: Clock) -> None:
    clock.move(days=2)
    assert siti.get("/monitor", **{"X-Requested-With": "fetch"}).status_code == 401


def test_logging_out_ends_it(siti: Browser) -> None:
    siti.get("/logout")
    assert siti.get("/monitor").status_code == 302


@pytest.mark.parametrize("end", [users.set_suspended, users.set_password])
def test_a_suspended_user_and_one_with_a_new_password_are_out_at_once(siti: Browser, home: House, end: object) -> None:
    with home.open_desk() as desk:
        user_id = desk.db.scalars(select(User.id).where(User.name == "Siti")).one()
        if end is users.set_suspended:
            users.set_suspended(desk, user_id, True)
        else:
            users.set_password(desk, user_id, "a new password")
    assert siti.get("/monitor").status_code == 302


# --- what every answer carries ----------------------------------------------------------------------------------


def test_a_form_without_its_token_is_refused_with_400(siti: Browser) -> None:
    siti.token = ""
    answer = siti.post("/language/en")
    assert answer.status_code == 400
    assert "terlalu lama terbuka" in answer.text


def test_every_page_forbids_inline_script_and_framing(siti: Browser) -> None:
    headers = siti.get("/monitor").headers
    policy = dict(part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";") if part.strip())
    assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_the_session_cookie_is_out_of_scripts_reach(app: Flask) -> None:
    stranger = Browser(app.test_client())
    stranger.get("/login")
    cookie = stranger.post("/login", name="Siti", password=PASSWORD).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_the_switch_speaks_another_language_and_remembers_it(siti: Browser, app: Flask) -> None:
    assert "Keluar" in siti.get("/monitor").text
    siti.post("/language/en", next="/monitor")
    assert "Log out" in siti.get("/monitor").text
    again = Browser(app.test_client())
    again.log_in("Siti")
    assert '<html lang="en">' in again.get("/monitor").text


def test_carriers_need_no_token_of_a_form(app: Flask) -> None:
    assert app.test_client().post("/hooks/twilio/sms").status_code == 404  # no such line here, and not 400


# --- the list -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "password", "role", "unit", "why"),
    [
        ("Siti", PASSWORD, "desk", None, "already"),
        (" ", PASSWORD, "desk", None, "1 to 60"),
        ("Baru", "pendek", "desk", None, "at least 8"),
        ("Baru", PASSWORD, "chief", None, "role"),
        ("Baru", PASSWORD, "desk", "NOWHERE", "no unit"),
    ],
)
def test_a_bad_user_is_refused_with_the_reason(
    home: House, name: str, password: str, role: str, unit: str | None, why: str
) -> None:
    with pytest.raises(users.BadUser, match=why), home.open_desk() as desk:
        users.add(desk, name, password, role, unit)


def test_a_user_sees_the_unit_and_what_is_below_it(home: House) -> None:
    with home.open_desk() as desk:
        users.add(desk, "Polda", PASSWORD, "desk", "KALBAR")
        ids = {user.name: user.id for user in users.everyone(desk)}
        seen = {name: users.identity(desk, user_id, 0) for name, user_id in ids.items()}
    assert seen["Polda"] is not None
    assert seen["Siti"] is not None
    assert seen["Ibu Admin"] is not None
    assert seen["Siti"].scope == {seen["Siti"].unit_id}
    assert seen["Polda"].scope is not None
    assert seen["Siti"].scope < seen["Polda"].scope
    assert seen["Ibu Admin"].scope is None
    assert not seen["Polda"].sees(None)
    assert seen["Ibu Admin"].sees(None)


def test_the_demos_users_are_made_once_and_only_the_admin_needs_a_code(home: House) -> None:
    with home.open_desk() as desk:
        first = users.seed_demo(desk, "demo-password")
        again = users.seed_demo(desk, "another-password")
        names = {user.name: user.totp_on for user in users.everyone(desk) if user.name in ("desk", "admin", "viewer")}
    assert first == again
    assert list(first) == ["admin"]
    assert first["admin"].startswith("otpauth://totp/Siaga:admin?secret=")
    assert names == {"desk": False, "admin": True, "viewer": False}
    assert users.check_password(home.open_desk, "desk", "demo-password") is not None
