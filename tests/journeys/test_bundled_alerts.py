"""Several emergencies ask the same phone at the same moment: one text with all codes, one call that says how many."""

from __future__ import annotations

from datetime import timedelta

import pytest
from journeys.city import City, Pontianak
from journeys.test_many_at_once import neighbour
from sqlalchemy import select

from gateway.core.sentences.segments import fits
from gateway.incidents import drills
from gateway.models import alert as alerts
from gateway.models import attempt as attempts
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit


def codes(city: City) -> list[str]:
    return [incident.code for incident in city.incidents]


def four_panics(city: Pontianak) -> None:
    city.budi.texts("TOLONG kebakaran")
    for number in range(1, 4):
        city.clock.at += timedelta(seconds=0.3)
        neighbour(city, number).texts("TOLONG kebakaran")


def states_of(city: City, phone: str) -> set[str]:
    return {alert.state for alert in city.alerts() if alert.phone == phone}


def test_the_first_text_leaves_at_once_and_the_others_as_one_with_all_codes(city: Pontianak) -> None:
    four_panics(city)
    desk = city.desk_barat
    assert len(desk.got) == 1
    city.forward(3)
    first, *others = codes(city)
    assert len(desk.got) == 2
    assert first in desk.got[0]
    bundle = desk.expects_text(*others)
    assert bundle.startswith("4 DARURAT menunggu jawaban Anda: ")
    assert fits(bundle)


def test_each_incident_knows_that_its_alert_has_arrived(city: Pontianak) -> None:
    four_panics(city)
    city.forward(3)
    assert states_of(city, city.desk_barat.number) == {alerts.DELIVERED}
    with city.open() as uow:
        mine = (Outbound.phone == city.desk_barat.number, Outbound.kind == "text", Outbound.purpose == "alert")
        tried = uow.db.scalars(select(Attempt).join(Outbound).where(*mine)).all()
        assert [attempt.state for attempt in tried].count(attempts.REFUSED) == 0
        assert sum(attempt.parts or 0 for attempt in tried) == 2


def test_who_has_time_between_two_panics_gets_two_texts_in_full(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.forward(3)
    neighbour(city, 1).texts("TOLONG")
    assert len(city.desk_barat.got) == 2
    assert "menunggu jawaban" not in city.desk_barat.last_text


def test_one_that_is_settled_before_the_text_leaves_is_not_named(city: Pontianak) -> None:
    four_panics(city)
    second = city.incidents[1]
    city.of_barat[3].texts(f"OK {second.code}")
    city.forward(3)
    assert all(second.code not in text or "yang datang" in text for text in city.desk_barat.got)


def test_a_bundle_that_no_line_takes_leaves_later_and_loses_nothing(city: Pontianak) -> None:
    four_panics(city)
    city.desk_barat.is_unreachable()
    city.forward(4)
    assert len(city.desk_barat.got) == 1
    with city.open() as uow:
        waiting = select(Alert).where(Alert.phone == city.desk_barat.number, Alert.state == alerts.WAITING)
        assert len(uow.db.scalars(waiting).unique().all()) == 3


def test_a_real_emergency_waits_for_no_text_of_a_drill(city: Pontianak) -> None:
    with city.open() as uow:
        drills.begin(uow, uow.db.get_one(Unit, city.barat.id))
    city.settle()
    city.budi.texts("TOLONG")
    assert city.desk_barat.expects_text("Budi", city.incidents[-1].code)


# --- the call ---------------------------------------------------------------------------------------------------------


def test_the_call_says_how_many_and_its_keys_are_about_the_oldest(city: Pontianak) -> None:
    four_panics(city)
    call = city.desk_barat.expects_call(saying="ada empat panggilan darurat").answers()
    city.exchange.press(city.desk_barat.number, "1")
    city.settle()
    first, *others = city.incidents
    assert first.leader_id is not None
    assert [incident.leader_id for incident in others] == [None] * 3
    assert "kebakaran" in call.said.casefold()


def test_after_a_yes_the_others_do_not_ring_at_once_but_none_is_dropped(city: Pontianak) -> None:
    four_panics(city)
    city.desk_barat.expects_call().presses("1")
    city.forward(20)
    assert not city.desk_barat.is_ringing
    city.forward(60)
    assert city.desk_barat.is_ringing


@pytest.mark.parametrize("key", ["0", ""])
def test_after_a_no_and_after_a_machine_the_next_one_rings_at_once(city: Pontianak, key: str) -> None:
    four_panics(city)
    call = city.desk_barat.expects_call()
    call.presses(key) if key else call.answers()
    city.exchange.hang_up(city.desk_barat.number)
    city.forward(3)
    assert city.desk_barat.is_ringing


def test_a_call_about_one_says_no_number_of_them(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    assert "menunggu jawaban" not in city.desk_barat.expects_call().answers().said
