"""More than one emergency at a time: who is asked, whose phone rings first, and what a drill may hold up."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from journeys.city import City, Phone, Pontianak
from sqlalchemy import select

from gateway.incidents import drills, waves
from gateway.incidents.free import busy_phones
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit


def neighbour(city: Pontianak, number: int, **facts: object) -> Phone:
    """Somebody who lives where Budi lives."""
    home = {"unit": city.barat, "lat": -0.02, "lon": 109.30} | facts
    return city.citizen(f"+62813900001{number:02}", name=f"Warga {number}", **home)


def asked_for(city: City, phone: Phone) -> set[str]:
    incident = city.open_incident_of(phone)
    assert incident is not None
    return {alert.phone for alert in city.alerts() if alert.incident_id == incident.id}


def ringing(city: City) -> dict[int, set[str]]:
    """The phones that ring, by incident."""
    with city.open() as uow:
        rows = uow.db.execute(select(Outbound.incident_id, Outbound.phone).where(outbounds.rings())).all()
        return {number: {row.phone for row in rows if row.incident_id == number} for number, _ in rows}


def officers_rung_for(city: Pontianak, phone: Phone) -> set[str]:
    incident = city.open_incident_of(phone)
    assert incident is not None
    return ringing(city).get(incident.id, set()) - {city.desk_barat.number, city.desk_kota.number}


def test_a_second_emergency_rings_the_free_and_texts_the_nearer_who_are_busy(city: Pontianak) -> None:
    barat = [officer.number for officer in city.of_barat]
    city.budi.texts("TOLONG")
    assert officers_rung_for(city, city.budi) == set(barat[:3])
    ani = neighbour(city, 1)
    ani.texts("TOLONG")
    assert asked_for(city, ani) == {*barat, city.desk_barat.number}
    assert officers_rung_for(city, ani) == set(barat[3:])
    city.forward(3)  # the text to who was asked for another a moment ago waits for what else comes (together)
    city.of_barat[0].expects_text("Warga 1")


def test_the_call_to_who_is_busy_leaves_once_they_are_free_again(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    ani = neighbour(city, 1)
    ani.texts("TOLONG")
    city.of_barat[0].expects_call().presses("0")
    city.forward(2)
    assert city.of_barat[0].number in officers_rung_for(city, ani)


def test_who_goes_to_another_emergency_is_not_taken_for_free(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    city.of_barat[0].expects_call().presses("1")
    city.forward(60)
    ani = neighbour(city, 1)
    ani.texts("TOLONG")
    assert officers_rung_for(city, ani) >= {officer.number for officer in city.of_barat[1:4]}
    assert city.of_barat[0].number in asked_for(city, ani)


def test_where_too_few_are_free_those_of_the_next_wave_stand_in(city: Pontianak) -> None:
    city.budi.texts("TOLONG")
    neighbour(city, 1).texts("TOLONG")
    joko = neighbour(city, 2)
    joko.texts("TOLONG")
    assert officers_rung_for(city, joko) == {officer.number for officer in city.of_kota[:3]}


def test_who_is_off_duty_stands_in_for_nobody(city: Pontianak) -> None:
    with city.open() as uow:
        for officer in uow.db.scalars(select(Officer).where(Officer.unit_id == city.kota.id)):
            officer.on_duty = False
    for person in (city.budi, neighbour(city, 1)):
        person.texts("TOLONG")
    joko = neighbour(city, 2)
    joko.texts("TOLONG")
    assert asked_for(city, joko) == {*(officer.number for officer in city.of_barat[:3]), city.desk_barat.number}


def test_a_drill_gives_its_phones_to_a_real_emergency(city: Pontianak) -> None:
    with city.open() as uow:
        unit = uow.db.get(Unit, city.barat.id)
        assert unit is not None
        drills.begin(uow, unit)
    city.settle()
    (held,) = ringing(city).values()
    assert city.desk_barat.number in held
    city.budi.texts("TOLONG")
    assert officers_rung_for(city, city.budi).isdisjoint(held)
    city.forward(2)
    assert ringing(city)[city.incidents[-1].id] >= held


# --- what always holds ------------------------------------------------------------------------------------------------


def faults(city: City) -> list[str]:
    """The incidents that no phone rings for although one could."""
    found = []
    with city.open() as uow:
        rung = dict(uow.db.execute(select(Outbound.phone, Outbound.incident_id).where(outbounds.rings())).all())
        for incident in uow.db.scalars(select(Incident).where(Incident.closed_at.is_(None))):
            if incident.id in rung.values() or incident.state != incidents.OPEN:
                continue
            if incident.opened_at > city.clock.at - timedelta(seconds=2):
                continue
            owed = select(Outbound.phone).where(
                Outbound.incident_id == incident.id,
                Outbound.state == outbounds.OWED,
                Outbound.kind == outbounds.CALL,
                Outbound.due_at <= city.clock.at - timedelta(seconds=2),
            )
            found += [f"{incident.code} could ring {phone}" for phone in uow.db.scalars(owed) if phone not in rung]
    return found


def asks_only_busy(city: City, person: Phone) -> bool:
    """Whether this incident was opened with busy phones only, although a free officer is in its next wave."""
    rung = ringing(city)
    with city.open() as uow:
        incident = incidents.open_of(uow.db, person.number)
        scene = waves.survey(uow, incident) if incident is not None else None
        if incident is None or scene is None or rung.get(incident.id):
            return False
        near = waves.choose(scene, waves.policy_for(uow, incident), 2)
        on_duty = {one.phone for one in near if one.officer is not None and one.officer.on_duty}
        return bool(on_duty - set(busy_phones(uow.db, on_duty)))


def test_fifteen_panics_in_half_a_second_each_have_a_ringing_phone_within_two(city: Pontianak) -> None:
    """Nobody answers. With twelve officers and the desks there are fewer phones than panics: none of them is idle."""
    people = [city.budi, *(neighbour(city, number) for number in range(14))]
    for number, person in enumerate(people):
        city.clock.at += timedelta(seconds=0.5 / 15)
        person.texts("TOLONG" if number % 2 else "tolong ada maling")
    city.forward(2)
    assert faults(city) == []
    officers = {officer.number for officer in (*city.of_barat, *city.of_kota)}
    assert set().union(*ringing(city).values()) >= officers
    for _ in range(12):
        city.forward(5)
        assert faults(city) == []


@pytest.mark.parametrize("seed", range(3))
def test_nobody_waits_for_a_ring_while_a_phone_asked_for_them_is_free(city: Pontianak, seed: int) -> None:
    """Panics, answers, refusals, closings and quiet minutes beside a drill, in any order."""
    chance = random.Random(seed)
    with city.open() as uow:
        drills.begin(uow, uow.db.get_one(Unit, city.barat.id))
    city.settle()
    people = [neighbour(city, number, lat=-0.02 - chance.random() / 20) for number in range(8)]
    officers = [*city.of_barat, *city.of_kota]
    for _ in range(9):
        what = chance.random()
        if what < 0.5:
            person = chance.choice(people)
            again = city.open_incident_of(person) is not None
            person.texts("TOLONG")
            assert again or not asks_only_busy(city, person)
        elif what < 0.75:
            rung = [officer for officer in officers if officer.is_ringing]
            if rung:
                chance.choice(rung).expects_call().presses(chance.choice("0011"))
        elif what < 0.9:
            chance.choice(officers).texts("SELESAI")
        city.forward(chance.choice([1, 3, 8]))
        city.forward(2)
        assert faults(city) == []
