"""The community tier: who is asked, when, and what they hear."""

from __future__ import annotations

import pytest
from journeys.city import Phone, Pontianak

from gateway.identity import pins


@pytest.fixture
def near(city: Pontianak) -> Phone:
    """A volunteer 300 m from Budi, in a unit that has the tier switched on."""
    with city.open() as uow:
        uow.db.merge(city.barat).volunteers = True
    return city.citizen("+6281390000021", "Ani", unit=city.barat, lat=-0.0227, lon=109.30, volunteer_m=1000)


def test_a_neighbour_is_asked_after_the_officers_and_hears_neither_who_nor_where(city: Pontianak, near: Phone) -> None:
    city.budi.texts("TOLONG")
    city.forward(55)
    assert near.untouched
    city.forward(10)
    text = near.expects_text("tetangga", "500m", f"YA {city.incident.code}")
    assert "Budi" not in text
    assert "081390000001" not in text
    assert "109." not in text
    city.forward(200)
    assert len(near.got) == 1
    assert not near.calls


def test_the_number_comes_only_when_they_said_yes_and_an_officer_goes(city: Pontianak, near: Phone) -> None:
    city.budi.texts("TOLONG")
    city.forward(65)
    near.texts("ya")
    near.expects_text("TUNGGU")
    assert "081390000001" not in near.last_text
    city.desk_barat.texts(f"OK {city.incident.code}")
    assert "081390000001" not in near.last_text
    city.of_barat[0].texts(f"OK {city.incident.code}")
    near.expects_text("Budi Santoso", "081390000001", "-0.02")
    city.of_barat[0].texts(f"SELESAI {city.incident.code}")
    near.expects_text("sudah selesai")


def test_who_says_yes_when_an_officer_already_goes_hears_it_at_once(city: Pontianak, near: Phone) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.forward(65)
    near.texts(f"OK {city.incident.code}")
    near.expects_text("081390000001")


def test_who_cannot_hears_nothing_more(city: Pontianak, near: Phone) -> None:
    city.budi.texts("TOLONG")
    city.forward(65)
    near.texts(f"TOLAK {city.incident.code}")
    seen = len(near.got)
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.of_barat[0].texts(f"SELESAI {city.incident.code}")
    assert len(near.got) == seen


def test_a_no_after_a_yes_names_its_incident_and_who_it_was_and_one_text_undoes_it(
    city: Pontianak, near: Phone
) -> None:
    city.budi.texts("TOLONG")
    code = city.incident.code
    city.forward(65)
    near.texts(f"YA {code}")
    near.texts("TOLAK")
    near.expects_text(code, "dicatat")
    assert "volunteer_no" in city.timeline()
    city.of_barat[0].texts(f"OK {code}")
    assert "081390000001" not in near.last_text  # who has said no is told nothing of the place
    near.texts(f"YA {code}")
    near.expects_text("Budi Santoso", "081390000001")


def test_a_no_while_somebody_leads_is_noted_and_moves_nobody(city: Pontianak, near: Phone) -> None:
    city.budi.texts("TOLONG")
    code = city.incident.code
    city.of_barat[0].texts(f"OK {code}")
    city.forward(65)
    near.texts("TOLAK")
    near.expects_text(code, "dicatat")
    assert "volunteer_no" in city.timeline()
    assert city.incident.leader_id is not None
    assert city.incident.state == "accepted"


@pytest.mark.parametrize("panic", ["TOLONG DIAM", "TOLONG"])
def test_nobody_is_asked_of_a_quiet_call_or_where_the_unit_has_it_off(city: Pontianak, near: Phone, panic: str) -> None:
    with city.open() as uow:
        uow.db.merge(city.barat).volunteers = panic == "TOLONG DIAM"
    city.budi.texts(panic)
    city.forward(90)
    assert near.untouched


def test_who_was_asked_before_it_became_a_threat_hears_that_it_is_over_as_after_the_right_pin(
    city: Pontianak, near: Phone
) -> None:
    dina = city.citizen(
        "+6281390000022",
        "Dina",
        unit=city.barat,
        lat=-0.02,
        lon=109.30,
        pin_hash=pins.hash_pin("4711"),
        duress_hash=pins.hash_pin("1147"),
    )
    dina.texts("TOLONG")
    city.forward(65)
    near.texts("YA")
    dina.texts("AMAN 1147")
    near.expects_text("sudah selesai", "tidak perlu datang")
    assert not any("JANGAN" in text for text in near.got)
    seen = len(near.got)
    city.of_barat[0].texts(f"OK {city.incident.code}")
    city.forward(30)
    assert len(near.got) == seen


def test_whoever_is_too_far_for_what_they_offered_is_left_alone(city: Pontianak, near: Phone) -> None:
    far = city.citizen("+6281390000023", "Jauh", unit=city.barat, lat=-0.05, lon=109.30, volunteer_m=1000)
    city.budi.texts("TOLONG")
    city.forward(70)
    assert near.got
    assert far.untouched


def test_a_volunteers_own_panic_is_no_answer(city: Pontianak, near: Phone) -> None:
    city.budi.texts("TOLONG")
    city.forward(65)
    near.texts("TOLONG saya juga")
    assert city.open_incident_of(near) is not None
