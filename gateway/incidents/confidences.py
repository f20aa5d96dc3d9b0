"""Tell the street address and the notes for responders to the officer who leads or is on the way, and to nobody else.

A volunteer or an officer who was only asked never reads them. Each telling is audited, and stands on the timeline
without what was told.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway import notices
from gateway.core.places.spots import Source
from gateway.identity import audit_log
from gateway.incidents import timeline
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models.alert import Alert
from gateway.models.citizen import Citizen
from gateway.models.fix import Fix
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork

TOLD = "confided"  # the kind of the timeline's line


@dataclass(frozen=True)
class Confidence:
    """The facts that whoever comes may know; `address` is empty unless the incident's position is the home."""

    address: str = ""
    notes: str = ""
    hidden: bool = False  # the address is said on a call that we placed, never texted


def tell(uow: UnitOfWork, incident: Incident, alert: Alert) -> None:
    """Text address and notes, once, to an officer who has just accepted or set out. An address that must not stand in a
    text is not texted: the officer reads who may say it."""
    known = of(uow, incident, alert)
    if not (known.address or known.notes) or _was_told(uow, incident, alert):
        return
    _write_down(uow, incident, alert, "text")
    if known.address and known.hidden:
        notices.tell_alerted(uow, alert, incident, "officer.address_hidden")
    elif known.address:
        notices.tell_alerted(uow, alert, incident, "officer.address", place=known.address)
    if known.notes:
        notices.tell_alerted(uow, alert, incident, "officer.notes", words=known.notes)


def say_on_our_call(uow: UnitOfWork, incident: Incident, alert: Alert) -> Confidence:
    """Return what is said to this officer on a call that we placed, after the key, and audit it."""
    known = of(uow, incident, alert)
    if known.address or known.notes:
        _write_down(uow, incident, alert, "call")
    return known


def of(uow: UnitOfWork, incident: Incident, alert: Alert) -> Confidence:
    """Return what this officer may know; an empty confidence for anybody but who leads or is on the way. A desk reads
    it on the page, where each look is audited."""
    citizen = uow.db.get(Citizen, incident.citizen_id) if incident.citizen_id is not None else None
    if citizen is None or alert.is_desk or not _comes(uow, incident, alert):
        return Confidence()
    fix = uow.db.get(Fix, incident.fix_id) if incident.fix_id is not None else None
    at_home = fix is not None and fix.source == str(Source.HOME)
    person = citizen.person
    return Confidence(person.address or "" if at_home else "", person.notes or "", citizen.hide_address)


def _comes(uow: UnitOfWork, incident: Incident, alert: Alert) -> bool:
    if alert.state != alerts.ACCEPTED:
        return False
    leader = alerts.leader_of(uow.db, incident)
    leads = leader is not None and leader.id == alert.id
    return leads or timeline.says(uow, incident, alert.title, ON_THE_WAY)


ON_THE_WAY = (incidents.EN_ROUTE, incidents.ON_SCENE)  # kinds of lines of who has set out


def _was_told(uow: UnitOfWork, incident: Incident, alert: Alert) -> bool:
    return timeline.says(uow, incident, alert.title, (TOLD,))


def _write_down(uow: UnitOfWork, incident: Incident, alert: Alert, way: str) -> None:
    timeline.record(uow, incident, TOLD, alert.title)
    audit_log.record(uow, alert.title, "incident.confided", incident.code, way)
