"""What each hook may ask of the database, on PostgreSQL: statements, savepoints, commits. No machine changes them.

A number here is lowered by whoever needs less, and raised only with a word about what it buys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import Engine, select

from gateway.config import Settings
from gateway.infrastructure.database import open_engine
from gateway.models import outbound as outbounds
from gateway.models.outbound import Outbound
from tests.statements import Spent, spent

BUDGETS: dict[str, tuple[int, int]] = {  # statements, savepoints; each hook has one commit
    "a panic": (37, 1),
    "a second panic of the same phone": (27, 1),
    "the same text again": (1, 0),
    "words of an unknown number": (19, 1),
    "a cry of an unknown number": (17, 1),
    "the first screen": (9, 1),
    "the key 1": (44, 1),
}


@pytest.fixture
def engine(postgresql_url: str) -> Iterator[Engine]:
    engine = open_engine(postgresql_url)
    yield engine
    engine.dispose()


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
    over = {}
    for name, count in hooks(city):
        statements, savepoints = BUDGETS[name]
        if count.statements > statements or count.savepoints > savepoints or count.commits > 1:
            over[name] = str(count)
    assert over == {}
    assert len(city.incidents) == 3


def test_a_wave_owes_all_its_texts_and_calls_by_one_statement(city: Pontianak) -> None:
    with spent(city.house.engine) as count:
        city.budi.texts("TOLONG")
    written = [said for said in count.said if said.startswith(f"INSERT INTO {Outbound.__tablename__}")]
    assert len(written) == 2  # and the answer to the citizen
    with city.open() as uow:
        mine = Outbound.incident_id == city.incidents[-1].id
        kinds = list(uow.db.scalars(select(Outbound.kind).where(mine)))
    assert (kinds.count(outbounds.TEXT), kinds.count(outbounds.CALL)) == (5, 4)
