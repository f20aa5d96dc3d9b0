"""Whom a panic finds at night."""

from __future__ import annotations

from datetime import UTC, datetime

from journeys.city import Phone, Pontianak

from gateway.core.shifts import between
from gateway.models import officer as officers
from gateway.register import roster

DAY, NIGHT = (6 * 60, 18 * 60), (18 * 60, 6 * 60)
NOON, THREE = datetime(2026, 11, 23, 5, tzinfo=UTC), datetime(2026, 11, 23, 20, tzinfo=UTC)  # 12:00 and 3:00 WIB


def draw(city: Pontianak, people: list[Phone], hours: tuple[int, int]) -> None:
    """These officers come every day at these hours."""
    with city.open() as uow:
        for phone in people:
            officer = officers.by_phone(uow.db, phone.number)
            assert officer is not None
            roster.set_turns(uow, officer, [between(day, *hours) for day in range(7)], "Ibu Admin")


def test_a_panic_at_three_in_the_morning_rings_the_night_shift_and_not_the_day_shift(city: Pontianak) -> None:
    day, night = city.of_barat[:3], city.of_barat[3:]  # the day shift lives nearer
    city.clock.at = NOON
    draw(city, day, DAY)
    draw(city, night, NIGHT)
    city.forward(seconds=1)

    city.clock.at = THREE
    city.forward(seconds=1)
    city.budi.texts("TOLONG")

    assert city.asked(wave=1) == {city.desk_barat.number, *(phone.number for phone in night)}
    night[0].expects_call()
    assert all(phone.untouched for phone in day)


def test_whoever_stays_longer_is_rung_as_well(city: Pontianak) -> None:
    day, night = city.of_barat[:3], city.of_barat[3:]
    city.clock.at = NOON
    draw(city, day, DAY)
    draw(city, night, NIGHT)
    city.clock.at = THREE
    city.forward(seconds=1)

    day[0].texts("HADIR")
    city.forward(seconds=5)
    city.budi.texts("TOLONG")

    assert day[0].number in city.asked(wave=1)
    assert not {phone.number for phone in day[1:]} & city.asked(wave=1)
