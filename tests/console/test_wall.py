"""A wall that a whole room reads names calls, never people, and says nothing of those who hide."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import update

from gateway.core.confidants import user_key
from gateway.models import never_asked
from gateway.models.citizen import Citizen, Person
from gateway.models.incident import Incident
from gateway.models.unit import Area
from gateway.wiring import House
from tests.console.station import CALLER, Browser, Clock, act, panic

SCRIPT = {"X-Requested-With": "fetch"}
OTHER = "+6281255500002"


def shown(browser: Browser) -> str:
    return str(browser.client.get("/monitor/wall/board", headers=SCRIPT).get_json()["wall"])


def logged_in(app: Flask, name: str) -> Browser:
    someone = Browser(app.test_client())
    someone.log_in(name)
    return someone


def change(home: House, code: str, **facts: object) -> None:
    with home.open_uow() as uow:
        uow.db.execute(update(Incident).where(Incident.code == code).values(**facts))


def _dewi(now: datetime) -> Citizen:
    person = Person(name="Dewi Lestari", address="Jl Ampera 5", created_at=now)
    return Citizen(phone=CALLER, person=person, state="verified", channel="sms", unit_id=2, applied_at=now)


def test_it_names_code_kind_area_age_and_state_and_nothing_of_a_person(siti: Browser, home: House) -> None:
    with home.open_uow() as uow:
        ring = [[109.3, -0.1], [109.4, -0.1], [109.4, 0.0], [109.3, 0.0], [109.3, -0.1]]
        uow.db.add(Area(unit_id=2, name="Sungai Jawi", geometry=json.dumps({"type": "Polygon", "coordinates": [ring]})))
        uow.db.add(_dewi(uow.now()))
    code = panic(home, "TOLONG ada kebakaran di Gang Kenanga")
    act(home, code, "take")
    wall = shown(siti)
    for told in (code, "Kebakaran", "Sungai Jawi", "data-since=", "DIPEGANG PIKET"):
        assert told in wall
    everything = wall + siti.get("/monitor/wall").text
    for never in ("Dewi", "Ampera", "Kenanga", CALLER[-8:], "5550-0001", "Siti", "Adi", "109.33", 'href="/incidents'):
        assert never not in everything, never
    assert "<form" not in everything
    assert "<button" not in everything


@pytest.mark.parametrize("hides", ["quiet", "duress"])
def test_who_hides_is_neither_named_nor_counted(siti: Browser, home: House, hides: str) -> None:
    empty = shown(siti)
    change(home, panic(home), **{hides: True})
    assert shown(siti) == empty


def test_nobody_reads_there_what_some_user_must_not_know(siti: Browser, home: House) -> None:
    empty = shown(siti)
    with home.open_uow() as uow:
        dewi = _dewi(uow.now())
        uow.db.add(dewi)
        uow.db.flush()
        never_asked.add(uow.db, dewi.person_id, user_key("Tamu"))
    panic(home)
    assert shown(siti) == empty


def test_it_shows_what_the_monitor_of_the_same_user_shows_in_its_order(
    app: Flask, siti: Browser, home: House, clock: Clock
) -> None:
    first, second = panic(home), ""
    clock.move(seconds=5)
    second = panic(home, phone=OTHER)
    wall = shown(siti)
    assert wall.index(second) < wall.index(first)  # the newest first, as long as nobody comes
    act(home, second, "take")
    act(home, second, "close", outcome="resolved", reason="selesai")
    assert second not in shown(siti)
    assert first in shown(logged_in(app, "Tamu"))
    assert first not in shown(logged_in(app, "Rudi"))


def test_what_does_not_fit_is_counted(siti: Browser, home: House) -> None:
    for number in range(10):
        panic(home, phone=f"+628125550001{number}")
    wall = shown(siti)
    assert wall.count('class="code"') == 8
    assert "2 lainnya" in wall


def test_a_stranger_sees_no_wall_and_the_monitor_leads_to_it(browser: Browser, siti: Browser) -> None:
    assert browser.get("/monitor/wall").status_code == 302
    assert browser.client.get("/monitor/wall/board", headers=SCRIPT).status_code == 401
    assert 'href="/monitor/wall"' in siti.get("/monitor").text


@pytest.mark.parametrize("language", ["id", "en", "sw"])
def test_it_is_there_in_every_language(siti: Browser, home: House, language: str) -> None:
    siti.post(f"/language/{language}")
    empty = shown(siti)
    panic(home)
    for page in (siti.get("/monitor/wall").text, empty, shown(siti)):
        assert "console." not in page.replace("console.css", "")
