"""USSD menus as a person dials, answers and leaves them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.carriers.town import BUDI, Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return Town(tmp_path / "phones.db")


def test_a_menu_is_dialled_answered_and_over(town: Town) -> None:
    town.screens = [("Siaga\n1. Polisi", True), ("Di mana?", True), ("Diterima", False)]
    assert town.people.dial(BUDI, "*110#")
    assert "1. Polisi" in town.phones.screen(BUDI)
    assert town.people.press(BUDI, "1")
    assert town.people.reply(BUDI, "pasar flamboyan")
    hops = [town.line.read_hop(hook) for hook in town.hooks]
    assert [(hop.typed, hop.ended) for hop in hops] == [
        ("", False),
        ("1", False),
        ("1*pasar flamboyan", False),
        ("1*pasar flamboyan", True),
    ]
    assert {(hop.session, hop.phone, hop.code) for hop in hops} == {(hops[0].session, BUDI, "*110#")}
    assert "Diterima" in town.phones.screen(BUDI)
    assert not town.people.press(BUDI, "1")
    assert not town.people.reply(BUDI, "1")


LEAVING: dict[str, Callable[[Town], object]] = {
    "hangs up": lambda town: town.people.hang_up(BUDI),
    "dials anew": lambda town: town.people.dial(BUDI, "*110#"),
    "forgets it": lambda town: town.later(120),
}


@pytest.mark.parametrize("leave", LEAVING.values(), ids=LEAVING)
def test_a_menu_left_open_is_closed_with_a_note(town: Town, leave: Callable[[Town], object]) -> None:
    town.screens = [("1. Polisi", True), ("1. Polisi", True)]
    town.people.dial(BUDI, "*110#")
    leave(town)
    (ended,) = [town.line.read_hop(hook) for hook in town.hooks if hook.path == "ussd/end"]
    assert (ended.ended, ended.session) == (True, town.line.read_hop(town.hooks[0]).session)


def test_a_menu_whose_screen_never_comes_breaks_as_on_a_real_phone(town: Town) -> None:
    town.failures = [500] * 5
    town.people.dial(BUDI, "*110#")
    for _ in range(20):
        town.later(1)
    assert "kode tidak berlaku" in town.phones.screen(BUDI).replace("\n", " ")


def test_the_answer_to_a_menu_that_was_left_changes_nothing(town: Town) -> None:
    town.failures, town.screens = [500], [("Baru", True), ("Lama", True)]
    town.people.dial(BUDI, "*110#")
    town.people.dial(BUDI, "*112#")
    town.later(1)
    assert "Baru" in town.phones.screen(BUDI)
    assert "Lama" not in town.phones.screen(BUDI)
