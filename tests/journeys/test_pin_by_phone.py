"""A PIN is changed by phone, and nobody who looks at that phone can tell which PIN confirmed it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import select

from gateway.identity import pins
from gateway.models.audit import Audit
from gateway.models.citizen import Citizen
from gateway.models.event import Event
from gateway.models.outbound import Outbound
from gateway.register import profiles

PIN, DURESS, NEW = "4711", "1147", "8822"
BUDI, SITI = "+6281390000011", "+6281390000012"


@pytest.fixture
def pair(city: Pontianak) -> tuple[Phone, Phone]:
    facts = {"pin_hash": pins.hash_pin(PIN), "duress_hash": pins.hash_pin(DURESS)}
    facts |= {"unit": city.barat, "lat": -0.02, "lon": 109.30}
    return city.citizen(BUDI, "Budi", **facts), city.citizen(SITI, "Siti", **facts)


def without_codes(texts: list[str]) -> list[str]:
    return [re.sub(r"(?<=\()\w{3,4}(?=\))|(?<=panggilan )[A-Z2-9]{3,4}\b", "CODE", text) for text in texts]


def stored(city: Pontianak, phone: Phone) -> Citizen:
    with city.open() as uow:
        return uow.db.scalars(select(Citizen).where(Citizen.phone == phone.number)).one()


def test_the_old_one_changes_it_and_a_day_later_the_new_one_cancels(city: Pontianak, pair: tuple[Phone, Phone]) -> None:
    budi, _ = pair
    budi.texts(f"PIN {PIN} {NEW}")
    budi.expects_text("PIN Anda sudah DIGANTI")
    city.clock.at += timedelta(hours=25)
    budi.texts("TOLONG").texts(f"AMAN {PIN}")
    budi.expects_text("belum terbukti")
    assert city.incident.closed_at is None
    budi.texts(f"AMAN {NEW}")
    assert city.incident.state == "cancelled"


def test_a_new_one_cancels_nothing_for_a_day_though_the_phone_sees_it_and_the_desk_decides(
    city: Pontianak, pair: tuple[Phone, Phone]
) -> None:
    budi, old_hand = pair
    budi.texts(f"PIN {PIN} {NEW}").texts("TOLONG").texts(f"AMAN {NEW}")
    code = city.incident.code
    assert city.incident.state == "open"
    city.desk_barat.expects_text(code, "PIN yang baru diganti", "TETAP terbuka")
    old_hand.texts("TOLONG").texts(f"AMAN {PIN}")
    assert without_codes(budi.got)[1:] == without_codes(old_hand.got)
    city.of_barat[0].texts(f"OK {code}")
    assert without_codes(budi.got)[1:] == without_codes(old_hand.got)
    city.desk_barat.joins(code).texts(f"SELESAI {code}")
    assert city.incidents[0].closed_at is not None


STORIES = {
    "with nothing open": [f"PIN PIN {NEW}"],
    "and then cancels with the new one": [f"PIN PIN {NEW}", "TOLONG", f"AMAN {NEW}", "TOLONG"],
    "and then tries the old one": [f"PIN PIN {NEW}", "AMAN PIN", "TOLONG", "AMAN PIN", f"AMAN {NEW}", "TOLONG"],
    "while one is open": ["TOLONG", f"PIN PIN {NEW}", "TOLONG", f"AMAN {NEW}", "TOLONG"],
    "and changes it again": [f"PIN PIN {NEW}", f"PIN {NEW} 3344", "TOLONG", "AMAN 3344"],
    "behind too many wrong ones": ["TOLONG", *["PIN 9999 8822"] * 5, f"PIN PIN {NEW}", "TOLONG", f"AMAN {NEW}"],
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_the_phone_cannot_tell_which_pin_confirmed_it(
    city: Pontianak, pair: tuple[Phone, Phone], story: list[str]
) -> None:
    budi, siti = pair
    before = stored(city, siti).pin_hash
    for words in story:
        for phone, pin in zip(pair, (PIN, DURESS), strict=True):
            phone.texts(re.sub(r"(?<= )PIN\b", pin, words))
        city.forward(2)
        running = city.open_incident_of(siti)
        if running is not None and words == "TOLONG":
            for phone in pair:  # somebody goes: neither phone may learn what the other does not
                found = city.open_incident_of(phone)
                if found is not None and found.view.dismissed:
                    city.of_barat[0].texts(f"OK {found.code}")
        assert without_codes(siti.got) == without_codes(budi.got), words
        assert siti.calls == budi.calls == []
    assert city.open_incident_of(siti).duress  # type: ignore[union-attr]
    assert stored(city, siti).pin_hash == before


def test_the_duress_pin_raises_the_alarm_and_the_new_one_counts_as_duress_too(
    city: Pontianak, pair: tuple[Phone, Phone]
) -> None:
    _, siti = pair
    siti.texts(f"PIN {DURESS} {NEW}")
    siti.expects_text("PIN Anda sudah DIGANTI")
    assert city.incident.duress
    city.of_barat[0].expects_text("TERANCAM", city.incident.code)
    assert "pin_forced" in city.timeline()
    city.desk_barat.expects_call().presses("1")
    city.desk_barat.texts(f"SELESAI {city.incident.code}")
    assert city.incident.closed_at is not None
    siti.texts("TOLONG").texts(f"AMAN {NEW}")
    assert city.incidents[-1].duress
    assert city.incidents[-1].closed_at is None


def test_wrong_ones_count_like_wrong_aman_pins(city: Pontianak, pair: tuple[Phone, Phone]) -> None:
    budi, _ = pair
    for _ in range(3):
        budi.texts(f"PIN 9999 {NEW}")
        budi.expects_text("PIN TIDAK diganti")
    budi.texts("TOLONG").texts("AMAN 9998").texts("AMAN 9997")
    budi.texts(f"PIN {PIN} {NEW}")
    assert "PIN TIDAK diganti" in budi.last_text
    assert pins.matches(PIN, stored(city, budi).pin_hash)


@pytest.mark.parametrize("words", ["PIN", "PIN 4711", "PIN 471 8822", "PIN 4711 8822 9933", "ganti pin"])
def test_what_is_not_of_the_form_reads_the_form_and_changes_nothing(
    city: Pontianak, pair: tuple[Phone, Phone], words: str
) -> None:
    budi, _ = pair
    budi.texts(words)
    budi.expects_text("PIN <lama> <baru>")
    assert pins.matches(PIN, stored(city, budi).pin_hash)
    assert city.incidents == []


def test_a_new_one_that_is_the_duress_pin_is_not_stored_and_only_the_desk_hears_it(
    city: Pontianak, pair: tuple[Phone, Phone]
) -> None:
    budi, _ = pair
    budi.texts(f"PIN {PIN} {DURESS}")
    budi.expects_text("PIN Anda sudah DIGANTI")
    assert pins.matches(PIN, stored(city, budi).pin_hash)
    city.desk_barat.expects_text("PIN paksa", "Budi")


def test_the_menu_does_the_same(city: Pontianak, pair: tuple[Phone, Phone]) -> None:
    screens = []
    for phone, pin in zip(pair, (PIN, DURESS), strict=True):
        phone.dials("*384*110#")
        phone.replies("7")
        assert "2 Ganti PIN" in phone.menu
        phone.replies("2")
        phone.replies(pin)
        screens.append(phone.replies(NEW))
    assert screens[0] == screens[1]
    assert "DIGANTI" in screens[0]
    assert pins.matches(NEW, stored(city, pair[0]).pin_hash)
    assert city.incident.duress


def test_no_pin_stands_anywhere_in_clear(city: Pontianak, pair: tuple[Phone, Phone]) -> None:
    """A timeline, a text to whoever comes, the console's lists: all mask both; the spool is sealed."""
    budi, siti = pair
    budi.texts("TOLONG").texts(f"PIN {PIN} {NEW}").texts(f"jadi pin {PIN} {NEW} ya pak")
    siti.texts(f"PIN {DURESS} {NEW}")
    with city.open() as uow:
        told = [event.text for event in uow.db.scalars(select(Event))]
        told += [row.body or "" for row in uow.db.scalars(select(Outbound))]
    assert not [text for text in told for pin in (PIN, NEW, DURESS) if pin in text]


def test_a_forgotten_one_is_set_by_the_desk_after_ringing_and_cancels_nothing_for_a_day_either(
    city: Pontianak, pair: tuple[Phone, Phone]
) -> None:
    budi, _ = pair
    with city.open() as uow:
        row = uow.db.scalars(select(Citizen).where(Citizen.phone == BUDI)).one()
        typed = {"name": "Budi", "pin": "3344", "pin_again": "3344"}
        profile = profiles.read(typed, (row.pin_hash, row.duress_hash), rang=True)
        profiles.amend(uow, row, profile, "Piket Ani")
    with city.open() as uow:
        assert "after ringing the person" in [entry.detail for entry in uow.db.scalars(select(Audit))][-1]
    budi.texts("TOLONG").texts("AMAN 3344")
    assert city.incident.state == "open"
    city.desk_barat.expects_text("PIN yang baru diganti")
