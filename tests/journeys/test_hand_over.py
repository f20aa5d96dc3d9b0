"""SERAH: the leader hands over to somebody who was asked and who says yes; until then the leader leads."""

from __future__ import annotations

import pytest
from journeys.city import Phone, Pontianak


@pytest.fixture
def rina(city: Pontianak) -> Phone:
    """The nearest officer, who leads."""
    city.budi.texts("TOLONG")
    return city.of_barat[0].texts("OK")


@pytest.fixture
def joko(city: Pontianak) -> Phone:
    """Barat 2, who was asked as well and stood down when Rina said yes."""
    return city.of_barat[1]


def leader(city: Pontianak) -> str:
    (found,) = [alert.phone for alert in city.alerts() if alert.id == city.incident.leader_id]
    return found


def test_the_giver_leads_and_the_clock_runs_on_until_the_other_says_yes(
    city: Pontianak, rina: Phone, joko: Phone
) -> None:
    at = city.incident.clock_at
    city.forward(seconds=10)
    rina.texts("SERAH Barat 2")
    joko.expects_text(city.incident.code, "Barat 1", "MENGAMBIL ALIH")
    rina.expects_text("Barat 2", "ANDA tetap memimpin")
    city.desk_barat.expects_text(city.incident.code, "Barat 1", "Barat 2")
    assert leader(city) == rina.number
    assert city.incident.clock_at == at
    joko.texts("siap")
    assert leader(city) == joko.number
    joko.expects_text("ANDA MEMIMPIN")
    rina.expects_text("Barat 2", "kini MEMIMPIN")
    city.budi.expects_text("Barat 2", "akan datang")
    assert {"hands_over", "leads"} <= set(city.timeline())


def test_the_other_is_rung_and_a_key_takes_over(city: Pontianak, rina: Phone, joko: Phone) -> None:
    rina.texts("SERAH Barat 2")
    joko.expects_call(saying="Barat 1 meminta Anda mengambil alih").presses("1")
    assert leader(city) == joko.number
    rina.expects_text("Barat 2", "kini MEMIMPIN")


def test_a_yes_by_text_ends_the_ringing(city: Pontianak, rina: Phone, joko: Phone) -> None:
    rina.texts("SERAH Barat 2")
    joko.texts("OK")
    city.forward(seconds=2)
    assert not joko.is_ringing


def test_a_wave_that_asks_the_other_anew_leaves_the_question_open(city: Pontianak, rina: Phone, joko: Phone) -> None:
    rina.texts("SERAH Barat 2")
    for _ in range(5):
        rina.texts("BANTUAN")
    assert len([alert for alert in city.alerts() if alert.phone == joko.number]) > 1
    joko.texts(f"OK {city.incident.code}")
    assert leader(city) == joko.number


def test_with_the_code_and_the_rank_too(city: Pontianak, rina: Phone, joko: Phone) -> None:
    rina.texts(f"SERAH {city.incident.code} bripka barat 2")
    joko.texts(f"OK {city.incident.code}")
    assert leader(city) == joko.number


def test_a_supporter_who_is_asked_says_yes_anew(city: Pontianak, rina: Phone, joko: Phone) -> None:
    joko.joins(city.incident.code)
    rina.texts("SERAH Barat 2")
    assert leader(city) == rina.number
    joko.texts("OK")
    assert leader(city) == joko.number


def test_a_no_leaves_everything_as_it_was_and_the_giver_is_told(city: Pontianak, rina: Phone, joko: Phone) -> None:
    rina.texts("SERAH Barat 2")
    joko.texts("TOLAK")
    assert leader(city) == rina.number
    rina.expects_text("Barat 2", "ANDA tetap memimpin", "tidak bisa")
    joko.texts(f"OK {city.incident.code}")  # a later yes is a supporter's
    assert leader(city) == rina.number


def test_a_name_that_fits_several_is_asked_which(city: Pontianak, rina: Phone) -> None:
    rina.texts("SERAH Barat")
    rina.expects_text("yang mana?", "Barat 2", "Barat 3")
    assert "hands_over" not in city.timeline()


@pytest.mark.parametrize("name", ["Kota 1", "Tono", ""])
def test_who_was_not_asked_cannot_be_handed_to(city: Pontianak, rina: Phone, name: str) -> None:
    rina.texts(f"SERAH {name}")
    rina.expects_text("belum diserahkan")
    assert leader(city) == rina.number
    assert city.of_kota[0].untouched


def test_only_the_leader_hands_over(city: Pontianak, rina: Phone, joko: Phone) -> None:
    joko.joins(city.incident.code)
    joko.texts("SERAH Barat 3")
    joko.expects_text("hanya yang memimpin")
    assert "hands_over" not in city.timeline()


def test_with_the_giver_gone_the_question_lapses(city: Pontianak, rina: Phone, joko: Phone) -> None:
    """Somebody else leads by now: a yes to the old question is a supporter's."""
    third = city.of_barat[2].joins(city.incident.code)
    rina.texts("SERAH Barat 2")
    rina.texts("TOLAK")
    assert leader(city) == third.number
    joko.texts(f"OK {city.incident.code}")
    assert leader(city) == third.number
