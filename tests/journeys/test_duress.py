"""A forced cancel: on the phone it is the right PIN to the last byte; everywhere else the alarm rises."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from journeys.city import Phone, Pontianak
from sqlalchemy import select

from gateway import dispatch
from gateway.identity import pins
from gateway.identity.users import Identity
from gateway.incidents import closing
from gateway.models import incident as incidents
from gateway.models.citizen import Citizen
from gateway.models.outbound import Outbound
from gateway.models.place import Place
from gateway.monitor import wall
from gateway.responses import pin_cancel

PIN, DURESS = "4711", "1147"
BUDI, SITI = "+6281390000011", "+6281390000012"


@pytest.fixture
def pair(city: Pontianak) -> tuple[Phone, Phone]:
    """Two neighbours with the same PINs; one will use the right one, the other the duress PIN."""
    facts = {
        "unit": city.barat,
        "lat": -0.02,
        "lon": 109.30,
        "pin_hash": pins.hash_pin(PIN),
        "duress_hash": pins.hash_pin(DURESS),
    }
    return city.citizen(BUDI, "Budi", **facts), city.citizen(SITI, "Siti", **facts)


def without_codes(texts: list[str]) -> list[str]:
    """Codes are drawn by lot: what must be alike is everything else, and that there is one."""
    return [re.sub(r"(?<=\()\w{3,4}(?=\))|(?<=panggilan )[A-Z2-9]{3,4}\b", "CODE", text) for text in texts]


def both(pair: tuple[Phone, Phone], words: str, city: Pontianak, wait: int = 0) -> None:
    """Each texts the same, with a PIN of their own kind."""
    for phone, pin in zip(pair, (PIN, DURESS), strict=True):
        phone.texts(words.replace("PIN", pin))
    city.forward(wait)


def incident_of(city: Pontianak, phone: Phone) -> incidents.Incident | None:
    return city.open_incident_of(phone)


def on_the_wall(city: Pontianak, phone: Phone) -> bool:
    """Whether a projector at the Polda names what this phone has open."""
    polda = Identity(1, "Piket", "viewer", None, "", "Asia/Pontianak", "id", 1, None)
    running = incident_of(city, phone)
    with city.open() as uow:
        return running is not None and running.code in {line.code for line in wall.lines(uow, polda, "id")}


SECONDS_OF_SILENCE = 70  # an uncertain call has become an incident by then, and "nobody has answered yet" was due

# What happened before, what is sent, one after the other. Officers' phones are those of the same station.
STORIES = {
    "with nothing open": ["AMAN PIN"],
    "twice with nothing open": ["AMAN PIN", "AMAN PIN"],
    "with an open call": ["TOLONG", "AMAN PIN"],
    "and then again": ["TOLONG", "AMAN PIN", "AMAN PIN"],
    "and then a new panic": ["TOLONG", "AMAN PIN", "TOLONG"],
    "and then two": ["TOLONG", "AMAN PIN", "TOLONG", "TOLONG"],
    "of somebody who calls again and again": ["TOLONG", "TOLONG", "AMAN PIN", "TOLONG", "TOLONG", "TOLONG"],
    "and a new panic is cancelled": ["TOLONG", "AMAN PIN", "TOLONG", "AMAN PIN", "TOLONG"],
    "and something unclear": ["TOLONG", "AMAN PIN", "mantap betul"],
    "and a yes to what we ask back": ["TOLONG", "AMAN PIN", "mantap betul", "YA"],
    "and a place": ["TOLONG", "AMAN PIN", "LOKASI -0.0212,109.3021"],
    "and a place after a new panic": ["TOLONG", "AMAN PIN", "TOLONG", "LOKASI -0.0212,109.3021"],
    "and words after a new panic": ["TOLONG", "AMAN PIN", "TOLONG", "mantap betul"],
    "and silence is asked for": ["TOLONG", "AMAN PIN", "DIAM"],
    "and a quiet panic": ["TOLONG", "AMAN PIN", "TOLONG DIAM", "mantap betul"],
    "of a quiet call": ["TOLONG DIAM", "AMAN PIN", "TOLONG"],
    "and a wrong PIN": ["TOLONG", "AMAN PIN", "AMAN 9999"],
    "and a wrong PIN after a new panic": ["TOLONG", "AMAN PIN", "TOLONG", "AMAN 9999"],
    "after wrong ones": ["TOLONG", "AMAN 9999", "AMAN 9998", "AMAN PIN"],
    "between wrong ones": [*(f"AMAN 999{n}" for n in range(4)), "AMAN PIN", "AMAN 9999", "AMAN 9998", "AMAN PIN"],
    "behind too many wrong ones": ["TOLONG", *(f"AMAN 999{n}" for n in range(5)), "AMAN PIN", "mantap betul"],
    "with nothing open, behind too many wrong ones": [*(f"AMAN 999{n}" for n in range(5)), "AMAN PIN"],
    "and leaves": ["BATAL DAFTAR PIN"],
    "and leaves after many answers": [*["INFO"] * 6, "BATAL DAFTAR PIN", "INFO", "TOLONG"],
    "and leaves, and needs help": ["BATAL DAFTAR PIN", "TOLONG", "TOLONG"],
    "and leaves from an open call": ["TOLONG", "BATAL DAFTAR PIN", "TOLONG", "AMAN PIN", "BATAL DAFTAR PIN"],
    "and leaves and applies again": ["BATAL DAFTAR PIN", "DAFTAR Budi#6171014112900001#Jl Ampera 5", "TOLONG"],
    "and asks how it works": ["TOLONG", "AMAN PIN", "INFO", "LAPOR lampu jalan mati"],
}


@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES)
def test_the_phone_cannot_tell_the_two_pins_apart(city: Pontianak, pair: tuple[Phone, Phone], story: list[str]) -> None:
    budi, siti = pair
    for words in story:
        both(pair, words, city, wait=3)
        assert without_codes(siti.got) == without_codes(budi.got), words
        assert siti.calls == budi.calls == []
        assert on_the_wall(city, siti) == on_the_wall(city, budi), words
    city.forward(SECONDS_OF_SILENCE)  # who holds the phone waits for what comes, or does not come, by itself
    assert without_codes(siti.got) == without_codes(budi.got)
    assert incident_of(city, siti) is not None
    assert incident_of(city, siti).duress  # type: ignore[union-attr] - asserted the line before


def test_nor_while_the_menu_still_asks_whether_the_phone_must_be_quiet(
    city: Pontianak, pair: tuple[Phone, Phone]
) -> None:
    budi, siti = pair
    for phone in pair:
        phone.dials("*384*110#")
        phone.replies("1")
    for words in ("AMAN PIN", "TOLONG"):
        both(pair, words, city, wait=3)
        assert without_codes(siti.got) == without_codes(budi.got), words
    assert budi.got


def test_nor_does_it_give_away_anything_to_a_phone_whose_place_nobody_knows(city: Pontianak) -> None:
    pins_of = {"pin_hash": pins.hash_pin(PIN), "duress_hash": pins.hash_pin(DURESS), "unit": city.barat}
    pair = city.citizen(BUDI, "Budi", **pins_of), city.citizen(SITI, "Siti", **pins_of)
    for words in ("TOLONG", "AMAN PIN", "TOLONG", "pasar flamboyan", "AMAN PIN", "TOLONG"):
        both(pair, words, city, wait=3)
        assert without_codes(pair[1].got) == without_codes(pair[0].got), words
    assert sum("di mana Anda" in text for text in pair[1].got) == 3


@pytest.mark.parametrize("again", ["TOLONG di jembatan timur", "LOKASI jembatan timur", "di jembatan timur pak"])
def test_nor_by_the_place_that_it_is_told_after_a_pin(city: Pontianak, pair: tuple[Phone, Phone], again: str) -> None:
    budi, siti = pair
    with city.open() as uow:
        uow.db.add(Place(name="Jembatan Timur", aliases="", lat=-0.03, lon=109.34, radius_m=250))
        uow.db.add(Place(name="Pasar Barat", aliases="", lat=-0.02, lon=109.30, radius_m=250))
    for words in ("TOLONG di pasar barat", "AMAN PIN", again, "TOLONG", "LOKASI jembatan timur"):
        both(pair, words, city, wait=2)
        assert without_codes(siti.got) == without_codes(budi.got)
    assert "Kami catat: Pasar Barat." in " ".join(siti.got)
    assert "Kami catat: Jembatan Timur." in siti.last_text


@pytest.mark.parametrize("story", [["BATAL DAFTAR PIN"], ["AMAN PIN"], ["AMAN PIN", "TOLONG"]])
def test_nor_is_a_missed_call_answered_in_another_way(
    city: Pontianak, pair: tuple[Phone, Phone], story: list[str]
) -> None:
    budi, siti = pair
    for words in story:
        both(pair, words, city, wait=3)
    ends = [call.outcome for phone in pair if (call := phone.rings()) is not None]
    city.forward(3)
    assert len(ends) == 2
    assert ends[0] == ends[1]
    assert without_codes(siti.got) == without_codes(budi.got)
    with city.open() as uow:
        kinds = [event.kind for event in uow.db.scalars(select(dispatch.timeline.Event))]
    assert "repeat" in kinds


@pytest.mark.parametrize("progress", ["OK", "OTW", "TIBA"])
def test_nor_when_somebody_already_goes(city: Pontianak, pair: tuple[Phone, Phone], progress: str) -> None:
    budi, siti = pair
    both(pair, "TOLONG", city, wait=2)
    assert on_the_wall(city, siti) is on_the_wall(city, budi) is True
    for phone in pair:
        running = incident_of(city, phone)
        assert running is not None
        city.phone(city.of_barat[0].number).texts(f"{progress} {running.code}")
    assert without_codes(siti.got) == without_codes(budi.got)
    both(pair, "AMAN PIN", city)
    assert "diteruskan ke petugas" in budi.last_text
    assert on_the_wall(city, siti) is on_the_wall(city, budi) is False  # both incidents are still open
    for words in ("TIBA", "TOLAK"):  # what the officer does now is no longer news to either phone
        for phone in pair:
            running = incident_of(city, phone)
            assert running is not None
            city.of_barat[0].texts(f"{words} {running.code}")
        city.forward(2)
        assert without_codes(siti.got) == without_codes(budi.got)
        assert "diteruskan ke petugas" in siti.last_text
    both(pair, "TOLONG", city, wait=2)
    assert without_codes(siti.got) == without_codes(budi.got)
    assert "DITERIMA" in siti.last_text


def test_nor_by_waiting_until_everybody_was_asked(city: Pontianak, pair: tuple[Phone, Phone]) -> None:
    for words in ("TOLONG", "AMAN PIN", "TOLONG"):
        both(pair, words, city, wait=3)
    city.forward(400)
    assert without_codes(pair[1].got) == without_codes(pair[0].got)


@pytest.mark.parametrize("progress", [["OTW"], ["OK", "OTW 10 menit", "TIBA", "SELESAI"], ["OK", "TOLAK"]])
def test_nor_by_news_of_who_comes_to_a_panic_that_is_sent_after_the_pin(
    city: Pontianak, pair: tuple[Phone, Phone], progress: list[str]
) -> None:
    """An officer's answer is no proof by its absence; but either that or "nobody has answered" comes within a minute,
    so that to wait for both would prove it."""
    budi, siti = pair
    for words in ("TOLONG", "AMAN PIN", "TOLONG"):
        both(pair, words, city, wait=3)
    codes = [running.code for phone in pair if (running := incident_of(city, phone)) is not None]
    for words in progress:
        for code in codes:
            city.of_barat[0].texts(f"{words} {code}")
        city.forward(2)
        assert without_codes(siti.got) == without_codes(budi.got), words
    assert "DITERIMA" in siti.last_text


@pytest.mark.parametrize(("hours", "told"), [(1, False), (13, True)])
def test_twelve_hours_after_the_right_pin_a_panic_is_told_again_who_comes(
    city: Pontianak, pair: tuple[Phone, Phone], hours: int, told: bool
) -> None:
    budi, _ = pair
    budi.texts(f"AMAN {PIN}")
    city.clock.at += timedelta(hours=hours)
    budi.texts("TOLONG")
    city.forward(2)
    city.of_barat[0].texts(f"OTW {city.incident.code}")
    assert ("akan datang" in budi.last_text) is told


@pytest.mark.parametrize("last", ["AMAN PIN", "BATAL DAFTAR PIN"])
def test_nor_by_what_comes_after_the_lock_of_too_many_wrong_ones(
    city: Pontianak, pair: tuple[Phone, Phone], last: str
) -> None:
    """Whoever holds the phone would read of the officer who comes after the one and not after the other."""
    budi, siti = pair
    for words in ("TOLONG", *["AMAN 9999"] * pin_cancel.MOST_WRONG, last):
        both(pair, words, city)
    city.forward(31)
    for phone in pair:
        running = incident_of(city, phone)
        assert running is not None
        city.of_barat[0].texts(f"OK {running.code}")
    assert without_codes(siti.got) == without_codes(budi.got)
    both(pair, "TOLONG", city)
    assert without_codes(siti.got) == without_codes(budi.got)
    screens = [phone.dials("*110#") and phone.replies("2").partition(": ") for phone in pair]
    assert screens[0][1:] == screens[1][1:]
    assert "DITERIMA" not in siti.last_text


def test_a_new_panic_after_it_is_shown_another_code_than_the_old_one(
    city: Pontianak, pair: tuple[Phone, Phone]
) -> None:
    _, siti = pair
    siti.texts("TOLONG").texts(f"AMAN {DURESS}").texts("TOLONG")
    running = city.incident
    told = re.findall(r"\(([A-Z2-9]{3,4})\) DITERIMA", " ".join(siti.got))
    assert len(told) == 2
    assert told[0] == running.code != told[1] == running.shown_code


def test_under_duress_everybody_hears_it_at_once_and_a_wave_more_is_asked(
    city: Pontianak, pair: tuple[Phone, Phone]
) -> None:
    _, siti = pair
    siti.texts("TOLONG")
    city.forward(2)
    first = city.asked(1)
    siti.texts(f"AMAN {DURESS}")
    assert city.incident.duress
    assert city.incident.quiet
    for number in first:
        city.phone(number).expects_text("TERANCAM JANGAN TELP/SMS", city.incident.code)
    assert city.asked(2)
    for number in city.asked(2):
        assert city.phone(number).got[0].startswith("TERANCAM JANGAN TELP/SMS")


def test_with_nothing_open_one_is_opened_and_begins_with_the_threat(city: Pontianak, pair: tuple[Phone, Phone]) -> None:
    _, siti = pair
    siti.texts(f"AMAN {DURESS}")
    assert "tidak ada panggilan terbuka" in siti.last_text
    for number in city.asked(1):
        assert city.phone(number).got[0].startswith("TERANCAM JANGAN TELP/SMS")


def test_an_alert_that_has_not_left_yet_says_the_threat_itself(city: Pontianak, pair: tuple[Phone, Phone]) -> None:
    _, siti = pair
    city.asleep = True
    siti.texts("TOLONG").texts(f"AMAN {DURESS}")
    city.asleep = False
    city.forward(2)
    officer = city.of_barat[0]
    assert officer.got[0].startswith("TERANCAM JANGAN TELP/SMS")
    assert not any(text.startswith("DARURAT") for text in officer.got)


def test_an_officer_cannot_close_it_and_hears_why_but_the_desk_can(city: Pontianak, pair: tuple[Phone, Phone]) -> None:
    _, siti = pair
    siti.texts("TOLONG").texts(f"AMAN {DURESS}")
    city.forward(2)
    officer, code = city.of_barat[0], city.incident.code
    officer.texts(f"OK {code}")
    for words in ("SELESAI", "PALSU"):
        officer.texts(f"{words} {code}")
        assert "Hanya piket yang dapat menutup" in officer.last_text
        assert city.incident.state == incidents.ACCEPTED
    city.desk_barat.expects_call().presses("1")
    city.desk_barat.texts(f"SELESAI {code}")
    assert city.incident.state == incidents.RESOLVED
    assert all("ditutup" not in text for text in siti.got)


def test_nobody_is_put_through_to_that_phone(city: Pontianak, pair: tuple[Phone, Phone]) -> None:
    budi, siti = pair
    both(pair, "TOLONG", city, wait=2)
    officer = city.of_barat[0]
    for phone in pair:
        running = incident_of(city, phone)
        assert running is not None
        officer.texts(f"OK {running.code}")
    both(pair, "AMAN PIN", city)
    officer.rings()
    city.forward(5)
    assert siti.calls == budi.calls == []


def test_the_registration_is_not_left_and_the_next_panic_is_heard_once_the_desk_has_closed(
    city: Pontianak, pair: tuple[Phone, Phone]
) -> None:
    _, siti = pair
    siti.texts(f"BATAL DAFTAR {DURESS}")
    assert "sudah keluar dari daftar" in siti.last_text
    with city.open() as uow:
        assert uow.db.scalar(select(Citizen.state).where(Citizen.phone == SITI)) == "verified"
    siti.texts("TOLONG ada parang")
    assert "repeat" in city.timeline()
    with city.open() as uow:
        closing.close(uow, incidents.lock(uow.db, city.incident.id), incidents.RESOLVED, "piket")
    siti.texts("TOLONG")
    assert "DITERIMA" in siti.last_text


def test_who_leaves_while_a_call_is_open_hears_nothing_more_of_it(city: Pontianak, pair: tuple[Phone, Phone]) -> None:
    budi, _ = pair
    budi.texts("TOLONG").texts(f"BATAL DAFTAR {PIN}")
    seen = list(budi.got)
    city.of_barat[0].texts(f"OTW {city.incident.code}")
    city.of_barat[0].texts(f"TIBA {city.incident.code}")
    city.forward(3)
    assert budi.got == seen


def test_wrong_pins_are_forgotten_after_an_hour(city: Pontianak, pair: tuple[Phone, Phone]) -> None:
    budi, _ = pair
    budi.texts("TOLONG")
    for n in range(pin_cancel.MOST_WRONG):
        budi.texts(f"AMAN 999{n}")
    budi.texts(f"AMAN {PIN}")
    assert "belum terbukti" in budi.last_text
    city.clock.at += pin_cancel.LOCKED_FOR
    budi.texts(f"AMAN {PIN}")
    assert "dibatalkan" in budi.last_text
    assert city.incident.state == incidents.CANCELLED


def test_the_right_pin_cancels_and_everybody_hears_that_it_was_the_right_one(
    city: Pontianak, pair: tuple[Phone, Phone]
) -> None:
    budi, _ = pair
    budi.texts("TOLONG")
    city.forward(2)
    budi.texts(f"AMAN {PIN}")
    assert city.incident.state == incidents.CANCELLED
    city.of_barat[0].expects_text("membatalkan dengan PIN yang benar")
    assert city.open_incident_of(budi) is None


def test_no_pin_is_kept_where_people_read(city: Pontianak, pair: tuple[Phone, Phone]) -> None:
    both(pair, "TOLONG", city, wait=2)
    both(pair, "aman kok PIN saya sudah di rumah paman ya pak polisi", city)
    both(pair, "AMAN PIN", city)
    with city.open() as uow:
        events = [event.text for event in uow.db.scalars(select(dispatch.timeline.Event))]
        sent = [row.body for row in uow.db.scalars(select(Outbound))]
    for text in [*events, *sent]:
        assert PIN not in text
        assert DURESS not in text
