"""A desk asks for an ambulance or the fire brigade, also one that stands under a unit above its own."""

from __future__ import annotations

import pytest

from gateway.models.unit import Unit
from gateway.monitor.desk_actions import NotNow
from gateway.wiring import House
from tests.console.station import act, card_of, file_of, panic
from tests.console.test_desk_actions import calls, texts

NUMBER = "+62561700118"


def ambulance(home: House) -> None:
    with home.open_uow() as uow:
        uow.db.add(Unit(code="AMB", name="Ambulans RSUD", kind="ambulance", phone=NUMBER))


def test_it_asks_the_ambulance_once_by_text_and_call(home: House) -> None:
    ambulance(home)
    code = panic(home)
    act(home, code, "ask_service", service="ambulance")
    assert "Ambulans RSUD" in {one.title for one in file_of(home, code).asked}
    assert len(texts(home, NUMBER)) == len(calls(home, NUMBER)) == 1
    with pytest.raises(NotNow, match="no_service"):
        act(home, code, "ask_service", service="ambulance")


@pytest.mark.parametrize("service", ["fire", "polres", ""])
def test_what_is_not_on_the_list_is_told(home: House, service: str) -> None:
    ambulance(home)
    with pytest.raises(NotNow, match="no_service"):
        act(home, panic(home), "ask_service", service=service)


def test_its_yes_is_on_the_timeline_and_is_nobodys_step(home: House) -> None:
    ambulance(home)
    code = panic(home)
    act(home, code, "ask_service", service="ambulance")
    (asked,) = (one for one in file_of(home, code).asked if one.title == "Ambulans RSUD")
    act(home, code, "accept", alert=str(asked.alert_id))
    card = card_of(home, code)
    assert (card.state, card.leader) == ("open", "")
    kinds = [line.kind for line in file_of(home, code).lines]
    assert "beside" in kinds
    assert "accepted" not in kinds
