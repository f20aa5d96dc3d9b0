"""Whom a wave asks, and the rows that make their phones ring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update

from gateway import timeline
from gateway.core import distance
from gateway.core.alert_text import AlertFacts, alert_text
from gateway.core.policy import Group, Policy, Who, policy_of
from gateway.core.spots import Source
from gateway.desk import Desk
from gateway.models import alert as alerts
from gateway.models import officer as officers
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.fix import Fix
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit

WORTH = timedelta(minutes=10)  # an alert's validity where the carrier has one
HERE_FRESH = timedelta(hours=12)  # an officer's own POSISI counts that long
Point = tuple[float, float]


@dataclass(frozen=True)
class Candidate:
    """Somebody to ask: an officer, or (officer None) the desk of a unit."""

    phone: str
    language: str
    officer: Officer | None = None
    unit: Unit | None = None
    metres: float | None = None


@dataclass
class Scene:
    """What choosing needs to know, gathered once."""

    desk: Desk
    incident: Incident
    unit: Unit
    origin: Point | None
    asked: dict[str, Alert] = field(default_factory=dict)  # the newest alert per phone
    first: set[str] = field(default_factory=set)  # whom wave 1 asked


def policy_for(desk: Desk, incident: Incident) -> Policy:
    unit = desk.db.get(Unit, incident.unit_id) if incident.unit_id else None
    return policy_of(unit.policy, unit.waves) if unit is not None else policy_of("")


def ask_next(desk: Desk, incident: Incident) -> int | None:
    """Ask the next wave that brings anybody; returns how many, or None where it is too large for this transaction
    (then it stays due and the worker writes it). The incident is locked by whoever calls."""
    policy, scene = policy_for(desk, incident), survey(desk, incident)
    while True:
        number = incident.wave + 1
        people = choose(scene, policy, number) if scene is not None else []
        if desk.wave_limit is not None and len(people) > desk.wave_limit:
            incident.next_wave_at = desk.now()
            desk.later.wave(incident.id)
            return None
        incident.wave, incident.last_wave_at = number, desk.now()
        incident.next_wave_at = _due(policy, incident, number + 1)
        if people or policy.is_repeat(number):
            break
    if scene is not None and people:
        _write(scene, policy, people, number)
    timeline.record(desk, incident, "wave", text=f"{number}: {len(people)}")
    return len(people)


def _due(policy: Policy, incident: Incident, number: int) -> datetime:
    last = incident.last_wave_at or incident.opened_at
    seconds = policy.due(number, 0.0, (last - incident.opened_at).total_seconds())
    return incident.opened_at + timedelta(seconds=seconds)


def survey(desk: Desk, incident: Incident) -> Scene | None:
    """The scene of an incident; None where no unit exists at all."""
    unit = desk.db.get(Unit, incident.unit_id) if incident.unit_id else units.topmost(desk.db)
    if unit is None:
        return None
    fix = desk.db.get(Fix, incident.fix_id) if incident.fix_id else None
    origin = (fix.lat, fix.lon) if fix is not None else _place(unit)
    rows = alerts.of_incident(desk.db, incident.id)
    return Scene(
        desk, incident, unit, origin, {row.phone: row for row in rows}, {row.phone for row in rows if row.wave == 1}
    )


def choose(scene: Scene, policy: Policy, number: int) -> list[Candidate]:
    """Who is asked in wave `number`: each phone once, never the phone that asks for help, nobody who was asked already
    (a repeat of the ladder asks wave 1 again) or can never be reached."""
    chosen: dict[str, Candidate] = {}
    for group in policy.groups(number):
        for person in _nearest(scene, PICK[group.who](scene), group):
            chosen.setdefault(person.phone, person)
    repeat = policy.is_repeat(number)
    return [person for person in chosen.values() if _may_ask(scene, person.phone, repeat)]


def _may_ask(scene: Scene, phone: str, repeat: bool) -> bool:
    if phone == scene.incident.phone or scene.desk.lines.is_own(phone):
        return False
    before = scene.asked.get(phone)
    if before is None or before.state == alerts.STOOD_DOWN:
        return True
    return repeat and before.state not in (alerts.FAILED, alerts.ACCEPTED)


def _nearest(scene: Scene, people: Sequence[Candidate], group: Group) -> Sequence[Candidate]:
    if group.most is None or scene.origin is None:
        return people[: group.most]
    people = [person for person in people if _may_ask(scene, person.phone, repeat=False)]
    return sorted(people, key=lambda person: person.metres if person.metres is not None else float("inf"))[: group.most]


# --- the groups -----------------------------------------------------------------------------------------------


def _desks(scene: Scene, whose: Iterable[Unit | None]) -> list[Candidate]:
    found = [unit for unit in whose if unit is not None and unit.phone]
    language = scene.desk.rules.default_language
    return [Candidate(unit.phone or "", language, None, unit, _metres(scene, _place(unit))) for unit in found]


def _officers(scene: Scene, unit_ids: Sequence[int], on_duty_only: bool) -> list[Candidate]:
    people = officers.of_units(scene.desk.db, unit_ids, on_duty_only)
    homes = {unit_id: _place(scene.desk.db.get(Unit, unit_id)) for unit_id in {person.unit_id for person in people}}
    places = [_whereabouts(scene, person) or homes[person.unit_id] for person in people]
    far = _all_metres(scene.origin, places)
    return [
        Candidate(person.phone, person.language, person, None, away) for person, away in zip(people, far, strict=True)
    ]


def _whereabouts(scene: Scene, officer: Officer) -> Point | None:
    """Their own word while it is fresh, else their usual place."""
    if officer.here_at is not None and officer.here_at > scene.desk.now() - HERE_FRESH:
        return _point(officer.here_lat, officer.here_lon)
    return _point(officer.lat, officer.lon)


def _polres(scene: Scene) -> list[Candidate]:
    polres = units.polres_of(scene.desk.db, scene.unit)
    ids = units.ids_below(scene.desk.db, polres) if polres is not None else [scene.unit.id]
    return _officers(scene, ids, on_duty_only=False)


def _polres_desk(scene: Scene) -> list[Candidate]:
    """The Polres' desk; above any Polres (a Polda answers for the place) the desks of all that it leads."""
    polres = units.polres_of(scene.desk.db, scene.unit)
    return _desks(scene, [polres] if polres is not None else units.children(scene.desk.db, scene.unit))


