"""Guessing at the log-in: strangers wait, known devices do not, and nobody is locked out for good."""

from __future__ import annotations

import threading
import time

import pytest
from argon2 import PasswordHasher
from flask import Flask

from gateway.core.login_lanes import DELAY, OF_ADDRESS, OF_DEVICE, OF_NAME, PACE, Lane
from gateway.identity import users
from gateway.models import guess as guesses
from gateway.web.console import login_door
from gateway.wiring import House
from tests.console.station import PASSWORD, Browser, Clock, totp_of


def at(app: Flask, address: str = "198.51.100.7") -> Browser:
    """A browser at this address."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return Browser(client)


def guess(app: Flask, times: int, address: str = "203.0.113.9", name: str = "Siti") -> None:
    """Wrong tries by one who takes a new browser each time, and another network when one is used up."""
    for turn in range(times):
        stranger = at(app, address if turn < OF_ADDRESS else f"192.0.{turn // OF_ADDRESS}.9")
        stranger.get("/login")
        stranger.post("/login", name=name, password="tebakan-salah")


@pytest.fixture(autouse=True)
def quick(home: House) -> None:
    """Argon2 is slow on purpose, by what stands in the hash; here many passwords are wrong."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with home.open_uow() as uow:
        for user in users.everyone(uow):
            user.password_hash = cheap


def test_strangers_guesses_never_keep_a_known_device_out(app: Flask) -> None:
    desk = at(app)
    assert desk.log_in("Siti").location == "/monitor"
    desk.get("/logout")
    for network in range(4):
        guess(app, OF_ADDRESS, f"203.0.{network}.9")
        guess(app, 3, "198.51.100.7")  # from the desk's own address, too
    assert desk.log_in("Siti").location == "/monitor"


def test_one_wrong_try_now_and_then_locks_nobody_out(app: Flask, clock: Clock) -> None:
    for _ in range(8):
        guess(app, 1)
        clock.move(minutes=15)
    assert at(app).log_in("Siti").location == "/monitor"


def test_guesses_from_one_network_delay_no_new_device_elsewhere(app: Flask) -> None:
    guess(app, OF_ADDRESS, name="Rudi")
    assert at(app).log_in("Siti").location == "/monitor"


def test_a_new_device_waits_while_its_name_is_guessed_and_then_gets_in(app: Flask, clock: Clock) -> None:
    for network in range(4):
        guess(app, OF_ADDRESS, f"203.0.{network}.9")
    desk = at(app)
    answer = desk.log_in("Siti")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "10")
    assert "Tunggu 10 detik" in answer.text
    clock.move(seconds=4)
    assert desk.post("/login", name="Siti", password=PASSWORD).headers["Retry-After"] == "7"
    clock.move(seconds=7)
    assert desk.post("/login", name="Siti", password=PASSWORD).location == "/monitor"


def test_a_delay_that_was_waited_counts_for_one_try(app: Flask, clock: Clock) -> None:
    guess(app, OF_ADDRESS)
    stranger = at(app, "203.0.113.9")
    stranger.get("/login")
    stranger.post("/login", name="Siti", password="x")
    copied = stranger.client.get_cookie("siaga")
    assert copied is not None
    clock.move(seconds=DELAY.total_seconds() + 1)
    assert stranger.post("/login", name="Siti", password="x").status_code == 401
    stranger.client.set_cookie("siaga", copied.value)
    assert stranger.post("/login", name="Siti", password=PASSWORD).status_code == 429


def test_waiting_in_many_browsers_at_once_brings_a_guesser_no_more_than_the_pace(app: Flask, clock: Clock) -> None:
    guess(app, OF_ADDRESS)
    crowd = [at(app, "203.0.113.9") for _ in range(PACE + 3)]
    for one in crowd:
        one.get("/login")
        one.post("/login", name="Siti", password="x")
    clock.move(seconds=DELAY.total_seconds() + 1)
    answers = [one.post("/login", name="Siti", password="x").status_code for one in crowd]
    assert answers == [401] * PACE + [429] * 3


def test_a_known_device_that_guesses_itself_waits_like_a_stranger(app: Flask, clock: Clock) -> None:
    desk = at(app)
    desk.log_in("Siti")
    desk.get("/logout")
    desk.get("/login")
    for _ in range(OF_DEVICE + OF_ADDRESS):
        desk.post("/login", name="Siti", password="x")
    assert desk.post("/login", name="Siti", password=PASSWORD).status_code == 429
    clock.move(seconds=DELAY.total_seconds() + 1)
    assert desk.post("/login", name="Siti", password=PASSWORD).location == "/monitor"


