"""A desk puts its officers on and off duty with one press; an admin sets an officer's PIN."""

from __future__ import annotations

from flask import Flask

from gateway.identity import pins
from gateway.models.officer import Officer
from gateway.wiring import House
from tests.console.admins import admin_browser, trail
from tests.console.station import Browser


def logged_in(app: Flask, name: str) -> Browser:
    browser = Browser(app.test_client())
    browser.log_in(name)
    return browser


def officer(home: House) -> Officer:
    with home.open_uow() as uow:
        return uow.db.get_one(Officer, 1)


def test_one_press_of_a_desk_undoes_a_lepas(app: Flask, home: House) -> None:
    with home.open_uow() as uow:
        uow.db.get_one(Officer, 1).set_duty(False)
    siti = logged_in(app, "Siti")
    assert 'action="/duty/1/duty_on"' in siti.get("/duty").text
    assert siti.post("/duty/1/duty_on").status_code == 303
    assert officer(home).on_duty
    assert "officer.duty_on" in str(trail(home))
    siti.post("/duty/1/duty_off")
    assert not officer(home).on_duty


def test_nobody_changes_who_may_only_look_or_is_of_another_unit(app: Flask, home: House) -> None:
    assert logged_in(app, "Tamu").get("/duty").status_code == 403
    assert logged_in(app, "Siti").post("/duty/999/duty_on").status_code == 404
    assert logged_in(app, "Siti").post("/duty/1/suspend").status_code == 404


def test_an_admin_sets_a_pin_of_which_only_the_hash_is_kept(app: Flask, home: House) -> None:
    admin = admin_browser(app, home)
    for wrong in ("", "12", "abcd", "123456789"):
        admin.post("/admin/officers/1/pin", pin=wrong)
        assert officer(home).pin_hash is None
    admin.post("/admin/officers/1/pin", pin="482913")
    kept = officer(home).pin_hash
    assert kept is not None
    assert "482913" not in kept
    assert pins.matches("482913", kept)
    assert "482913" not in str(trail(home))
