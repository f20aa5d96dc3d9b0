"""OTW 10 menit: the time is kept, told to whoever waits for it, and gives the leader as long as it says."""

from __future__ import annotations

from dataclasses import replace

import pytest
from journeys.city import Phone, Pontianak

from gateway.core.policy import POLICIES, dumps
from gateway.identity.users import Identity
from gateway.models.unit import Unit
from gateway.monitor import board
from gateway.monitor.card import Card

NUDGE = "tanpa kabar"


@pytest.fixture
def rina(city: Pontianak) -> Phone:
    """The nearest officer, asked to come to Budi."""
    city.budi.texts("TOLONG")
    return city.of_barat[0]


def card(city: Pontianak) -> Card:
    with city.open() as uow:
        (only,) = board.cards(uow, Identity(1, "Piket", "admin", None, "", "Asia/Pontianak", "id", 1, None), "id")
    return only


def clock_left(city: Pontianak) -> float | None:
    at = city.incident.clock_at
    return None if at is None else (at - city.clock.at).total_seconds()


def was_nudged(phone: Phone) -> bool:
    return any(NUDGE in text for text in phone.got)


@pytest.mark.parametrize(
    "words", ["OTW 10 menit", "OK 10 mnt", "otw 10", "siap ndan 10 menit lagi", "10 menit lagi tiba"]
)
def test_the_desk_the_citizen_the_card_and_the_timeline_hear_when_the_officer_arrives(
    city: Pontianak, rina: Phone, words: str
) -> None:
    rina.texts(words)
    city.budi.expects_text(city.incident.code, "Barat 1", "10 menit")
    city.desk_barat.expects_text(city.incident.code, "Barat 1", "10 menit")
    assert "arrives" in city.timeline()
    (told,) = card(city).arrivals
    assert "Barat 1" in told.who
    assert (told.at - city.clock.at).total_seconds() == 600


@pytest.mark.parametrize("words", ["OTW 86", "ok 86", "86", "OTW 110", "OTW 112", "OK 5", "OTW rt 10", "OTW"])
def test_what_is_no_time_is_told_to_nobody_as_one(city: Pontianak, rina: Phone, words: str) -> None:
    rina.texts(words)
    assert city.incident.leader_id is not None
    assert "arrives" not in city.timeline()
    assert not any("menit lagi" in text for text in city.budi.got)


def test_a_quiet_citizen_hears_no_time_but_the_desk_does(city: Pontianak) -> None:
    city.budi.texts("TOLONG DIAM")
    city.of_barat[0].texts("OTW 10 menit")
    assert city.budi.untouched
    city.desk_barat.expects_text("10 menit")


