"""A machine's test of the whole chain: it is measured step by step, alarms when late, and touches no person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from journeys.city import NUMBER, City, Phone, Pontianak
from journeys.test_drills import everybody, later
from sqlalchemy import func, select

from gateway.identity.users import Identity
from gateway.infrastructure import readiness
from gateway.models import synthetic_panic as rows
from gateway.models.incident import Incident
from gateway.models.synthetic_panic import SyntheticPanic
from gateway.monitor import board
from gateway.operations.results import cases
from gateway.responses import synthetic_panics

LOOP = "+6281399999001"


@pytest.fixture
def loop(city: Pontianak) -> Phone:
    """A test phone that sends back what it gets, once the story says so."""
    return city.phone(LOOP)


def begin(city: City) -> None:
    with city.open() as uow:
        synthetic_panics.begin(uow, LOOP)
    city.settle()


def newest(city: City) -> SyntheticPanic:
    with city.open() as uow:
        return rows.newest(uow.db)[0]


def alarms(city: City) -> dict[str, str]:
    found = readiness.reasons(city.house.open_uow, [], 0, lambda: True)
    return {name: words for name, words in found.items() if name.startswith("synthetic")}


def goes_through(city: City, loop: Phone) -> None:
    """The newest text at the phone comes back, then the alert about it."""
    loop.texts(loop.last_text)
    city.forward(2)
    loop.texts(loop.last_text)
    if loop.is_ringing:
        loop.expects_call().lets_it_ring()
    city.forward(45)


def test_a_synthetic_panic_takes_each_step_and_each_is_timed(city: Pontianak, loop: Phone) -> None:
    begin(city)
    assert loop.last_text.startswith("LATIHAN ")
    city.forward(1)
    loop.texts(loop.last_text)
    assert loop.expects_text("LATIHAN", city.incident.code)
    assert loop.is_ringing
    city.forward(1)
    loop.texts(loop.last_text)
    loop.expects_call(saying="latihan").answers()
    city.forward(2)
    row = newest(city)
    assert not row.missing
    assert list(row.seconds()) == list(rows.STEPS)
    assert [row.seconds()[step] for step in ("left", "received", "alerted")] == [0.0, 1.0, 2.0]
    assert row.ended_at is not None
    assert city.incident.closed
    assert alarms(city) == {}


def test_a_synthetic_panic_touches_nobody_else_and_stands_in_no_figure(city: Pontianak, loop: Phone) -> None:
    begin(city)
    goes_through(city, loop)
    assert newest(city).accepted_at is not None
    city.forward(400)
    assert all(phone.untouched for phone in everybody(city))
    with city.open() as uow:
        boss = Identity(1, "Boss", "desk", None, "", "Asia/Pontianak", "id", 0, None)
        assert uow.db.scalar(select(func.count(Incident.id)).where(board.visible(uow, boss))) == 0
        span = cases.Span(city.polda, city.clock.at - timedelta(days=1), city.clock.at + timedelta(days=1))
        assert cases.cases(uow, span) == []
        assert cases.questions(uow, span) == []
        assert cases.strangers(uow, span)["texts"] == 0


def test_it_comes_back_by_another_line_of_ours_too(city: Pontianak, loop: Phone) -> None:
    begin(city)
    city.exchange.text(NUMBER, loop.last_text)
    city.settle()
    assert newest(city).received_at is not None


def test_whoever_else_knows_the_word_opens_nothing(city: Pontianak, loop: Phone) -> None:
    begin(city)
    city.phone("+6281311112222").texts(loop.last_text)
    assert newest(city).received_at is None
    assert city.incidents == []


def test_a_real_panic_from_a_phone_is_no_synthetic_one(city: Pontianak, loop: Phone) -> None:
    begin(city)
    city.budi.texts("TOLONG LATIHAN ada maling")
    assert city.open_incident_of(city.budi) is not None


@pytest.mark.parametrize("missing", ["received", "alerted"])
def test_one_that_is_late_is_an_alarm_that_names_the_step(city: Pontianak, loop: Phone, missing: str) -> None:
    with city.open() as uow:
        synthetic_panics.plan(uow, LOOP, timedelta(hours=1))
    city.forward(1)
    panic = loop.last_text
    loop.is_off()
    if missing == "alerted":
        city.exchange.text(NUMBER, panic)
        city.settle()
    city.forward(65)
    assert newest(city).missing == missing
    assert list(alarms(city).values()) == [f"not {missing} within 60 s"]
    assert all(incident.closed for incident in city.incidents)
    assert len([text for text in city.desk_polda.got if "PERIKSA JALUR" in text]) == 1


def test_the_desk_is_told_once_until_one_is_through_again(city: Pontianak, loop: Phone) -> None:
    for _ in range(3):
        begin(city)
        city.forward(65)
    assert len([text for text in city.desk_polda.got if "PERIKSA JALUR" in text]) == 1
    begin(city)
    goes_through(city, loop)
    assert not newest(city).missing
    begin(city)
    city.forward(65)
    assert len([text for text in city.desk_polda.got if "PERIKSA JALUR" in text]) == 2


def test_they_come_by_the_timetable_and_a_stopped_timetable_is_an_alarm(city: Pontianak, loop: Phone) -> None:
    with city.open() as uow:
        synthetic_panics.plan(uow, LOOP, timedelta(hours=1))
    city.forward(2)
    assert len(loop.got) == 1
    goes_through(city, loop)
    later(city, 1)
    assert newest(city).ended_at is None
    goes_through(city, loop)
    city.clock.at += timedelta(hours=2)
    assert list(alarms(city).values()) == ["no synthetic panic was begun in time"]
    with city.open() as uow:
        assert synthetic_panics.forget_plan(uow, LOOP)
    assert alarms(city) == {}


def test_a_pause_that_is_too_short_is_refused(city: Pontianak) -> None:
    with city.open() as uow, pytest.raises(ValueError, match="five minutes"):
        synthetic_panics.plan(uow, LOOP, timedelta(minutes=1))
