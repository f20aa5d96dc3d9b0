"""Logging in, staying in, and being kept out."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from flask import Flask
from sqlalchemy import select

from gateway.core.login_lanes import Lane
from gateway.identity import users
from gateway.models.user import User
from gateway.web.console import login_door
from gateway.wiring import House
from tests.console.station import PASSWORD, Browser, Clock, totp_of


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


ELSEWHERE = (
    "https://evil.example",
    "//evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/x",
)


@pytest.mark.parametrize("wanted", ELSEWHERE)
def test_the_log_in_never_leads_to_another_host(browser: Browser, wanted: str) -> None:
    browser.get("/login")
    assert browser.post("/login", name="Siti", password=PASSWORD, next=wanted).location == "/monitor"


def test_a_crowd_at_the_log_in_is_turned_away_before_it_costs_the_hooks_anything(browser: Browser) -> None:
    browser.get("/login")
    with login_door.TURNS[Lane.NEW].take(), ExitStack() as waiting:
        places = login_door.TURNS[Lane.NEW]._places
        assert places.acquire(blocking=False)
        waiting.callback(places.release)
        answer = browser.post("/login", name="Siti", password=PASSWORD, next="/monitor?x=1")
    assert answer.status_code == 503
    assert "Tunggu sebentar" in answer.text
    assert 'name="next" value="/monitor?x=1"' in answer.text
    assert browser.post("/login", name="Siti", password=PASSWORD).location == "/monitor"


@pytest.mark.parametrize("path", ["/monitor", "/monitor/board", "/login", "/admin/reports"])
def test_no_browser_keeps_a_page_for_whoever_sits_there_next(siti: Browser, path: str) -> None:
    assert siti.get(path).headers["Cache-Control"] == "no-store"


def test_what_is_nobodys_secret_may_be_kept(siti: Browser) -> None:
    for path, kept in (("/leaflet/leaflet.js", "max-age"), ("/static/monitor.js", "no-cache")):
        with siti.get(path) as answer:
            assert kept in answer.headers["Cache-Control"]


# --- codes ----------------------------------------------------------------------------------------------------


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


def test_a_log_out_ends_every_copy_of_the_session_and_no_other_log_in_of_the_user(siti: Browser, app: Flask) -> None:
    copied, other = Browser(app.test_client()), Browser(app.test_client())
    cookie = siti.client.get_cookie("siaga")
    assert cookie is not None
    copied.client.set_cookie("siaga", cookie.value)
    other.log_in("Siti")
    assert copied.get("/api/v1/incidents").status_code == 200
    siti.get("/logout")
    assert copied.get("/monitor").status_code == 302
    assert copied.get("/live").status_code == copied.get("/api/v1/incidents").status_code == 401
    assert other.get("/monitor").status_code == 200


def test_logging_out_ends_it(siti: Browser) -> None:
    siti.get("/logout")
    assert siti.get("/monitor").status_code == 302


@pytest.mark.parametrize("end", [users.set_suspended, users.set_password])
def test_a_suspended_user_and_one_with_a_new_password_are_out_at_once(siti: Browser, home: House, end: object) -> None:
    with home.open_uow() as uow:
        user_id = uow.db.scalars(select(User.id).where(User.name == "Siti")).one()
        if end is users.set_suspended:
            users.set_suspended(uow, user_id, True)
        else:
            users.set_password(uow, user_id, "a new password")
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