def _first_wave(scene: Scene) -> list[Candidate]:
    again = [alert for phone, alert in scene.asked.items() if phone in scene.first]
    return [Candidate(row.phone, row.language, row.officer, row.desk, row.distance_m) for row in again]


PICK: dict[Who, Callable[[Scene], list[Candidate]]] = {
    Who.DESK: lambda scene: _desks(scene, [scene.unit]),
    Who.NEAREST: lambda scene: _officers(scene, [scene.unit.id], on_duty_only=True),
    Who.UNIT: lambda scene: _officers(scene, [scene.unit.id], on_duty_only=True),
    Who.NEIGHBOURS: lambda scene: _officers(
        scene, [unit.id for unit in units.neighbours(scene.desk.db, scene.unit)], on_duty_only=True
    ),
    Who.POLRES: _polres,
    Who.POLRES_DESK: _polres_desk,
    Who.TOP_DESK: lambda scene: _desks(scene, [units.chain(scene.desk.db, scene.unit)[-1]]),
    Who.FIRST_WAVE: _first_wave,
}


# --- distances ------------------------------------------------------------------------------------------------


def _point(lat: float | None, lon: float | None) -> Point | None:
    return (lat, lon) if lat is not None and lon is not None else None


def _place(unit: Unit | None) -> Point | None:
    return _point(unit.lat, unit.lon) if unit is not None else None


def _metres(scene: Scene, place: Point | None) -> float | None:
    return distance.metres(scene.origin, place) if scene.origin is not None and place is not None else None


def _all_metres(origin: Point | None, places: Sequence[Point | None]) -> list[float | None]:
    """One distance a person; officers who stand at their unit share its point, so each point is measured once."""
    if origin is None:
        return [None] * len(places)
    known = {place: distance.metres(origin, place) for place in set(places) if place is not None}
    return [known.get(place) if place is not None else None for place in places]


# --- the rows -------------------------------------------------------------------------------------------------


def _write(scene: Scene, policy: Policy, people: Sequence[Candidate], number: int) -> None:
    """Write the alerts of a wave and what each owes: one text at once, one call in its turn."""
    _replace(scene, [person.phone for person in people])
    rows = [_alert(scene, person, number) for person in people]
    scene.desk.db.add_all(rows)
    scene.desk.db.flush()
    rank = 0 if number == 1 else number
    for person, row in zip(people, rows, strict=True):
        scene.desk.db.add(_text(scene, person, row, rank))
        scene.desk.db.add(call_of(scene.desk, row, rank, scene.desk.now()))
    scene.desk.db.flush()
    scene.desk.later.deliver(scene.incident.id)


