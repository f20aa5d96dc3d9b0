"""Calls about one event on the monitor: what is proposed, what one press does, and who may press it."""

from __future__ import annotations

import pytest
from flask import Flask

from gateway.models.audit import Audit
from gateway.monitor.desk_actions import NotNow
from gateway.wiring import House
from tests.console.station import Browser, act, card_of, file_of, panic

FIRE = "TOLONG kebakaran"
FIRST, SECOND, THIRD = (f"+625123450{n}" for n in (101, 102, 103))


@pytest.fixture
def codes(home: House) -> list[str]:
    """Three calls of one fire, the first one first."""
    return [panic(home, FIRE, phone) for phone in (FIRST, SECOND, THIRD)]


def kinds(home: House, code: str) -> list[str]:
    return [line.kind for line in file_of(home, code).lines]


def test_a_card_shows_what_may_be_the_same_event(home: House, codes: list[str]) -> None:
    first, second, third = codes
    assert list(card_of(home, first).together.maybe) == [second, third]
    assert list(card_of(home, second).together.maybe) == [first]
    assert card_of(home, second).together.part_of == ""


def test_one_press_merges_all_that_is_proposed_and_one_splits_again(home: House, codes: list[str]) -> None:
    first, second, third = codes
    act(home, first, "merge", other=f"{second} {third}")
    assert list(card_of(home, first).together.members) == [second, third]
    assert card_of(home, third).together.part_of == first
    assert not card_of(home, third).together.counted
    assert all(card_of(home, code).state == "open" for code in codes)
    assert "merged" in kinds(home, first)
    assert "merged" in kinds(home, third)
    act(home, third, "apart")
    assert card_of(home, third).together.part_of == ""
    assert list(card_of(home, third).together.maybe) == []
    assert kinds(home, third)[0] in ("apart", "wave")
    with home.open_uow() as uow:
        did = [row.what for row in uow.db.query(Audit) if row.what.startswith("incident.")]
    assert did == ["incident.merge", "incident.merge", "incident.apart"]


def test_what_is_part_of_an_event_is_merged_with_nothing_else(home: House, codes: list[str]) -> None:
    first, second, third = codes
    act(home, second, "merge", other=first)
    with pytest.raises(NotNow, match="is_part"):
        act(home, second, "merge", other=third)
    act(home, third, "merge", other=second)  # by way of one that is: into the same event
    assert card_of(home, third).together.part_of == first


def test_a_quiet_call_is_refused_with_the_reason(home: House, codes: list[str]) -> None:
    quiet = panic(home, FIRE, "+62512345104", quiet=True)
    with pytest.raises(NotNow, match="merge_careful"):
        act(home, quiet, "merge", other=codes[0])


def test_the_page_has_the_buttons_for_a_desk_and_none_for_a_viewer(
    home: House, app: Flask, siti: Browser, codes: list[str]
) -> None:
    viewer = Browser(app.test_client())
    viewer.log_in("Tamu")
    first, second, _ = codes
    page = siti.get(f"/incidents/{second}").data.decode()
    assert f'action="/incidents/{second}/merge"' in page
    assert "data-maybe-same" in siti.get("/monitor/board").get_json()["board"]
    seen = viewer.get(f"/incidents/{second}").data.decode()
    assert "data-maybe-same" in seen
    assert f'action="/incidents/{second}/merge"' not in seen
    assert viewer.post(f"/incidents/{second}/merge", other=first).status_code == 403
    assert siti.client.post(f"/incidents/{second}/merge", data={"other": first}).status_code == 400
    assert siti.post(f"/incidents/{second}/merge", other=first).status_code == 303
    page = siti.get(f"/incidents/{second}").data.decode()
    assert f'data-part-of="{first}"' in page
    assert f'action="/incidents/{second}/apart"' in page
    assert 'name="event"' not in page
    assert 'name="event"' in siti.get(f"/incidents/{first}").data.decode()  # one tick closes all of it
