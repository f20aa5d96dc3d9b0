"""A Polres writes one policy for all its Polsek: by kind and hour, with more groups, and not for what is under way."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from journeys.city import Phone, Pontianak

from gateway.core.policy import POLICIES, Group, Policy, Wave, Who, dumps
from gateway.core.policy_groups import By
from gateway.models.incident import Incident
from gateway.models.policy_rule import PolicyRule, PolicyVersion
from gateway.models.unit import Unit

NIGHT = datetime(2026, 11, 22, 16, 30, tzinfo=UTC)  # 23:30 in Pontianak; the city's day begins at 9
DESK, NEAR = Group(Who.DESK), Group(Who.NEAREST, 1)
DESK_ONLY, TWO, POLRES = (
    Policy((Wave(0, (DESK,)),)),
    Policy((Wave(0, (Group(Who.NEAREST, 2),)),)),
    POLICIES["all_at_once"],
)


def keep(city: Pontianak, unit: Unit, policy: Policy) -> None:
    with city.open() as uow:
        uow.db.merge(unit).waves = dumps(policy)


def keep_for(city: Pontianak, unit: Unit, policy: Policy, kind: str | None = None, *hours: int) -> None:
    with city.open() as uow:
        starts, ends = hours or (None, None)
        row = PolicyRule(unit_id=unit.id, kind=kind, from_hour=starts, to_hour=ends, policy="", waves=dumps(policy))
        uow.db.add(row)


def asked(city: Pontianak, words: str = "TOLONG") -> set[str]:
    city.budi.texts(words)
    return city.asked(wave=1)


def numbers(*phones: Phone) -> set[str]:
    return {phone.number for phone in phones}


# --- which one applies ------------------------------------------------------------------------------------------------


def test_a_polsek_without_a_policy_asks_as_its_polres_says(city: Pontianak) -> None:
    keep(city, city.polres, TWO)
    assert asked(city) == numbers(*city.of_barat[:2])


def test_a_polda_is_asked_where_the_polres_has_none_either(city: Pontianak) -> None:
    keep(city, city.polda, DESK_ONLY)
    assert asked(city) == numbers(city.desk_barat)


def test_its_own_goes_before_that_of_the_polres(city: Pontianak) -> None:
    keep(city, city.polres, TWO)
    keep(city, city.barat, DESK_ONLY)
    assert asked(city) == numbers(city.desk_barat)


def test_with_none_written_the_built_in_one_works(city: Pontianak) -> None:
    assert asked(city) == numbers(city.desk_barat, *city.of_barat[:3])


def test_a_policy_for_a_kind_is_for_that_kind_only(city: Pontianak) -> None:
    keep_for(city, city.polres, DESK_ONLY, "fire")
    assert asked(city, "TOLONG kebakaran") == numbers(city.desk_barat)


def test_another_kind_is_asked_as_before(city: Pontianak) -> None:
    keep_for(city, city.polres, DESK_ONLY, "fire")
    assert asked(city, "TOLONG maling") == numbers(city.desk_barat, *city.of_barat[:3])


@pytest.mark.parametrize(("at", "phones"), [(NIGHT, 2), (datetime(2026, 11, 22, 5, tzinfo=UTC), 4)])
def test_a_policy_for_the_night_counts_on_the_units_clock(city: Pontianak, at: datetime, phones: int) -> None:
    keep_for(city, city.polres, TWO, None, 22, 6)
    city.clock.at = at
    assert len(asked(city)) == phones


def test_a_zone_that_is_mistyped_silences_no_panic(city: Pontianak) -> None:
    keep_for(city, city.polres, TWO, None, 22, 6)
    with city.open() as uow:
        uow.db.merge(city.barat).timezone = "Asia/Pontianok"
    assert asked(city) == numbers(*city.of_barat[:2])  # two o'clock, as UTC counts


@pytest.mark.parametrize(
    "text", ["rubbish", '{"waves": [{"after": 0, "groups": [{"who": "drones"}]}]}', '{"waves": []}']
)
def test_an_inherited_policy_that_cannot_be_used_asks_whom_the_default_asks(city: Pontianak, text: str) -> None:
    with city.open() as uow:
        uow.db.merge(city.polres).waves = text
    assert asked(city) == numbers(city.desk_barat, *city.of_barat[:3])


# --- under way --------------------------------------------------------------------------------------------------------


def test_a_changed_policy_never_touches_an_incident_under_way_and_each_version_is_named(city: Pontianak) -> None:
    ladder = replace(DESK_ONLY, waves=(*DESK_ONLY.waves, Wave(30, (NEAR,))))
    keep(city, city.polres, ladder)
    city.budi.texts("TOLONG")
    keep(city, city.polres, replace(ladder, waves=(*DESK_ONLY.waves, Wave(300, (NEAR,)))))
    city.forward(seconds=31)
    assert city.asked(wave=2) == numbers(city.of_barat[0])
    sari = city.citizen("+6281390000077", "Sari", unit=city.barat, lat=-0.02, lon=109.30)
    sari.texts("TOLONG")
    with city.open() as uow:
        ids = [row.policy_id for row in uow.db.query(Incident).order_by(Incident.id)]
        named = [uow.db.get_one(PolicyVersion, one) for one in ids]
        assert [(row.unit_id, row.number) for row in named] == [(city.polres.id, 1), (city.polres.id, 2)]


def test_a_kind_that_becomes_known_later_asks_whom_its_policy_would_have_asked(city: Pontianak) -> None:
    keep_for(city, city.polres, Policy((Wave(0, (DESK, Group(Who.UNIT))),)), "fire")
    city.budi.texts("TOLONG")
    assert len(city.asked(wave=1)) == 4
    city.budi.texts("rumah saya kebakaran")
    assert numbers(*city.of_barat) < city.asked(wave=1)


# --- groups -----------------------------------------------------------------------------------------------------------


def groups(city: Pontianak, *asks: Group, by: By = By.BOTH) -> set[str]:
    keep(city, city.barat, Policy((Wave(0, asks, by),)))
    return asked(city)


def test_only_those_within_so_many_metres(city: Pontianak) -> None:
    far = city.officer("+6281210000055", city.barat, lat=0.30, lon=109.60)
    found = groups(city, Group(Who.UNIT, within_m=20_000))
    assert far.number not in found
    assert numbers(*city.of_barat) <= found


def test_a_level_up_and_the_polda_between(city: Pontianak) -> None:
    here = city.officer("+6281210000056", city.polda)
    assert groups(city, Group(Who.UP_DESK), Group(Who.POLDA), Group(Who.POLDA_DESK)) == numbers(
        city.desk_polres, city.desk_polda, here
    )


def test_every_unit_of_a_kind(city: Pontianak) -> None:
    assert groups(city, Group(Who.POLSEK)) == numbers(*city.of_barat, *city.of_kota)


def test_a_named_list_is_asked_and_is_nobodys_neighbour(city: Pontianak) -> None:
    city.unit("BRIMOB", kind="brimob", phone="+62561700091", parent=city.polda)
    ready = city.phone("+62561700091")
    assert groups(city, Group(Who.BRIMOB)) == numbers(ready)


def test_a_list_stands_under_a_polres_and_no_wave_for_the_polres_rings_it(city: Pontianak) -> None:
    lantas = city.unit("LANTAS", kind="lantas", phone="+62561700092", parent=city.polres)
    city.phone("+62561700092")
    rider = city.officer("+6281210000057", lantas)
    assert rider.number not in groups(city, Group(Who.POLRES), Group(Who.NEIGHBOURS))


def test_the_110_ladder_takes_ten_seconds_a_level(city: Pontianak) -> None:
    with city.open() as uow:
        uow.db.merge(city.polda).policy = "ladder_110"
    city.budi.texts("TOLONG")
    assert city.asked(wave=1) == numbers(city.desk_barat, *city.of_barat)
    city.forward(seconds=11)
    assert city.desk_polres.number in city.asked(wave=2)
    city.forward(seconds=10)
    assert city.desk_polda.number in city.asked(wave=3)


def test_a_wave_by_text_rings_nobody_and_one_by_call_texts_nobody(city: Pontianak) -> None:
    waves = Wave(0, (Group(Who.NEAREST, 1),), By.TEXT), Wave(20, (DESK,), By.CALL)
    keep(city, city.barat, Policy(waves))
    city.budi.texts("TOLONG")
    city.forward(seconds=5)
    assert city.of_barat[0].got
    assert not city.of_barat[0].calls
    city.forward(seconds=17)
    assert city.desk_barat.calls
    assert not city.desk_barat.got


def test_volunteers_are_asked_by_a_wave_at_its_time(city: Pontianak) -> None:
    with city.open() as uow:
        assert uow.db.get_one(Unit, city.barat.id).volunteers is False
    helper = city.citizen("+6281390000078", "Tono", lat=-0.021, lon=109.301, volunteer_m=2000)
    keep(city, city.barat, Policy((Wave(0, (DESK,)), Wave(10, (NEAR, Group(Who.VOLUNTEERS))))))
    city.budi.texts("TOLONG")
    city.forward(seconds=8)
    assert not helper.got
    city.forward(seconds=5)
    assert len(helper.got) == 1


# --- ambulance and fire brigade ---------------------------------------------------------------------------------------


@pytest.fixture
def ambulance(city: Pontianak) -> Phone:
    """The hospital's ambulance, which the Polres asks for whoever is ill or hurt."""
    city.unit("AMB", kind="ambulance", name="Ambulans RSUD", phone="+62561700118", parent=city.polres)
    keep_for(
        city,
        city.polres,
        Policy((Wave(0, (DESK, NEAR, Group(Who.AMBULANCE))), Wave(30, (Group(Who.UNIT),)))),
        "medical",
    )
    return city.phone("+62561700118")


