"""An officer who needs help: their own panic, back-up where they are, and an ambulance or the fire brigade."""

from __future__ import annotations

from dataclasses import replace

import pytest
from journeys.city import Phone, Pontianak

from gateway.core.policy import Group, Policy, Wave, Who, dumps
from gateway.core.policy_groups import By
from gateway.models.officer import Officer

ONE = Policy((Wave(0, (Group(Who.NEAREST, 1),)), Wave(600, (Group(Who.NEIGHBOURS, 1),))))


def keep(city: Pontianak, policy: Policy) -> None:
    with city.open() as uow:
        uow.db.merge(city.polda).waves = dumps(policy)


def numbers(*phones: Phone) -> set[str]:
    return {phone.number for phone in phones}


def test_an_officers_own_panic_rings_all_of_the_unit_and_its_neighbours_at_once(city: Pontianak) -> None:
    keep(city, replace(ONE, waves=(Wave(0, ONE.waves[0].groups, By.TEXT), ONE.waves[1])))
    city.of_barat[0].texts("TOLONG saya dikeroyok")
    everybody = [*city.of_barat[1:], *city.of_kota]
    assert numbers(*everybody) == city.asked(wave=1)
    city.forward(seconds=3)
    assert all(phone.calls for phone in everybody)


def test_a_citizens_panic_asks_only_whom_the_policy_says(city: Pontianak) -> None:
    keep(city, ONE)
    city.budi.texts("TOLONG")
    assert len(city.asked(wave=1)) == 1


# --- back-up ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def rina(city: Pontianak) -> Phone:
    """She leads; of Kota's officers the first stands at its far end, the last just as far at the other."""
    keep(city, ONE)
    city.budi.texts("TOLONG")
    with city.open() as uow:
        for phone, place in ((city.of_kota[0], (-0.02, 109.31)), (city.of_kota[-1], (-0.30, 109.60))):
            officer = uow.db.query(Officer).filter_by(phone=phone.number).one()
            officer.lat, officer.lon = place
    asked = city.asked(wave=1)
    leader = next(phone for phone in city.of_barat if phone.number in asked)
    leader.texts("OK")
    return leader


def stands_far_away(city: Pontianak, phone: Phone) -> None:
    phone.texts("POSISI -0.3000, 109.6001")


def test_back_up_asks_the_next_wave_around_the_place_that_they_gave_lately(city: Pontianak, rina: Phone) -> None:
    stands_far_away(city, rina)
    city.forward(seconds=60)
    rina.texts("BANTUAN")
    assert city.asked(wave=2) == numbers(city.of_kota[-1])
    (alert,) = city.alerts(wave=2)
    assert alert.distance_m is not None
    assert alert.distance_m > 20_000  # what they read is how far the incident is, whose place the text names


def test_a_place_of_a_quarter_of_an_hour_ago_is_not_where_they_are(city: Pontianak, rina: Phone) -> None:
    stands_far_away(city, rina)
    rina.texts("TIBA")
    city.forward(seconds=15 * 60 + 5)
    rina.texts("BANTUAN")
    assert city.asked(wave=2) == numbers(city.of_kota[0])


def test_back_up_of_somebody_who_has_not_accepted_is_their_own_panic(city: Pontianak, rina: Phone) -> None:
    city.of_kota[0].texts("BANTUAN saya dikeroyok")
    assert [incident.phone for incident in city.incidents] == [city.budi.number, city.of_kota[0].number]
    assert rina.number in {alert.phone for alert in city.alerts() if alert.incident_id == city.incidents[1].id}


# --- ambulance and fire brigade ---------------------------------------------------------------------------------------


@pytest.fixture
def ambulance(city: Pontianak) -> Phone:
    city.unit("AMB", kind="ambulance", name="Ambulans RSUD", phone="+62561700118", parent=city.polres)
    return city.phone("+62561700118")


def test_an_officer_who_asks_for_an_ambulance_gets_one(city: Pontianak, ambulance: Phone, rina: Phone) -> None:
    rina.texts("minta ambulans")
    assert any("ambulans sedang dihubungi" in words for words in rina.got)
    city.forward(seconds=2)
    ambulance.expects_call()


def test_where_there_is_none_the_officer_is_told(city: Pontianak, rina: Phone) -> None:
    rina.texts("butuh damkar")
    assert any("tidak ada pemadam kebakaran lain" in words for words in rina.got)


def test_an_ambulance_on_its_way_is_no_officer_from_far_away(city: Pontianak, ambulance: Phone, rina: Phone) -> None:
    """The citizen must not read that an officer comes, though from far away, while nobody of the police does."""
    rina.texts("minta ambulans")
    city.forward(seconds=2)
    ambulance.expects_call().presses("1")
    rina.texts("TOLAK")
    city.forward(seconds=130)
    assert city.incident.state == "open"
    assert not any("petugas yang jauh" in text for text in city.budi.got)
    assert any("BELUM ADA petugas" in text or "belum ada petugas" in text for text in city.budi.got)


def test_an_ambulance_that_is_faster_leads_never(city: Pontianak, ambulance: Phone) -> None:
    keep(city, replace(ONE, faster_leads=60))
    city.budi.texts("TOLONG")
    rina = next(phone for phone in city.of_barat if phone.number in city.asked(wave=1))
    rina.texts("OTW 10 menit").texts("minta ambulans")
    city.forward(seconds=2)
    ambulance.expects_call().presses("1")
    ambulance.texts(f"OTW {city.incident.code} 5 menit")
    leading = [alert.phone for alert in city.alerts() if alert.id == city.incident.leader_id]
    assert leading == [rina.number]
