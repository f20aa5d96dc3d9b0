"""Add people to an incident beside the waves of the policy: whom a desk chose by hand, and the services that words ask
for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from gateway.core.policy import Group, Policy, Wave, Who
from gateway.core.reachability import Caution
from gateway.core.sentences.alert_text import alert_text
from gateway.core.words.services import asked_for
from gateway.identity import confidants, reachability
from gateway.incidents import timeline, waves
from gateway.incidents.waves import Candidate
from gateway.models import alert as alerts
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

COVERT = (Caution.QUIET, Caution.DURESS)
SERVICES_ASKED = 3  # so many of the nearest ambulances or fire brigades are asked at once
THAT_UNIT = Policy((Wave(0, (Group(Who.DESK), Group(Who.UNIT))),))


def of_unit(uow: UnitOfWork, incident: Incident, unit: Unit) -> list[Candidate]:
    """Return a unit's desk and all its officers on duty, without those who were asked already."""
    scene = waves.survey(uow, incident)
    return waves.choose(replace(scene, unit=unit), THAT_UNIT, 1) if scene is not None else []


def of_service(uow: UnitOfWork, incident: Incident, service: Who) -> list[Candidate]:
    """Return the nearest ambulances or fire brigades, desk and crew, without those who were asked already."""
    scene = waves.survey(uow, incident)
    nearest = Policy((Wave(0, (Group(service, SERVICES_ASKED),)),))
    return waves.choose(scene, nearest, 1) if scene is not None else []


def ask_service(uow: UnitOfWork, who: str, incident: Incident, service: Who) -> bool:
    """Ask the nearest ambulances or fire brigades. Return False if there are none, or all of them were asked."""
    return ask(uow, who, incident, of_service(uow, incident, service))


def ask_wanted(uow: UnitOfWork, incident: Incident, words: str) -> None:
    """Ask the ambulance or the fire brigade that the citizen's words ask for. Not where the phone must be quiet: a
    siren at the door may betray who called, so the desk decides."""
    if incident.drill or reachability.caution_for(uow, incident) in COVERT:
        return
    for service in asked_for(words):
        ask_service(uow, incident.name, incident, service)


def ask(uow: UnitOfWork, who: str, incident: Incident, people: Sequence[Candidate]) -> bool:
    """Owe one text and one call to each of these people who may know of it, in the alerts' lane. Return False if all
    were asked already."""
    circle = confidants.around(uow, incident.phone)
    allowed = [person for person in people if circle.allows(person.phone)]
    fresh = [person for person in allowed if alerts.newest_for(uow.db, incident.id, person.phone) is None]
    policy = waves.policy_for(uow, incident)
    for person in fresh:
        alert = add(uow, incident, person, alerts.WAITING)
        uow.db.add(_text(uow, incident, alert))
        uow.db.add(waves.call_of(uow, alert, 0, uow.now(), policy))
    if fresh:
        timeline.record(uow, incident, "asked_more", who, ", ".join(_title(person) for person in fresh))
        uow.after_commit.deliver(incident.id)
    return bool(fresh)


def _title(person: Candidate) -> str:
    if person.officer is not None:
        return person.officer.title
    return person.unit.name if person.unit is not None else person.phone


def add(uow: UnitOfWork, incident: Incident, person: Candidate, state: str) -> Alert:
    """Write an alert in the running wave; the caller of this function decides which text and call it owes."""
    alert = Alert(
        incident_id=incident.id,
        wave=incident.wave,
        officer_id=person.officer.id if person.officer is not None else None,
        unit_id=person.unit.id if person.unit is not None else None,
        phone=person.phone,
        language=person.language,
        state=state,
        distance_m=person.metres,
        asked_at=uow.now(),
    )
    uow.db.add(alert)
    uow.db.flush()
    return alert


def _text(uow: UnitOfWork, incident: Incident, alert: Alert) -> Outbound:
    now = uow.now()
    return Outbound(
        kind=outbounds.TEXT,
        purpose="alert",
        lane=outbounds.ALERT_LANE,
        rank=0,
        phone=alert.phone,
        body=alert_text(waves.facts(uow, incident, alert), alert.language),
        incident_id=incident.id,
        alert_id=alert.id,
        created_at=now,
        due_at=now,
        expires_at=now + waves.WORTH,
    )