def test_an_ambulance_is_asked_for_the_ill_and_its_yes_stops_nothing(city: Pontianak, ambulance: Phone) -> None:
    assert ambulance.number in asked(city, "TOLONG ayah serangan jantung")
    ambulance.expects_call()
    ambulance.texts(f"OK {city.incident.code}")
    assert "Polisi tetap dipanggil" in ambulance.last_text
    assert (city.incident.leader_id, city.incident.state) == (None, "open")
    city.forward(seconds=31)
    assert numbers(*city.of_barat[1:]) <= city.asked(wave=2)


def test_an_officer_who_accepts_does_not_send_the_ambulance_home(city: Pontianak, ambulance: Phone) -> None:
    asked(city, "TOLONG ayah serangan jantung")
    city.of_barat[0].texts("OK")
    assert not any("tidak perlu" in words for words in ambulance.got)
    ambulance.texts(f"OTW {city.incident.code}")
    assert city.incident.state == "accepted"


def test_an_ambulance_closes_nothing(city: Pontianak, ambulance: Phone) -> None:
    asked(city, "TOLONG ayah serangan jantung")
    code = city.incident.code
    ambulance.texts(f"OK {code}").texts(f"SELESAI {code}")
    assert city.incident.closed_at is None
    assert "Hanya polisi" in ambulance.last_text


