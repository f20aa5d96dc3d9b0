"""Who stays on duty: nobody empties a station by forged numbers, a leave ends by itself, and a hole is told ahead."""

from __future__ import annotations

from datetime import timedelta

import pytest
from journeys.city import START, Phone, Pontianak
from sqlalchemy import select

from gateway.core.possession import PROOF_KEY
from gateway.identity import pins
from gateway.models import officer as officers
from gateway.models.officer import Officer
from gateway.models.shift import Shift


def on_duty(city: Pontianak) -> int:
    with city.open() as uow:
        return sum(row.on_duty for row in uow.db.scalars(select(Officer).where(Officer.unit_id == city.barat.id)))


def give_pin(city: Pontianak, phone: Phone, pin: str) -> None:
    with city.open() as uow:
        officer = officers.by_phone(uow.db, phone.number)
        assert officer is not None
        officer.pin_hash = pins.hash_pin(pin)


# --- LEPAS ------------------------------------------------------------------------------------------------------------


def test_lepas_from_every_number_does_not_empty_a_station(city: Pontianak) -> None:
    for phone in city.of_barat:
        phone.texts("LEPAS")
    assert on_duty(city) == 2
    city.desk_barat.expects_text("LEPAS", "Tersisa 2")
    city.desk_barat.expects_text("BELUM berlaku", "LEPAS", "tersisa 1")
    city.of_barat[5].expects_text("BELUM berlaku")
    city.budi.texts("TOLONG")
    assert {phone.number for phone in city.of_barat[4:]} <= city.asked(wave=1)


def test_the_key_on_our_call_lets_the_last_ones_leave(city: Pontianak) -> None:
    for phone in city.of_barat[:5]:
        phone.texts("LEPAS")
    city.of_barat[4].expects_call(saying="lepas tugas").presses(PROOF_KEY)
    assert on_duty(city) == 1
    city.of_barat[4].expects_text("Anda LEPAS tugas")


def test_a_pin_lets_them_leave_at_once(city: Pontianak) -> None:
    give_pin(city, city.of_barat[4], "482913")
    for phone in city.of_barat[:4]:
        phone.texts("LEPAS")
    city.of_barat[4].texts("LEPAS 482913")
    assert on_duty(city) == 1


# --- CUTI -------------------------------------------------------------------------------------------------------------


def test_cuti_takes_off_duty_for_some_days_and_ends_by_itself(city: Pontianak) -> None:
    rina = city.of_barat[0].texts("CUTI 3 HARI")
    rina.expects_text("CUTI 3 hari", "HADIR")
    city.desk_barat.expects_text("CUTI 3", "Tersisa 5")
    assert on_duty(city) == 5
    city.clock.at += timedelta(days=2, hours=23)
    city.forward(2)
    assert on_duty(city) == 5
    city.clock.at += timedelta(hours=1)
    city.forward(2)
    assert on_duty(city) == 6
    rina.expects_text("Cuti Anda selesai", "BERTUGAS")


def test_hadir_ends_a_leave_early(city: Pontianak) -> None:
    rina = city.of_barat[0].texts("cuti 2 minggu").texts("HADIR")
    assert on_duty(city) == 6
    city.clock.at += timedelta(days=15)
    city.forward(2)
    assert not any("Cuti Anda selesai" in text for text in rina.got)


def test_cuti_of_the_last_ones_waits_for_proof_and_keeps_its_days(city: Pontianak) -> None:
    for phone in city.of_barat[:4]:
        phone.texts("LEPAS")
    last = city.of_barat[4].texts("CUTI 3 HARI")
    last.expects_text("CUTI 3", "BELUM berlaku")
    assert on_duty(city) == 2
    last.expects_call(saying="cuti").presses(PROOF_KEY)
    assert on_duty(city) == 1
    last.expects_text("CUTI 3 hari")


# --- a hole in the roster ---------------------------------------------------------------------------------------------


def rostered(city: Pontianak, hours_from_now: int, hours: int) -> None:
    """Give every officer of Barat turns for all of the week but a hole that begins in so many hours."""
    local = START + timedelta(hours=7)  # Asia/Pontianak
    begins = (local.weekday() * 24 + local.hour + hours_from_now) % 168
    with city.open() as uow:
        for officer in uow.db.scalars(select(Officer).where(Officer.unit_id == city.barat.id)):
            for hour in range(168):
                if not 0 <= (hour - begins) % 168 < hours:
                    uow.db.add(Shift(officer_id=officer.id, weekday=hour // 24, starts=hour % 24 * 60, minutes=60))


@pytest.mark.parametrize(("hours", "told"), [(30, 0), (20, 1)])
def test_a_hole_in_the_roster_is_told_to_the_desk_a_day_ahead(city: Pontianak, hours: int, told: int) -> None:
    rostered(city, hours, 2)
    city.forward(3)
    assert sum("JADWAL KOSONG" in text for text in city.desk_barat.got) == told


def test_it_is_told_once_more_an_hour_ahead_and_not_again(city: Pontianak) -> None:
    rostered(city, 20, 2)
    city.forward(3)
    city.clock.at = START + timedelta(hours=19, minutes=1)
    city.forward(3)
    assert sum("JADWAL KOSONG" in text for text in city.desk_barat.got) == 2
    city.clock.at = START + timedelta(hours=19, minutes=30)
    city.forward(3)
    assert sum("JADWAL KOSONG" in text for text in city.desk_barat.got) == 2


def test_that_everybody_of_the_roster_is_away_is_told_at_once_and_again_each_day(city: Pontianak) -> None:
    rostered(city, 30, 2)
    with city.open() as uow:
        for officer in uow.db.scalars(select(Officer).where(Officer.unit_id == city.barat.id)):
            officer.set_duty(False, START + timedelta(days=9))
    city.forward(3)
    told = [text for text in city.desk_barat.got if "JADWAL KOSONG" in text]
    assert len(told) == 1
    city.clock.at = START + timedelta(hours=23)
    city.forward(3)
    city.clock.at = START + timedelta(days=1, minutes=5)
    city.forward(3)
    assert sum("JADWAL KOSONG" in text for text in city.desk_barat.got) == 2
