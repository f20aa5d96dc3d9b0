"""Every field of a policy changes something that a phone shows: the police chief who sets it must be able to see it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from journeys.city import Phone, Pontianak

from gateway.core.policy import POLICIES, Group, Policy, Wave, Who, dumps
from gateway.delivery.outcomes import CALL_AGAIN, while_ringing
from gateway.models.outbound import Outbound

ONE_OFFICER = Policy((Wave(0, (Group(Who.NEAREST, 1),)),), again=(Group(Who.FIRST_WAVE),), again_every=600)


def keep(city: Pontianak, policy: Policy) -> None:
    """This is Polsek Barat's own policy from now on."""
    with city.open() as uow:
        uow.db.merge(city.barat).waves = dumps(policy)


def seconds_rung(city: Pontianak, phone: Phone) -> int:
    """How long the phone, which rings now, has rung when it stops because nobody picks it up, in seconds."""
    began = phone.calls[-1].started
    while phone.is_ringing:
        city.forward(seconds=1)
    return int((city.clock.at - began).total_seconds())


# --- how long a call rings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ring", [15, 25, 60])
def test_a_call_rings_as_long_as_the_units_policy_says(city: Pontianak, ring: int) -> None:
    keep(city, replace(ONE_OFFICER, ring=ring, calls=1))
    city.budi.texts("TOLONG")
    city.of_barat[0].expects_call()
    assert "no_answer" not in city.timeline()
    assert seconds_rung(city, city.of_barat[0]) == ring
    city.forward(seconds=1)
    assert "no_answer" in city.timeline()
    assert city.alerts(wave=1)[0].state == "no_answer"


def test_the_next_call_to_the_same_officer_rings_as_long(city: Pontianak) -> None:
    keep(city, replace(ONE_OFFICER, ring=60, ring_again=10, calls=2))
    city.budi.texts("TOLONG")
    assert seconds_rung(city, city.of_barat[0]) == 60
    city.forward(seconds=11)
    assert seconds_rung(city, city.of_barat[0]) == 60


def test_a_desk_that_is_rung_about_an_unclear_text_is_rung_as_its_own_policy_says(city: Pontianak) -> None:
    keep(city, replace(POLICIES["nearest_first"], ring=40))
    city.budi.texts("besok rapat jam sembilan")
    city.forward(seconds=61)
    city.desk_barat.expects_call()
    assert seconds_rung(city, city.desk_barat) == 40


def test_a_call_whose_end_nobody_reports_counts_as_ringing_until_it_cannot_ring_any_more(city: Pontianak) -> None:
    keep(city, replace(ONE_OFFICER, ring=60, calls=1))
    city.budi.texts("TOLONG")
    with city.open() as uow:
        (call,) = uow.db.query(Outbound).filter_by(kind="call")
        assert call.ends_by is not None
        assert call.ends_by > city.clock.at + timedelta(seconds=60)


@pytest.mark.parametrize(("ring", "again_after"), [(None, 30), (15, 30), (25, 30), (60, 65)])
def test_a_call_that_nobody_knows_of_is_not_placed_again_while_the_first_may_ring(
    ring: int | None, again_after: int
) -> None:
    assert while_ringing(CALL_AGAIN, ring) == timedelta(seconds=again_after)


# --- what another version, or a typing error, has left in the database ------------------------------------------------


def keep_json(city: Pontianak, text: str, name: str = "nearest_first") -> None:
    with city.open() as uow:
        unit = uow.db.merge(city.barat)
        unit.policy, unit.waves = name, text


def test_a_unit_that_asks_everybody_still_does_with_a_field_of_a_newer_version(city: Pontianak) -> None:
    keep_json(city, json.dumps(json.loads(dumps(POLICIES["all_at_once"])) | {"whistle": 7}))
    city.budi.texts("TOLONG")
    everybody = {phone.number for phone in (*city.of_barat, *city.of_kota)}
    assert everybody < city.asked(wave=1)


@pytest.mark.parametrize("text", ["rubbish", '{"waves": [{"after": 0, "groups": []}]}', '{"waves": []}', "[]"])
def test_a_policy_that_would_ask_nobody_asks_whom_the_default_asks(city: Pontianak, text: str) -> None:
    keep_json(city, text)
    city.budi.texts("TOLONG")
    assert city.asked(wave=1) == {city.desk_barat.number, *(phone.number for phone in city.of_barat[:3])}


def test_a_group_that_only_a_newer_version_knows_is_skipped_and_the_others_are_asked(city: Pontianak) -> None:
    keep_json(city, '{"waves": [{"after": 0, "groups": [{"who": "drones"}, {"who": "polres_desk"}]}]}')
    city.budi.texts("TOLONG")
    assert city.asked(wave=1) == {city.desk_polres.number}
