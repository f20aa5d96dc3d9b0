"""The roster turns officers on and off duty, and says which hours nobody has."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from no_redis import no_redis
from sqlalchemy import Engine, select

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core.shifts import Turn, between
from gateway.identity import audit_log
from gateway.infrastructure.database import open_engine
from gateway.models import officer as officers
from gateway.models.audit import Audit
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.models.shift import Shift
from gateway.models.unit import Unit
from gateway.register import coverage, roster
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House
from gateway.worker.queue import JobQueue

RINA, BUDI = "+6281230000001", "+6281230000002"
MONDAY = datetime(2026, 11, 22, 17, tzinfo=UTC)  # 0:00 on Monday 23 November in Pontianak
DAYS = [between(day, 6 * 60, 18 * 60) for day in range(7)]
NIGHTS = [between(day, 18 * 60, 6 * 60) for day in range(7)]


class Town:
    """A polsek with two officers off duty, a clock that is set, and one transaction at a time."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.at = MONDAY
        self.house = House(settings, engine, Switchboard([]), JobQueue(no_redis), lambda: self.at)
        with self.open() as uow:
            unit = Unit(code="KOTA", name="Polsek Kota", kind="polsek", timezone="Asia/Pontianak")
            uow.db.add(unit)
            uow.db.flush()
            for phone, name in ((RINA, "Rina"), (BUDI, "Budi")):
                uow.db.add(Officer(phone=phone, name=name, unit_id=unit.id))

    def open(self):  # type: ignore[no-untyped-def] # as the house's own
        return self.house.open_uow()

    def draw(self, phone: str, *turns: Turn, by: str = "Ibu Admin") -> bool:
        with self.open() as uow:
            return roster.set_turns(uow, self.of(uow, phone), turns, by)

    def of(self, uow: UnitOfWork, phone: str) -> Officer:
        found = officers.by_phone(uow.db, phone)
        assert found is not None
        return found

    def sweep(self, **later: float) -> None:
        """So much later."""
        self.at += timedelta(**later)
        with self.open() as uow:
            roster.turn_due(uow)

    def says(self, phone: str, on: bool) -> None:
        """HADIR or LEPAS."""
        with self.open() as uow:
            self.of(uow, phone).on_duty = on

    @property
    def on_duty(self) -> set[str]:
        with self.open() as uow:
            return set(uow.db.scalars(select(Officer.phone).where(Officer.on_duty.is_(True))))

    def due(self, phone: str) -> datetime | None:
        with self.open() as uow:
            return self.of(uow, phone).turns_at

    def holes(self) -> list[str]:
        with self.open() as uow:
            return [hole for hole in coverage.holes(uow) if "roster" in hole]


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The week is drawn on SQLite; what the databases do differently is told on both."""
    return sqlite_url


@pytest.fixture
def town(engine: Engine, settings: Settings) -> Town:
    return Town(engine, settings)


@pytest.fixture
def postgres(postgresql_url: str, settings: Settings) -> Iterator[Town]:
    engine = open_engine(postgresql_url)
    yield Town(engine, settings)
    engine.dispose()


# --- turning ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["town", "postgres"])
def test_the_day_shift_goes_when_the_night_shift_comes(kind: str, request: pytest.FixtureRequest) -> None:
    town: Town = request.getfixturevalue(kind)
    town.draw(RINA, *DAYS)
    town.draw(BUDI, *NIGHTS)
    town.sweep(hours=3)
    assert town.on_duty == {BUDI}
    town.sweep(hours=3)
    assert town.on_duty == {RINA}
    town.sweep(hours=11, minutes=59)
    assert town.on_duty == {RINA}
    town.sweep(minutes=1)
    assert town.on_duty == {BUDI}


def test_what_is_drawn_is_applied_by_the_next_sweep_and_is_due_again_at_its_next_boundary(town: Town) -> None:
    town.draw(RINA, between(0, 6 * 60, 14 * 60))
    assert town.due(RINA) == MONDAY
    town.sweep(seconds=1)
    assert town.due(RINA) == MONDAY + timedelta(hours=6)
    town.sweep(hours=6)
    assert town.due(RINA) == MONDAY + timedelta(hours=14)


@pytest.mark.parametrize(("hour", "word"), [(7, False), (4, True)])
def test_an_officers_own_word_stands_until_the_next_boundary(town: Town, hour: int, word: bool) -> None:
    town.draw(RINA, *DAYS)
    town.sweep(hours=hour)
    town.says(RINA, word)
    town.sweep(hours=1.5)
    assert (RINA in town.on_duty) is word
    town.sweep(hours=18.5 - hour - 1.5)  # past 6 and 18 o'clock
    assert town.on_duty == set()
    town.sweep(hours=12)
    assert town.on_duty == {RINA}


def test_after_an_absence_only_the_present_counts(town: Town) -> None:
    town.draw(RINA, *DAYS)
    town.sweep(hours=1)
    town.sweep(days=2, hours=6)
    assert town.on_duty == {RINA}
    assert town.due(RINA) == MONDAY + timedelta(days=2, hours=18)


def test_without_turns_duty_stays_as_it_is_and_nothing_is_due(town: Town) -> None:
    town.draw(RINA, *DAYS)
    town.sweep(hours=7)
    town.draw(RINA)
    assert town.due(RINA) is None
    town.sweep(days=1, hours=12)
    assert town.on_duty == {RINA}


def test_an_officer_without_a_roster_is_never_turned(town: Town) -> None:
    town.says(BUDI, True)
    town.draw(RINA, *DAYS)
    town.sweep(days=1)
    assert BUDI in town.on_duty


def test_the_clock_is_the_units_and_a_broken_zone_stops_nobody(town: Town) -> None:
    with town.open() as uow:
        jayapura = Unit(code="JAP", name="Polsek Jayapura", kind="polsek", timezone="Asia/Jayapura")
        nowhere = Unit(code="X", name="Polsek X", kind="polsek", timezone="Mars/Olympus")
        uow.db.add_all([jayapura, nowhere])
        uow.db.flush()
        town.of(uow, RINA).unit_id, town.of(uow, BUDI).unit_id = jayapura.id, nowhere.id
    town.draw(RINA, *DAYS)
    town.draw(BUDI, *DAYS)
    town.sweep(hours=5)  # 7:00 in Jayapura
    assert town.on_duty == {RINA}
    town.sweep(hours=8)  # 6:00 UTC, which stands for a zone that nobody knows
    assert town.on_duty == {RINA, BUDI}


def test_the_roster_texts_nobody(town: Town) -> None:
    town.draw(RINA, *DAYS)
    town.sweep(hours=7)
    with town.open() as uow:
        assert uow.db.scalars(select(Outbound)).all() == []


def test_a_few_at_a_time_the_longest_due_first(town: Town) -> None:
    town.draw(RINA, *DAYS)
    town.at += timedelta(hours=7)
    town.draw(BUDI, *DAYS)
    with town.open() as uow:
        roster.turn_due(uow, limit=1)
    assert town.on_duty == {RINA}
    town.sweep(seconds=1)
    assert town.on_duty == {RINA, BUDI}


def test_two_workers_at_once_neither_wait_nor_disagree(postgres: Town) -> None:
    postgres.draw(RINA, *DAYS)
    postgres.at += timedelta(hours=7)
    with postgres.open() as one, postgres.open() as other:
        roster.turn_due(one)
        roster.turn_due(other)
        assert postgres.of(other, RINA).on_duty is False  # not yet: the first holds the row
    assert postgres.on_duty == {RINA}


# --- drawing ------------------------------------------------------------------------------------------------------


def turns(town: Town) -> list[tuple[int, int, int]]:
    with town.open() as uow:
        rows = uow.db.scalars(select(Shift).order_by(Shift.weekday, Shift.starts)).unique()
        return [(row.weekday, row.starts, row.minutes) for row in rows]


def told(town: Town) -> list[tuple[str, str, str, str]]:
    with town.open() as uow:
        assert audit_log.verify(uow) == []
        return [(row.who, row.what, row.subject, row.detail) for row in uow.db.scalars(select(Audit))]


def test_each_change_is_recorded_and_no_change_is_none(town: Town) -> None:
    assert town.draw(RINA, between(5, 22 * 60, 6 * 60), between(0, 360, 840))
    assert not town.draw(RINA, between(0, 360, 840), between(5, 22 * 60, 6 * 60))
    assert town.draw(RINA)
    assert told(town) == [
        ("Ibu Admin", "officer.turns", RINA, "Mon 06:00-14:00, Sat 22:00-06:00"),
        ("Ibu Admin", "officer.turns", RINA, "none"),
    ]


def test_drawing_the_same_again_leaves_the_officers_word_alone(town: Town) -> None:
    town.draw(RINA, *DAYS)
    town.sweep(hours=7)
    town.says(RINA, False)
    town.draw(RINA, *DAYS)
    town.sweep(hours=1)
    assert town.on_duty == set()


def test_a_turn_that_begins_with_another_takes_its_place_and_the_rest_stays(town: Town) -> None:
    town.draw(RINA, Turn(0, 360, 480), Turn(1, 360, 480))
    with town.open() as uow:
        roster.add_turns(uow, town.of(uow, RINA), [Turn(0, 360, 720), Turn(0, 1320, 60)], "Ibu Admin")
    assert turns(town) == [(0, 360, 720), (0, 1320, 60), (1, 360, 480)]
    with town.open() as uow:
        assert roster.drop_turn(uow, town.of(uow, RINA), 0, 360, "Ibu Admin")
        assert not roster.drop_turn(uow, town.of(uow, RINA), 0, 360, "Ibu Admin")
    assert turns(town) == [(0, 1320, 60), (1, 360, 480)]


# --- holes --------------------------------------------------------------------------------------------------------


def test_a_unit_that_has_no_roster_has_no_holes_in_it(town: Town) -> None:
    assert town.holes() == []


def test_the_hours_that_nobody_has_are_named(town: Town) -> None:
    town.draw(RINA, *DAYS)
    town.draw(BUDI, *(night for night in NIGHTS if night.weekday != 5))
    assert town.holes() == ["KOTA (Polsek Kota) has nobody on its roster Sat 18:00 to Sun 06:00"]


def test_of_many_holes_the_first_are_named_and_the_others_counted(town: Town) -> None:
    town.draw(RINA, *DAYS)
    (hole,) = town.holes()
    assert hole.endswith("roster Mon 18:00 to Tue 06:00, Tue 18:00 to Wed 06:00, Wed 18:00 to Thu 06:00, and 4 more")


def test_whoever_is_on_duty_without_turns_counts_as_always_there(town: Town) -> None:
    town.draw(RINA, *DAYS)
    town.says(BUDI, True)
    assert town.holes() == []
    with town.open() as uow:
        (cover,) = coverage.covers(uow, coverage.answering(uow, uow.db.scalars(select(Unit)).all()))
        assert (cover.always, cover.hours[:8]) == (1, [1, 1, 1, 1, 1, 1, 2, 2])


def test_a_suspended_officer_fills_no_hole(town: Town) -> None:
    town.draw(RINA, *DAYS)
    town.draw(BUDI, *NIGHTS)
    assert town.holes() == []
    with town.open() as uow:
        town.of(uow, BUDI).suspended = True
    assert len(town.holes()) == 1


def test_the_roster_says_who_should_be_there_now(town: Town) -> None:
    town.draw(RINA, *DAYS)
    town.at += timedelta(hours=7)
    with town.open() as uow:
        everyone = uow.db.scalars(select(Officer)).all()
        assert roster.says(uow, everyone) == {town.of(uow, RINA).id: True}
