"""/api/v1, reading: what a user's monitor shows, for programs, and no more than that user sees."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from gateway.identity import users
from gateway.models import user as accounts
from gateway.wiring import House
from tests.console.station import CALLER, Browser, Clock, act, panic

PATHS = ("/api/v1", "/api/v1/incidents", "/api/v1/units", "/api/v1/incidents/K7Q")


def key_of(home: House, name: str) -> str:
    with home.open_uow() as uow:
        user = accounts.by_name(uow.db, name)
        assert user is not None
        return users.give_key(uow, user.id)


def ask(app: Flask, path: str, key: str) -> TestResponse:
    return app.test_client().get(path, headers={"Authorization": f"Bearer {key}"})


def told(answer: TestResponse) -> Any:
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert "no-store" in answer.headers["Cache-Control"]
    return json.loads(answer.data)


def test_a_key_reads_what_its_user_sees(app: Flask, home: House) -> None:
    code = panic(home)
    key = key_of(home, "Tamu")
    listed = told(ask(app, "/api/v1/incidents", key))
    (card,) = listed["incidents"]
    assert (card["code"], card["state"], card["phone"]) == (code, "open", CALLER)
    assert card["opened_at"] == listed["now"] == "2026-11-22T07:00:00+00:00"
    assert (card["where"]["lat"], card["where"]["lon"], card["where"]["radius_m"]) == (-0.03, 109.33, 30.0)


def test_an_incident_tells_who_was_asked_and_what_happened(app: Flask, home: House) -> None:
    code = panic(home)
    act(home, code, "note", words="sudah ditelepon")
    whole = told(ask(app, f"/api/v1/incidents/{code.lower()}", key_of(home, "Tamu")))
    assert whole["card"]["code"] == code
    assert {one["phone"] for one in whole["asked"]} == {"+62561700110", "+62812345001", "+62812345002"}
    assert [line["kind"] for line in whole["lines"]][-1] == "opened"
    assert "sudah ditelepon" in [line["text"] for line in whole["lines"]]


def test_units_tell_who_stands_above_them(app: Flask, home: House) -> None:
    whole = told(ask(app, "/api/v1/units", key_of(home, "Ibu Admin")))
    assert {unit["code"]: unit["parent"] for unit in whole["units"]} == {
        "KALBAR": None,
        "PTK": "KALBAR",
        "KBR": "KALBAR",
    }
    assert [unit["code"] for unit in told(ask(app, "/api/v1/units", key_of(home, "Rudi")))["units"]] == ["KBR"]


def test_another_units_incident_is_not_there(app: Flask, home: House) -> None:
    code, key = panic(home), key_of(home, "Rudi")
    assert told(ask(app, "/api/v1/incidents", key))["incidents"] == []
    refused = ask(app, f"/api/v1/incidents/{code}", key)
    assert (refused.status_code, json.loads(refused.data)["error"]) == (404, "not found")


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("key", ["", "siaga_wrong", "None"])
def test_nobody_without_a_key_or_a_log_in_is_told_anything(app: Flask, home: House, path: str, key: str) -> None:
    panic(home)
    refused = ask(app, path, key)
    assert refused.status_code == 401
    assert json.loads(refused.data)["error"] == "unauthorized"


def test_a_log_in_reads_it_too(siti: Browser, home: House) -> None:
    code = panic(home)
    assert [card["code"] for card in told(siti.get("/api/v1/incidents"))["incidents"]] == [code]


def test_a_key_opens_no_page_and_does_nothing(app: Flask, home: House) -> None:
    code, key = panic(home), key_of(home, "Siti")
    for path in ("/monitor", "/monitor/board", "/admin", f"/incidents/{code}"):
        assert ask(app, path, key).status_code == 302
    shown = {"Authorization": f"Bearer {key}"}
    assert app.test_client().post(f"/incidents/{code}/close", headers=shown).status_code == 400
    assert app.test_client().post("/api/v1/incidents", headers=shown).status_code == 403
    assert "Set-Cookie" not in ask(app, "/api/v1/incidents", key).headers


def test_a_key_ends_with_the_next_one_with_its_users_access_and_by_hand(app: Flask, home: House) -> None:
    old, new = key_of(home, "Tamu"), key_of(home, "Tamu")
    assert ask(app, "/api/v1", old).status_code == 401
    assert ask(app, "/api/v1", new).status_code == 200
    with home.open_uow() as uow:
        user = accounts.by_name(uow.db, "Tamu")
        assert user is not None
        assert new not in (user.key_hash or "")
        users.set_suspended(uow, user.id, True)
    assert ask(app, "/api/v1", new).status_code == 401
    with home.open_uow() as uow:
        users.set_suspended(uow, user.id, False)
    assert ask(app, "/api/v1", new).status_code == 200
    with home.open_uow() as uow:
        users.take_key(uow, user.id)
    assert ask(app, "/api/v1", new).status_code == 401


def test_it_is_read_for_hours_without_a_log_in_that_ends(app: Flask, home: House, clock: Clock) -> None:
    key = key_of(home, "Tamu")
    clock.move(days=30)
    assert ask(app, "/api/v1/incidents", key).status_code == 200
