"""What each hook may ask of the database: statements, commits, round trips. They do not depend on the machine.

A number here is lowered by whoever needs less, and never raised without a reason in docs/performance.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import Engine
from statements import Spent, spent

from gateway.config import Settings
from gateway.models import outbound as outbounds
from gateway.models.outbound import Outbound

BUDGETS: dict[str, tuple[int, int]] = {  # statements, savepoints; each hook has one commit
    "a panic": (25, 0),
    "a second panic of the same phone": (30, 0),
    "the same text again": (1, 0),
    "words of an unknown number": (13, 0),
    "a cry of an unknown number": (15, 0),
    "the first screen": (9, 1),
    "the key 1": (35, 1),
}


@pytest.fixture
def city(engine: Engine, settings: Settings, tmp_path: Path) -> Pontianak:
    """A city that has opened an incident before: indexes are built, the policy's version is noted, words are read."""
    town = Pontianak(engine, settings, tmp_path).build()
    town.citizen("+6281390000009", unit=town.kota, lat=-0.03, lon=109.34).texts("TOLONG")
    town.house.vocabulary._due = float("inf")
    town.asleep = True
    return town


Hooks = Iterator[tuple[str, Spent]]


def hooks(city: Pontianak) -> Hooks:
    """Let people do one thing after the other; yield what each hook asked for."""
    siti = city.citizen("+6281390000002", unit=city.barat, lat=-0.021, lon=109.30)
    posted: list[Callable[[], object]] = []
    post = city.exchange._hooks._post

    def keep(path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        posted.append(lambda: post(path, body, headers))
        return post(path, body, headers)

    city.exchange._hooks._post = keep
    stranger = Phone(city, "+6281999000111"), Phone(city, "+6281999000222")
    acts: dict[str, Callable[[], object]] = {
        "a panic": lambda: city.budi.texts("TOLONG"),
        "the same text again": lambda: posted[-1](),
        "a second panic of the same phone": lambda: city.budi.texts("TOLONG"),
        "words of an unknown number": lambda: stranger[0].texts("halo pak"),
        "a cry of an unknown number": lambda: stranger[1].texts("TOLONG"),
        "the first screen": lambda: siti.dials("*110#"),
        "the key 1": lambda: siti.replies("1"),
    }
    for name, act in acts.items():
        with spent(city.house.engine) as count:
            act()
        yield name, count


def test_no_hook_asks_more_of_the_database_than_its_budget(city: Pontianak) -> None:
    over = []
    for name, count in hooks(city):
        statements, savepoints = BUDGETS[name]
        assert count.commits == 1, name
        if count.statements > statements or count.savepoints > savepoints:
            over.append((name, count.statements, count.savepoints, count.said))
    assert over == []
    assert [phone.menu for phone in (city.phone("+6281390000002"),)] != [""], "the menu answered"
    assert len(city.incidents) == 3


def test_a_wave_owes_all_its_texts_and_calls_by_one_statement(city: Pontianak) -> None:
    with spent(city.house.engine) as count:
        city.budi.texts("TOLONG")
    written = [said for said in count.said if said.startswith(f"INSERT INTO {Outbound.__tablename__}")]
    assert len(written) == 1
    with city.open() as uow:
        kinds = [row.kind for row in uow.db.query(Outbound).where(Outbound.incident_id == city.incidents[-1].id)]
    assert (kinds.count(outbounds.TEXT), kinds.count(outbounds.CALL)) == (5, 4)
