"""A list that is wrong must not silence a panic: nobody on duty, a clock that jumped, a turn that ends too soon, a
station without anybody, a number that nobody has any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from journeys.city import Phone, Pontianak
from sqlalchemy import update

from gateway.core.policy import POLICIES, dumps
from gateway.core.shifts import between
from gateway.models import officer as officers
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.register import roster

NOON, THREE = datetime(2026, 11, 23, 5, tzinfo=UTC), datetime(2026, 11, 23, 20, tzinfo=UTC)  # 12:00 and 3:00 WIB
DAY = (6 * 60, 18 * 60)


def everybody(city: Pontianak) -> list[Phone]:
    return [*city.of_barat, *city.of_kota]


def draw_days_only(city: Pontianak, people: list[Phone]) -> None:
    with city.open() as uow:
        for phone in people:
            officer = officers.by_phone(uow.db, phone.number)
            assert officer is not None
            roster.set_turns(uow, officer, [between(day, *DAY) for day in range(7)], "Ibu Admin")


def on_duty(city: Pontianak) -> set[str]:
    with city.open() as uow:
        rows = [officers.by_phone(uow.db, phone.number) for phone in everybody(city)]
        return {row.phone for row in rows if row is not None and row.on_duty}


def test_a_panic_rings_although_the_roster_has_nobody_in_any_unit(city: Pontianak) -> None:
    city.clock.at = NOON
    draw_days_only(city, everybody(city))
    city.clock.at = THREE
    city.forward(seconds=1)
    assert on_duty(city) == set()

    city.budi.texts("TOLONG")
    assert city.desk_barat.number in city.asked(wave=1)
    city.forward(seconds=35)
    assert {phone.number for phone in city.of_barat} <= {number for wave in (1, 2, 3) for number in city.asked(wave)}
    assert all(phone.calls for phone in city.of_barat)


def test_whoever_leads_goes_on_leading_after_the_end_of_the_turn(city: Pontianak) -> None:
    city.clock.at = NOON
    city.forward(seconds=1)
    city.budi.texts("TOLONG")
    rina = city.of_barat[0]
    rina.texts("OK")
    draw_days_only(city, everybody(city))
    city.clock.at = NOON + timedelta(hours=7)  # 19:00: the turn is over
    city.forward(seconds=1)
    assert rina.number not in on_duty(city)

    rina.texts("TIBA")
    assert city.incident.state == "on_scene"
    city.budi.texts("mereka lari ke sungai")
    rina.expects_text("mereka lari ke sungai")
    rina.texts("SELESAI")
    assert city.incident.state == "resolved"


def test_a_clock_that_ran_ahead_and_came_back_stops_no_roster(city: Pontianak) -> None:
    """A machine that begins with a wrong date sets every next boundary by it."""
    city.clock.at = NOON
    draw_days_only(city, everybody(city))
    city.clock.at = NOON + timedelta(days=400)
    city.forward(seconds=1)

    city.clock.at = THREE
    city.forward(seconds=1)
    assert on_duty(city) == set()
    city.clock.at = THREE + timedelta(hours=4)  # 7:00
    city.forward(seconds=1)
    assert on_duty(city) == {phone.number for phone in everybody(city)}


def without_desks(city: Pontianak) -> None:
    with city.open() as uow:
        uow.db.execute(update(Unit).values(phone=None))


def calls(people: list[Phone]) -> int:
    return sum(len(phone.calls) for phone in people)


def test_where_the_first_wave_has_nobody_those_who_were_asked_first_go_on_ringing(city: Pontianak) -> None:
    without_desks(city)
    with city.open() as uow:
        uow.db.execute(update(Officer).values(on_duty=False))  # else the neighbours would stand in
    city.budi.texts("TOLONG")
    city.forward(seconds=300)
    assert city.incident.wave > 4
    assert not city.asked(wave=1)
    before = calls(everybody(city))
    city.forward(seconds=120)
    assert calls(everybody(city)) > before


def test_where_nobody_of_the_first_wave_can_be_reached_everybody_else_goes_on_ringing(city: Pontianak) -> None:
    without_desks(city)
    for phone in city.of_barat[:3]:
        phone.is_unreachable()
    city.budi.texts("TOLONG")
    city.forward(seconds=300)
    assert city.asked(wave=1) == {phone.number for phone in city.of_barat[:3]}
    before = calls(city.of_kota)
    city.forward(seconds=120)
    assert calls(city.of_kota) > before


def test_an_empty_station_under_nobody_rings_the_desk_at_the_top(city: Pontianak) -> None:
    lone = city.unit("LONE", name="Polsek Terpencil", lat=1.0, lon=110.0)
    ani = city.citizen("+6281390000031", "Ani", unit=lone, lat=1.0, lon=110.0)
    ani.texts("TOLONG")
    city.forward(seconds=2)
    city.desk_polda.expects_call().presses("1")
    assert "Polda Kalbar" in ani.last_text


def test_a_station_under_nobody_whose_own_desk_is_silent_rings_the_one_at_the_top_too(city: Pontianak) -> None:
    lone = city.unit("LONE", name="Polsek Terpencil", phone="+62561700009", lat=1.0, lon=110.0)
    city.phone("+62561700009")
    city.citizen("+6281390000031", "Ani", unit=lone, lat=1.0, lon=110.0).texts("TOLONG")
    city.forward(seconds=125)
    assert city.desk_polda.number in city.asked(wave=4)


def test_a_clock_that_is_put_back_does_not_stop_the_ladder(city: Pontianak) -> None:
    """A machine that ran ahead is set right in the middle of a call."""
    city.budi.texts("TOLONG")
    city.clock.at -= timedelta(hours=1)
    city.forward(seconds=31)
    assert city.incident.wave == 2
    city.forward(seconds=32)
    assert city.incident.wave == 3


def test_a_clock_that_is_put_back_does_not_cover_a_leader_who_does_nothing(city: Pontianak) -> None:
    with city.open() as uow:
        uow.db.merge(city.barat).waves = dumps(replace(POLICIES["nearest_first"], leader_silence=10))
    city.budi.texts("TOLONG")
    city.of_barat[0].texts("OK")
    city.clock.at -= timedelta(hours=1)
    city.forward(seconds=11)
    assert "nudged" in city.timeline()
    city.forward(seconds=11)
    assert city.incident.wave == 2


def test_whoever_is_left_by_their_officer_hears_again_and_again_that_nobody_comes(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.forward(seconds=190)
    assert "masih belum ada petugas" in city.budi.last_text
    rina = city.of_barat[0]
    rina.texts("OK")
    rina.texts("TOLAK")
    assert "petugas tadi tidak bisa datang" in city.budi.last_text
    before = len(city.budi.got)
    city.forward(seconds=11 * 60 + 90)
    told = city.budi.got[before:]
    assert len(told) == 2
    assert all("belum ada petugas" in words for words in told)