def test_a_device_is_known_for_the_names_that_logged_in_with_it_and_for_no_other(app: Flask) -> None:
    desk = at(app)
    for name in ("Rudi", "Siti"):
        desk.log_in(name)
        desk.get("/logout")
    for network, name in enumerate(("Siti", "Rudi", "Tamu")):
        guess(app, OF_ADDRESS, f"203.0.{network}.9", name)
        guess(app, OF_ADDRESS, f"203.1.{network}.9", name)
    assert desk.log_in("Tamu").status_code == 429
    for name in ("Rudi", "Siti"):
        assert desk.log_in(name).location == "/monitor"


def test_the_cookie_of_a_device_is_signed_lasts_a_year_and_is_out_of_scripts_reach(app: Flask) -> None:
    desk = at(app)
    desk.get("/login")
    cookie = desk.post("/login", name="Siti", password=PASSWORD).headers.getlist("Set-Cookie")[0]
    assert {"HttpOnly", "Max-Age=31536000", "Path=/login", "SameSite=Lax"} <= set(cookie.split("; "))
    forged = at(app, "203.0.113.9")
    forged.client.set_cookie(login_door.DEVICE, "e30.forged.x", path="/login")
    guess(app, OF_NAME)
    assert forged.log_in("Siti").status_code == 429


def test_a_crowd_holds_no_turn_of_another_lane(app: Flask) -> None:
    desk = at(app)
    desk.log_in("Siti")
    desk.get("/logout")
    held = [login_door.TURNS[lane].take() for lane in (Lane.NEW, Lane.SUSPECT)]
    assert all(turn.__enter__() for turn in held)
    try:
        assert desk.log_in("Siti").location == "/monitor"
    finally:
        for turn in held:
            turn.__exit__(None, None, None)


def test_whoever_finds_no_turn_is_asked_to_try_again_and_keeps_where_to_go() -> None:
    turns = login_door.Turns(at_once=1, waiting=1, patience=0.2)
    with turns.take() as first:
        waited: list[bool] = []
        waiter = threading.Thread(target=lambda: waited.append(turns.take().__enter__()))
        waiter.start()
        time.sleep(0.05)
        begun = time.monotonic()
        with turns.take() as third:
            assert (first, third) == (True, False)  # no place to wait is left
        assert time.monotonic() - begun < 0.1
        waiter.join()
    assert waited == [False]


def test_wrong_codes_lock_other_devices_out_for_a_while_but_never_a_known_one(
    app: Flask, home: House, clock: Clock
) -> None:
    def code() -> str:
        return totp_of(home, "Ibu Admin").at(clock())

    admin = at(app)
    admin.log_in("Ibu Admin")
    assert admin.post("/login/code", code=code()).location == "/monitor"
    thief = at(app, "203.0.113.9")  # who knows the password
    thief.log_in("Ibu Admin")
    for _ in range(5):
        assert thief.post("/login/code", code="000000").status_code == 401
    clock.move(seconds=29)
    assert thief.post("/login/code", code=code()).status_code == 401
    admin.get("/logout")
    admin.log_in("Ibu Admin")
    assert admin.post("/login/code", code=code()).location == "/monitor"


def test_the_monitor_tells_that_somebody_is_guessing(app: Flask, siti: Browser, clock: Clock) -> None:
    guess(app, 9)
    assert not [line for line in siti.get("/monitor/board").json["trouble"] if "menebak" in line]
    guess(app, 3)
    clock.move(minutes=3)
    found = [line for line in siti.get("/monitor/board").json["trouble"] if "menebak" in line]
    assert len(found) == 1
    assert "203.0.113.0/24" in found[0]
    clock.move(minutes=16)
    assert not [line for line in siti.get("/monitor/board").json["trouble"] if "menebak" in line]


def test_guesses_of_one_network_are_one_row(home: House, clock: Clock) -> None:
    with home.open_uow() as uow:
        for _ in range(3):
            guesses.note(uow.db, "203.0.113.0/24", uow.now())
        guesses.note(uow.db, "203.0.114.0/24", uow.now())
        found = guesses.since(uow.db, uow.now().replace(year=2020))
    assert found is not None
    assert (found.tries, found.network) == (4, "203.0.113.0/24")
