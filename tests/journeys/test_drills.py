"""A drill has an end, says what it is, sends nobody to a real number, and gives way."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from journeys.city import City, Phone, Pontianak

from gateway.core.sentences.segments import fits
from gateway.incidents import drills
from gateway.models import drill as drill_rows
from gateway.models import incident as incidents
from gateway.models.incident import Incident
from gateway.models.unit import Unit


def drill(city: Pontianak, *, all_waves: bool = False) -> Incident:
    with city.open() as uow:
        begun = drills.begin(uow, uow.db.get_one(Unit, city.barat.id), all_waves=all_waves)
    city.settle()
    return begun


def everybody(city: Pontianak) -> list[Phone]:
    desks = (city.desk_barat, city.desk_kota, city.desk_polres, city.desk_polda)
    return [*city.of_barat, *city.of_kota, *desks, city.budi]


def touched(city: Pontianak) -> set[str]:
    return {phone.number for phone in everybody(city) if not phone.untouched}


def test_a_drill_asks_its_first_wave_only_and_ends_by_itself(city: Pontianak) -> None:
    drill(city)
    first = touched(city)
    assert first == {officer.number for officer in city.of_barat[:3]} | {city.desk_barat.number}
    city.forward(290)
    assert city.incident.state == incidents.OPEN
    assert touched(city) == first
    city.forward(20)
    assert city.incident.closed
    assert not any(phone.is_ringing for phone in everybody(city))
    assert city.of_barat[0].expects_text("LATIHAN", "selesai")
    calls = [len(phone.calls) for phone in everybody(city)]
    city.forward(400)
    assert [len(phone.calls) for phone in everybody(city)] == calls


def test_nobody_who_declines_is_silent_or_calls_for_more_makes_a_drill_wider(city: Pontianak) -> None:
    drill(city)
    first = touched(city)
    city.of_barat[0].texts("OK")
    city.of_barat[0].texts("BANTUAN")
    city.of_barat[0].texts("TOLAK")
    for phone in (*city.of_barat[1:3], city.desk_barat):
        phone.texts("TOLAK")
    city.forward(200)
    assert touched(city) == first


def test_a_drill_of_all_waves_goes_on_and_ends_within_five_minutes_too(city: Pontianak) -> None:
    drill(city, all_waves=True)
    city.forward(61)
    assert {officer.number for officer in city.of_kota} <= touched(city)
    city.forward(245)
    assert city.incident.closed


def test_every_text_of_a_drill_says_so_and_names_no_number(city: Pontianak) -> None:
    drill(city)
    officer, desk = city.of_barat[0], city.desk_barat
    for words in ("OK", "OTW", "TIBA", "BANTUAN", "ada apa"):
        officer.texts(words)
    desk.texts("OK")
    city.of_barat[1].texts("OK")
    city.forward(60)
    officer.texts("SELESAI")
    officer.texts(f"SELESAI {city.incident.code}")
    told = [text for phone in everybody(city) for text in phone.got if city.incident.code in text]
    assert len(told) > 10
    for text in told:
        assert "LATIHAN" in text, text
        assert not re.search(r"\b(110|0\d{8,}|\+\d{8,})\b", text), text
        assert fits(text)


def test_a_call_of_a_drill_says_so_and_names_no_number(city: Pontianak) -> None:
    drill(city)
    call = city.of_barat[0].expects_call(saying="latihan").presses("1")
    assert "nol" not in call.said.split("latihan")[0].casefold()
    assert "satu, satu, nol" not in call.said


def test_a_drill_that_the_last_release_began_ends_too(city: Pontianak) -> None:
    code = drill(city).code
    with city.open() as uow:
        uow.db.query(drill_rows.Drill).delete()
    city.forward(310)
    assert city.incident.code == code
    assert city.incident.closed


# --- the timetable ----------------------------------------------------------------------------------------------------


def plan(city: Pontianak, every: timedelta) -> None:
    with city.open() as uow:
        drills.plan(uow, uow.db.get_one(Unit, city.barat.id), every)


def later(city: City, hours: float) -> None:
    """The clock jumps, and the worker looks again."""
    city.clock.at += timedelta(hours=hours)
    city.forward(2)


def test_drills_come_by_the_timetable(city: Pontianak) -> None:
    plan(city, timedelta(hours=6))
    later(city, 5.9)
    assert city.incidents == []
    later(city, 0.1)
    assert [row.drill for row in city.incidents] == [True]
    city.forward(310)
    later(city, 6)
    assert len(city.incidents) == 2


def test_after_an_outage_one_drill_is_made_up_for_not_all(city: Pontianak) -> None:
    plan(city, timedelta(hours=1))
    later(city, 30)
    city.forward(310)
    assert len(city.incidents) == 1


def test_a_drill_of_the_timetable_waits_for_the_end_of_a_real_emergency(city: Pontianak) -> None:
    plan(city, timedelta(hours=1))
    city.budi.texts("TOLONG")
    city.of_barat[0].texts("OK")
    city.of_barat[0].texts("TIBA")
    later(city, 1)
    assert [row.drill for row in city.incidents] == [False]
    city.of_barat[0].texts("SELESAI")
    city.forward(610)
    assert [row.drill for row in city.incidents] == [False, True]


def test_a_timetable_is_changed_and_ended(city: Pontianak) -> None:
    plan(city, timedelta(hours=1))
    plan(city, timedelta(hours=8))
    with city.open() as uow:
        (row,) = drill_rows.plans(uow.db)
        assert row.every_s == 8 * 3600
        unit = uow.db.get_one(Unit, city.barat.id)
        assert drills.forget_plan(uow, unit)
        assert not drills.forget_plan(uow, unit)
    later(city, 9)
    assert city.incidents == []


def test_drills_come_no_more_often_than_each_hour(city: Pontianak) -> None:
    with pytest.raises(ValueError, match="each hour"):
        plan(city, timedelta(minutes=30))