def _replace(scene: Scene, phones: Sequence[str]) -> None:
    """A new alert replaces what is left of the one before: what it still owes is called off."""
    old = [scene.asked[phone].id for phone in phones if phone in scene.asked]
    if old:
        scene.desk.db.execute(update(Alert).where(Alert.id.in_(old)).values(replaced=True))
        call_off(scene.desk, Outbound.alert_id.in_(old))


def call_off(desk: Desk, *which: ColumnElement[bool]) -> None:
    """What is owed and not yet on the wire will not leave."""
    held = Outbound.state.in_((outbounds.OWED, outbounds.CLAIMED))
    desk.db.execute(update(Outbound).where(held, *which).values(state=outbounds.CALLED_OFF))


def _alert(scene: Scene, person: Candidate, number: int) -> Alert:
    return Alert(
        incident_id=scene.incident.id,
        wave=number,
        officer_id=person.officer.id if person.officer else None,
        unit_id=person.unit.id if person.unit else None,
        phone=person.phone,
        language=person.language,
        distance_m=person.metres,
        asked_at=scene.desk.now(),
    )


def _text(scene: Scene, person: Candidate, row: Alert, rank: int) -> Outbound:
    now = scene.desk.now()
    return Outbound(
        kind=outbounds.TEXT,
        purpose="alert",
        lane=outbounds.ALERT_LANE,
        rank=rank,
        distance_m=row.distance_m or 0.0,
        phone=row.phone,
        body=alert_text(facts(scene.desk, scene.incident, row), person.language),
        incident_id=scene.incident.id,
        alert_id=row.id,
        created_at=now,
        due_at=now,
        expires_at=now + WORTH,
    )


def reword(desk: Desk, incident: Incident) -> set[int]:
    """Alerts whose text has not been taken to the wire say what is true now; returns which those are."""
    mine = (Outbound.incident_id == incident.id, Outbound.kind == outbounds.TEXT, Outbound.purpose == "alert")
    query = select(Outbound).where(*mine, Outbound.state == outbounds.OWED).with_for_update(skip_locked=True)
    reworded = set()
    for owed in desk.db.scalars(query):
        alert = desk.db.get(Alert, owed.alert_id)
        if alert is not None:
            owed.body = alert_text(facts(desk, incident, alert), alert.language)
            reworded.add(alert.id)
    return reworded


def call_of(desk: Desk, row: Alert, rank: int, due: datetime) -> Outbound:
    """One call that an alert owes. Desks go first whatever the wave."""
    return Outbound(
        kind=outbounds.CALL,
        purpose="alert",
        lane=outbounds.ALERT_LANE,
        rank=0 if row.is_desk else rank,
        distance_m=row.distance_m or 0.0,
        phone=row.phone,
        incident_id=row.incident_id,
        alert_id=row.id,
        created_at=desk.now(),
        due_at=due,
    )


def _age(desk: Desk, fix: Fix | None) -> float | None:
    """Seconds since the position was taken; a registered home has no age."""
    if fix is None or fix.source == str(Source.HOME):
        return None
    return (desk.now() - fix.taken_at).total_seconds()


def facts(desk: Desk, incident: Incident, alert: Alert | None) -> AlertFacts:
    """What an alert, a page or a call says about an incident."""
    fix = desk.db.get(Fix, incident.fix_id) if incident.fix_id else None
    unit = desk.db.get(Unit, incident.unit_id) if incident.unit_id else None
    lines = desk.lines.for_texts(alert.phone) if alert is not None else ()
    return AlertFacts(
        code=incident.code,
        at=incident.opened_at,
        timezone=unit.timezone if unit is not None else "Asia/Jakarta",
        name=incident.name,
        phone=incident.phone,
        place=fix.place or None if fix is not None else None,
        distance_m=alert.distance_m if alert is not None and fix is not None else None,
        lat=fix.lat if fix is not None else None,
        lon=fix.lon if fix is not None else None,
        source=fix.source if fix is not None else "",
        age_seconds=_age(desk, fix),
        radius_m=fix.radius_m if fix is not None else None,
        quiet=incident.quiet or not incident.ring_back,
        duress=incident.duress,
        drill=incident.drill,
        reply_to=lines[0].reply_to if lines else None,
        repeat=incident.repeats,
    )
