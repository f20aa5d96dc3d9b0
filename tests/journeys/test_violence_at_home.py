"""Violence at home: after the first answer nothing unasked goes to that phone; what it asks is answered."""

from __future__ import annotations

import pytest
from journeys.city import Phone, Pontianak

from gateway.identity.users import Identity
from gateway.models import incident as incidents
from gateway.models.citizen import Citizen
from gateway.monitor import desk_actions
from gateway.monitor.desk_actions import NotNow

BLOW, THEFT = "TOLONG suami saya mukul saya", "TOLONG ada maling"


def desk_does(city: Pontianak, action: str, **form: str) -> None:
    siti = Identity(1, "Siti", "desk", city.barat.id, city.barat.name, "Asia/Pontianak", "id", 0, None)
    with city.open() as uow:
        desk_actions.act(uow, siti, incidents.lock(uow.db, city.incident.id), action, form)
    city.settle()


def goes_through_it_all(city: Pontianak, officer: Phone) -> None:
    """Somebody accepts, goes, arrives, and closes it, with much time between."""
    for words in ("OK", "OTW", "TIBA", "SELESAI"):
        officer.texts(f"{words} {city.incidents[0].code}")
        city.forward(5)


def test_who_is_beaten_at_home_reads_that_it_was_received_and_then_nothing_by_itself(city: Pontianak) -> None:
    city.budi.texts(BLOW)
    city.forward(5)
    received = city.budi.expects_text(city.incident.code, "DITERIMA")
    goes_through_it_all(city, city.of_barat[0])
    assert city.incident.state == incidents.RESOLVED
    assert city.budi.got == [received]


def test_a_neighbour_with_thieves_reads_all_of_it(city: Pontianak) -> None:
    city.budi.texts(THEFT)
    goes_through_it_all(city, city.of_barat[0])
    for words in ("DITERIMA", "menyatakan akan datang", "sudah tiba", "ditutup"):
        city.budi.expects_text(words)


def test_nobody_yet_is_no_news_for_that_phone_either(city: Pontianak) -> None:
    city.budi.texts(BLOW)
    city.forward(130)
    assert len(city.budi.got) == 1


def test_what_that_phone_asks_is_answered(city: Pontianak) -> None:
    city.budi.texts(BLOW)
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.forward(70)
    assert len(city.budi.got) == 1
    city.budi.texts("berapa lama lagi?")
    assert "ditambahkan" in city.budi.last_text
    city.budi.texts("TOLONG")
    assert "menyatakan akan datang" in city.budi.last_text


@pytest.mark.parametrize("later", ["saya dipukuli suami"])
def test_words_of_it_in_any_text_count_whatever_the_kind_is_by_then(city: Pontianak, later: str) -> None:
    city.budi.texts(THEFT)
    city.budi.texts(later)
    assert city.incident.kind == "crime"
    city.forward(5)
    seen = list(city.budi.got)
    goes_through_it_all(city, city.of_barat[0])
    assert city.budi.got == seen


def test_a_desk_that_calls_it_so_or_otherwise_takes_nothing_back(city: Pontianak) -> None:
    city.budi.texts(BLOW)
    desk_does(city, "kind", kind="crime")
    siti = city.citizen("+6281390000012", "Siti", unit=city.barat, lat=-0.02, lon=109.30)
    goes_through_it_all(city, city.of_barat[0])
    assert len(city.budi.got) == 1

    siti.texts("TOLONG")
    with city.open() as uow:
        running = incidents.open_of(uow.db, siti.number)
        assert running is not None
        desk_actions.act(uow, _desk(city), incidents.lock(uow.db, running.id), "kind", {"kind": "domestic_violence"})
    seen = list(siti.got)
    city.of_barat[1].texts(f"OK {running.code}").texts(f"TIBA {running.code}")
    assert siti.got == seen


def _desk(city: Pontianak) -> Identity:
    return Identity(1, "Siti", "desk", city.barat.id, city.barat.name, "Asia/Pontianak", "id", 0, None)


def test_a_text_that_was_owed_before_the_words_came_does_not_leave(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.asleep = True
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.budi.texts("suami saya mukul saya")
    city.asleep = False
    city.forward(5)
    assert len(city.budi.got) == 2  # that it was received, and the answer to the second cry; not the news beside it
    assert "akan datang" in city.budi.last_text


def test_a_desk_writes_there_only_what_the_phone_has_asked(city: Pontianak) -> None:
    city.budi.texts(BLOW)
    city.forward(5)
    with pytest.raises(NotNow, match="at_home"):
        desk_does(city, "tell_citizen", words="Petugas di depan pagar")
    city.budi.texts("berapa lama lagi?")
    desk_does(city, "tell_citizen", words="Lima menit lagi")
    city.budi.expects_text("Lima menit lagi")
    city.forward(6 * 60)
    with pytest.raises(NotNow, match="at_home"):
        desk_does(city, "tell_citizen", words="Sudah aman?")


def test_who_is_beaten_where_nobody_knows_is_asked_where_with_the_first_answer(city: Pontianak) -> None:
    with city.open() as uow:
        for row in uow.db.query(Citizen):
            row.lat = row.lon = None
    city.budi.texts(BLOW)
    city.forward(130)
    assert len(city.budi.got) == 2
    assert "di mana Anda" in city.budi.last_text
