"""Preview the people whom a panic would alert now: a policy's waves, computed on a scene that exists only in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.core.places.spots import Source
from gateway.core.policy import Policy
from gateway.identity.callers import Caller
from gateway.identity.users import Identity
from gateway.incidents import recipients
from gateway.incidents.recipients import Candidate, Scene
from gateway.incidents.whereabouts import Point
from gateway.location import jurisdiction
from gateway.models import alert as alerts
from gateway.models.alert import Alert
from gateway.models.fix import Fix
from gateway.models.incident import Incident
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

SHOWN = 30  # the most people of a wave whom we name
RADIUS_M = 50.0


@dataclass(frozen=True)
class Person:
    title: str
    is_desk: bool
    metres: float | None


@dataclass(frozen=True)
class WaveShown:
    """One wave: `after` seconds since the panic, how many phones, and the first of them."""

    after: int
    count: int
    people: Sequence[Person]


@dataclass(frozen=True)
class Preview:
    """The waves of a policy at a place. `answers` is the unit that a panic there would really go to."""

    answers: Unit | None
    waves: Sequence[WaveShown]
    again: Sequence[Person]


def of(uow: UnitOfWork, who: Identity, unit: Unit, policy: Policy, point: Point | None) -> Preview:
    """Return the people whom a panic of this unit would alert now under `policy`.

    `point` is in degrees WGS 84; None means an unknown place. Nothing is written. A person who is not of this admin's
    units is shown by the unit's name only.
    """
    scene = _scene(uow, unit, point)
    waves = [_wave(scene, who, policy, number) for number in range(1, len(policy.waves) + 1)]
    again = recipients.people(scene, policy, len(policy.waves) + 1)
    named = [_person(uow, who, one) for one in again[:SHOWN]]
    return Preview(jurisdiction.responsible(uow, scene.fix, Caller("", desks=(unit,))), waves, named)


def _scene(uow: UnitOfWork, unit: Unit, point: Point | None) -> Scene:
    fix = fix_at(uow, point) if point is not None else None
    home = (unit.lat, unit.lon) if unit.lat is not None and unit.lon is not None else None
    return Scene(uow, Incident(phone="", unit_id=unit.id), unit, point or home, fix=fix)


def fix_at(uow: UnitOfWork, point: Point) -> Fix:
    """Return a position like a desk's click on a map (degrees WGS 84) without storing it."""
    now = uow.now()
    return Fix(phone="", source=str(Source.DESK), lat=point[0], lon=point[1], radius_m=RADIUS_M, place="",
               taken_at=now, received_at=now)  # fmt: skip


def _wave(scene: Scene, who: Identity, policy: Policy, number: int) -> WaveShown:
    people = recipients.people(scene, policy, number)
    scene.asked |= {person.phone: _alert(person, number) for person in people}
    if number == 1:
        scene.first.update(person.phone for person in people)
    named = [_person(scene.uow, who, person) for person in people[:SHOWN]]
    return WaveShown(policy.waves[number - 1].after, len(people), named)


def _alert(asked: Candidate, number: int) -> Alert:
    return Alert(
        wave=number,
        state=alerts.SENT,
        phone=asked.phone,
        language=asked.language,
        officer=asked.officer,
        desk=asked.unit,
        distance_m=asked.metres,
    )


def _person(uow: UnitOfWork, who: Identity, asked: Candidate) -> Person:
    if asked.officer is None:
        return Person(asked.unit.name if asked.unit is not None else "", True, asked.metres)
    if who.sees(asked.officer.unit_id):
        return Person(asked.officer.title, False, asked.metres)
    unit = uow.db.get(Unit, asked.officer.unit_id)
    return Person(unit.name if unit is not None else "", False, asked.metres)
