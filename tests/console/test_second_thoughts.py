"""What was pressed by mistake is taken back with one press, for a minute, by whoever pressed it."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from gateway.core import pressed
from gateway.models.audit import Audit
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.monitor import second_thoughts
from gateway.wiring import House
from tests.console.station import Browser, Clock, card_of, panic

FIRE = "TOLONG kebakaran"
LAMP = "lampu jalan mati pak"


def offered(browser: Browser) -> list[str]:
    """The addresses that take something back."""
    return re.findall(r'action="(/presses/\d+/take-back)"', browser.get("/monitor/board").get_json()["undo"])


def take_back(browser: Browser) -> None:
    browser.get("/monitor")
    (address,) = offered(browser)
    assert browser.post(address).status_code == 303
    assert offered(browser) == []


def text(home: House, body: str = LAMP) -> int:
    with home.open_uow() as uow:
        row = Inbound(line="simulator", kind="text", ref=body, phone="+6289900000001", body=body, state="to_human",
                      received_at=uow.now(), unit_id=2)  # fmt: skip
        uow.db.add(row)
        uow.db.flush()
        return row.id


def state_of(home: House, text_id: int) -> str:
    with home.open_uow() as uow:
        return uow.db.get_one(Inbound, text_id).state


def test_every_press_that_can_be_taken_back_has_its_act_and_its_words() -> None:
    assert {undo.act for undo in pressed.TAKEN_BACK.values()} == set(second_thoughts.BY)
    assert all(undo.seconds == 60 for undo in pressed.TAKEN_BACK.values())
    assert pressed.WAITS == {"wider": 5, "suspend": 5}


def test_an_emergency_by_a_slip_is_stood_down_and_its_text_waits_again(home: House, siti: Browser) -> None:
    text_id = text(home)
    siti.post(f"/unread/{text_id}/emergency")
    with home.open_uow() as uow:
        assert uow.db.scalars(select(Outbound.purpose)).all().count("alert") > 0
    take_back(siti)
    with home.open_uow() as uow:
        incident = uow.db.scalars(select(Incident)).one()
        assert incident.state == "false_alarm"
        left = uow.db.scalars(select(Outbound.state).where(Outbound.purpose == "alert")).all()
        assert set(left) == {"called_off"}
        assert [row.what for row in uow.db.scalars(select(Audit).order_by(Audit.id))][-1] == "press_taken_back"
    assert state_of(home, text_id) == "to_human"


def test_an_incident_that_was_open_before_is_not_closed_by_taking_a_text_back(home: House, siti: Browser) -> None:
    before = panic(home, phone="+6289900000001")
    siti.post(f"/unread/{text(home)}/emergency")
    (address,) = offered(siti)
    siti.post(address)
    assert card_of(home, before).closed_at is None


@pytest.mark.parametrize("action", ["seen", "no"])
def test_a_settled_text_comes_back_on_the_list(home: House, siti: Browser, action: str) -> None:
    text_id = text(home)
    siti.post(f"/unread/{text_id}/{action}")
    assert state_of(home, text_id) == "seen"
    take_back(siti)
    assert state_of(home, text_id) == "to_human"


def test_a_closed_incident_is_open_again(home: House, siti: Browser) -> None:
    code = panic(home)
    siti.post(f"/incidents/{code}/close", outcome="resolved", reason="salah pencet")
    take_back(siti)
    assert card_of(home, code).state == "open"


def test_the_desks_own_yes_is_taken_back_and_people_are_asked_again(home: House, siti: Browser) -> None:
    code = panic(home)
    siti.post(f"/incidents/{code}/take")
    assert card_of(home, code).tone == "held"
    take_back(siti)
    assert (card_of(home, code).tone, card_of(home, code).leader) == ("open", "")


def test_a_yes_that_was_entered_for_the_wrong_officer_is_taken_back(home: House, siti: Browser) -> None:
    code = panic(home)
    siti.post(f"/incidents/{code}/accept", officer="1")
    assert card_of(home, code).leader == "Aipda Adi Pontianak"
    take_back(siti)
    assert card_of(home, code).leader == ""


def test_what_was_merged_stands_alone_again(home: House, siti: Browser) -> None:
    first, second = panic(home, FIRE, "+62512345101"), panic(home, FIRE, "+62512345102")
    siti.post(f"/incidents/{first}/merge", other=second)
    assert card_of(home, second).together.part_of == first
    take_back(siti)
    assert card_of(home, second).together.part_of == ""


def test_nobody_takes_back_what_another_pressed_or_what_is_a_minute_old(
    home: House, app: Flask, siti: Browser, clock: Clock
) -> None:
    code = panic(home)
    siti.post(f"/incidents/{code}/close", outcome="resolved", reason="selesai")
    (address,) = offered(siti)
    rudi, viewer = Browser(app.test_client()), Browser(app.test_client())
    rudi.log_in("Rudi")
    viewer.log_in("Tamu")
    assert offered(rudi) == offered(viewer) == []
    assert viewer.post(address).status_code == 403
    rudi.post(address)
    assert card_of(home, code).state == "resolved"
    clock.move(seconds=61)
    assert offered(siti) == []
    siti.post(address)
    assert card_of(home, code).state == "resolved"


def test_what_only_looks_or_notes_is_no_press_to_take_back(home: House, siti: Browser) -> None:
    code = panic(home)
    siti.post(f"/incidents/{code}/seen")
    siti.post(f"/incidents/{code}/note", words="tetangga menelepon")
    assert offered(siti) == []
