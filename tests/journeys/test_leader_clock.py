"""The leader's clock: only what the leader does starts it again, whatever the others say meanwhile."""

from __future__ import annotations

import pytest
from journeys.city import Phone, Pontianak

from gateway.wiring import HOOK_WAVE

NUDGE = "tanpa kabar"
SILENCE, EN_ROUTE = 120, 900  # seconds, of the default policy


@pytest.fixture
def rina(city: Pontianak) -> Phone:
    """The nearest officer, asked to come to Budi."""
    city.budi.texts("TOLONG")
    return city.of_barat[0]


def asked_now(city: Pontianak) -> int:
    return len({alert.phone for alert in city.alerts()})


def clock_left(city: Pontianak) -> float | None:
    """Seconds until the leader's silence is acted upon; None: nobody waits for the leader."""
    at = city.incident.clock_at
    return None if at is None else (at - city.clock.at).total_seconds()


def was_nudged(phone: Phone) -> bool:
    return any(NUDGE in text for text in phone.got)


@pytest.mark.parametrize("answer", ["OK", "OTW"])
def test_a_second_officers_yes_leaves_the_first_ones_drive_alone(city: Pontianak, rina: Phone, answer: str) -> None:
    rina.texts("OK").texts("OTW")
    before = asked_now(city)
    city.forward(seconds=10)
    city.of_barat[1].texts(answer)
    assert clock_left(city) == EN_ROUTE - 10
    city.forward(seconds=300)
    assert not was_nudged(rina)
    assert "leader_silent" not in city.timeline()
    assert asked_now(city) == before


@pytest.mark.parametrize("answer", ["OK", "OTW", "siap ndan"])
def test_a_supporters_yes_does_not_put_off_the_nudge_of_a_silent_leader(
    city: Pontianak, rina: Phone, answer: str
) -> None:
    rina.texts("OK")
    city.forward(seconds=100)
    city.of_barat[1].texts(answer)
    city.forward(seconds=SILENCE - 99)
    assert was_nudged(rina)


def test_a_desks_yes_does_not_put_off_the_nudge_either(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    city.forward(seconds=100)
    city.desk_barat.texts("OK")
    city.forward(seconds=21)
    assert was_nudged(rina)


def test_a_supporters_back_up_is_asked_and_the_leader_keeps_the_drive(city: Pontianak, rina: Phone) -> None:
    rina.texts("OTW")
    city.of_barat[1].joins(city.incident.code).texts("BANTUAN")
    assert city.asked(wave=2) != set()
    assert clock_left(city) == EN_ROUTE - 2
    city.forward(seconds=300)
    assert not was_nudged(rina)
    assert city.asked(wave=3) == set()  # one wave more was wanted, not the whole ladder


def test_a_supporter_who_is_there_stops_the_clock(city: Pontianak, rina: Phone) -> None:
    """Somebody is with the citizen: nobody needs to be rung because the leader says nothing."""
    rina.texts("OK")
    city.of_barat[1].joins(city.incident.code, "TIBA")
    city.forward(seconds=1000)
    assert not was_nudged(rina)
    assert city.asked(wave=2) == set()


def test_after_a_silent_leader_a_supporters_yes_holds_the_ladder_and_somebody_is_watched(
    city: Pontianak, rina: Phone
) -> None:
    """The ladder has gone on; with it held back and no clock nothing would ever ring again."""
    rina.texts("OK")
    city.forward(seconds=2 * SILENCE + 2)
    assert city.asked(wave=2) != set()
    city.of_kota[0].texts("OK")
    assert clock_left(city) == SILENCE
    city.forward(seconds=SILENCE - 2)
    assert city.asked(wave=3) == set()
    city.forward(seconds=SILENCE + 4)
    assert city.asked(wave=3) != set()


def test_a_leaders_second_yes_counts_as_life(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    city.forward(seconds=100)
    rina.texts("OK")
    assert clock_left(city) == SILENCE


def test_an_officer_who_leads_after_a_desk_has_a_clock_of_their_own(city: Pontianak, rina: Phone) -> None:
    city.desk_barat.texts("OK")
    city.forward(seconds=50)
    rina.texts("OK")
    assert clock_left(city) == SILENCE
    assert city.incident.nudged is False


def test_a_supporter_who_leads_now_has_a_clock_of_their_own(city: Pontianak, rina: Phone) -> None:
    rina.texts("OTW")
    city.of_barat[1].joins(city.incident.code)
    city.forward(seconds=50)
    rina.texts("TOLAK")
    assert city.incident.state == "accepted"
    assert clock_left(city) == SILENCE


def test_a_back_up_too_large_for_the_hook_is_written_by_the_worker(city: Pontianak, rina: Phone) -> None:
    """The leader's own call for back-up is a sign of life; it must not hold back the very wave that it asks for."""
    rina.texts("OTW")
    for n in range(HOOK_WAVE + 1):
        city.officer(f"+62813300{n:04}", city.barat, lat=-0.02, lon=109.30)
    rina.texts("BANTUAN")
    city.forward(seconds=2)
    assert len(city.asked(wave=2)) > HOOK_WAVE
    city.forward(seconds=200)
    assert city.asked(wave=3) == set()  # as with one that the hook writes


def test_a_supporter_on_the_way_after_a_silent_leader_is_given_the_drive(city: Pontianak, rina: Phone) -> None:
    rina.texts("OK")
    city.forward(seconds=2 * SILENCE + 2)
    city.of_kota[0].texts("OTW")
    assert clock_left(city) == EN_ROUTE