def test_a_kind_told_after_the_first_yes_still_brings_the_ambulance(city: Pontianak, ambulance: Phone) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].texts("OK")
    before = city.alerts()
    city.budi.texts("ayah serangan jantung")
    assert {row.phone for row in city.alerts()} - {row.phone for row in before} == {ambulance.number}


def test_a_citizen_who_asks_for_an_ambulance_gets_the_nearest_and_reads_that_it_comes(city: Pontianak) -> None:
    city.unit("AMB", kind="ambulance", name="Ambulans RSUD", phone="+62561700118", parent=city.polres)
    crew = city.phone("+62561700118")
    city.budi.texts("TOLONG motor jatuh")
    assert crew.untouched
    city.budi.texts("minta ambulans pak")
    crew.expects_call()
    crew.texts(f"OK {city.incident.code}")
    city.budi.expects_text("selain polisi, Ambulans RSUD")


def test_in_the_first_text_too_and_not_where_the_phone_must_be_quiet(city: Pontianak) -> None:
    city.unit("AMB", kind="ambulance", name="Ambulans RSUD", phone="+62561700118", parent=city.polres)
    crew = city.phone("+62561700118")
    city.citizen("+6281390000077", "Wati").texts("TOLONG DIAM kirim ambulans")
    assert crew.untouched
    city.budi.texts("TOLONG kirim ambulans")
    crew.expects_call()