def test_the_clock_gives_the_leader_the_time_that_they_named(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK 10 menit")
    assert clock_left(city) == 600
    city.forward(seconds=590)
    assert not was_nudged(rina)
    city.forward(seconds=15)
    assert was_nudged(rina)


def test_a_time_after_the_nudge_is_a_sign_of_life_and_an_ok_is_none(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    city.forward(seconds=125)
    assert was_nudged(rina)
    before = clock_left(city)
    rina.texts("OK")
    assert clock_left(city) == before
    rina.texts("OK 8 menit")
    assert clock_left(city) == 480


def test_the_same_time_said_again_tells_nobody_anew(city: Pontianak, rina: Phone) -> None:
    rina.texts("OTW 10 menit")
    before = len(city.budi.got)
    rina.texts("OTW 10 menit")
    assert len(city.budi.got) == before


# --- a time alone ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["10 menit lagi", "10 mnt lg", "macet ndan, 10 menit lagi"])
def test_who_has_said_yes_says_later_when_they_arrive(city: Pontianak, rina: Phone, words: str) -> None:
    rina.texts("OK")
    city.forward(seconds=60)
    rina.texts(words)
    city.budi.expects_text(city.incident.code, "Barat 1", "10 menit")
    city.desk_barat.expects_text(city.incident.code, "Barat 1", "10 menit")
    assert clock_left(city) == 600
    rina.expects_text(city.incident.code, "dicatat")


def test_a_time_alone_of_somebody_who_was_asked_is_no_yes(city: Pontianak, rina: Phone) -> None:
    rina.texts("10 menit lagi")
    assert city.incident.leader_id is None
    rina.expects_text(f"Balas OK {city.incident.code}")
    assert not any("10 menit" in text for text in city.budi.got)


def test_a_time_alone_is_about_the_only_one_that_was_accepted(city: Pontianak, rina: Phone) -> None:
    first = city.incident.code
    rina.texts("OK")
    siti = city.citizen("+6281390000002", "Siti", unit=city.barat, lat=-0.02, lon=109.30)
    siti.texts("TOLONG")
    rina.texts("10 menit lagi")
    rina.expects_text(first, "dicatat")
    city.budi.expects_text(first, "10 menit")
    assert not any("10 menit" in text for text in siti.got)


def test_a_time_alone_that_is_far_makes_the_yes_an_offer(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK").texts("40 menit lagi")
    assert city.incident.leader_id is None
    assert city.asked(wave=2) != set()


# --- too far to lead --------------------------------------------------------------------------------------------------


def test_a_time_beyond_the_policys_drive_is_an_offer_and_the_ladder_goes_on(city: Pontianak, rina: Phone) -> None:
    rina.texts("OTW 40 menit")
    assert city.incident.state == "open"
    assert city.incident.leader_id is None
    rina.expects_text(city.incident.code, "Anda mendukung")
    city.budi.expects_text("Barat 1", "40 menit", "terus mencari")
    city.forward(seconds=35)
    assert city.asked(wave=2) != set()
    assert rina.number not in city.asked(wave=2)
    city.of_barat[1].texts("OK")
    assert city.incident.leader_id is not None
    city.of_barat[1].expects_text("MEMIMPIN")


def test_a_leader_who_turns_out_to_be_far_away_leads_no_more(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK").texts("OTW 40 menit")
    assert city.incident.leader_id is None
    assert city.asked(wave=2) != set()
    assert not any("tidak bisa datang" in text for text in city.budi.got)


def test_a_supporter_who_is_near_leads_then(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    city.of_barat[1].joins(city.incident.code, rest="10 menit")
    rina.texts("OTW 40 menit")
    city.of_barat[1].expects_text("MEMIMPIN")
    assert city.incident.state == "accepted"


def test_who_offered_from_far_away_leads_when_they_come_near_or_arrive(city: Pontianak, rina: Phone) -> None:
    rina.texts("OTW 40 menit")
    city.forward(seconds=5)
    rina.texts("OTW 10 menit")
    rina.expects_text("MEMIMPIN")
    assert city.incident.state == "en_route"


def test_who_offered_and_arrives_before_anybody_else_leads(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK 40 menit").texts("TIBA")
    assert city.incident.state == "on_scene"
    assert city.incident.leader_id is not None


def test_with_only_an_offer_the_citizen_is_told_the_truth(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK 40 menit")
    city.forward(seconds=40)
    city.budi.expects_text("baru ada petugas yang jauh")
    assert not any("belum ada petugas yang menjawab" in text for text in city.budi.got)


# --- who is fastest ---------------------------------------------------------------------------------------------------


def test_the_desk_sees_who_is_fastest_and_the_first_still_leads(city: Pontianak, rina: Phone) -> None:
    rina.texts("OTW 14 menit")
    city.of_barat[1].joins(city.incident.code, rest="5 menit")
    assert [step.who.split()[-1] for step in card(city).arrivals] == ["2", "1"]
    assert "Barat 1" in card(city).leader


def test_the_policy_may_let_the_fastest_lead(city: Pontianak) -> None:
    with city.open() as uow:
        uow.db.get_one(Unit, city.barat.id).waves = dumps(replace(POLICIES["nearest_first"], faster_leads=120))
    city.budi.texts("TOLONG")
    rina, joko = city.of_barat[:2]
    rina.texts("OTW 14 menit")
    joko.joins(city.incident.code, rest="13 menit")
    assert "Barat 1" in card(city).leader
    joko.texts(f"OTW {city.incident.code} 5 menit")
    assert "Barat 2" in card(city).leader
    rina.expects_text("Barat 2", "MEMIMPIN", "Anda mendukung")
