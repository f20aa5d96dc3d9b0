"""A yes that no sign of movement follows lapses: the incident is open again. A no without proof leaves a first call."""

from __future__ import annotations

from journeys.city import Pontianak

SILENCE = 120  # seconds; the default policy's


def test_a_yes_without_any_sign_of_movement_lapses_to_open(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    rina = city.of_barat[0].texts("OK")
    city.forward(SILENCE + 1)
    rina.expects_text("tanpa kabar")
    assert city.incident.state == "accepted"
    city.forward(SILENCE + 1)
    assert (city.incident.state, city.incident.leader_id) == ("open", None)
    assert city.asked(wave=2) != set()
    city.budi.expects_text("Petugas lain sedang dihubungi")


def test_whoever_was_stood_down_comes_then_without_proof(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].texts("OK")
    city.forward(2 * SILENCE + 2)
    city.of_barat[1].texts(f"OK {city.incident.code}")
    assert city.incident.state == "accepted"
    city.of_barat[1].expects_text("MEMIMPIN")


def test_who_sets_out_late_leads_again(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    rina = city.of_barat[0].texts("OK")
    city.forward(2 * SILENCE + 2)
    rina.texts(f"OTW {city.incident.code}")
    assert city.incident.state == "en_route"
    assert city.incident.leader_id is not None


def test_whoever_has_set_out_keeps_the_lead_over_a_silence(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].texts("OTW")
    city.forward(15 * 60 + SILENCE + 5)
    assert city.incident.state == "en_route"
    assert city.incident.leader_id is not None


def test_a_no_without_proof_takes_no_first_call_back(city: Pontianak) -> None:
    """Whoever forges every number could keep all phones silent; key 0 on our call is the proof."""
    rina = city.of_barat[0]
    city.asleep = True  # the texts and calls of the first wave have not left
    city.budi.texts("TOLONG")
    rina.texts(f"TOLAK {city.incident.code}")
    city.asleep = False
    city.forward(2)
    rina.expects_call().presses("0")
    city.forward(120)
    assert len(rina.calls) == 1
