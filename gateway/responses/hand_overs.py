"""SERAH: a leader asks somebody who was asked to come to take the incident over, by a text and a call.

Until that officer says yes the giver leads, and the leader's clock runs on. `gateway.dispatch` takes the yes.
"""

from __future__ import annotations

from gateway import notices
from gateway.core.codes import in_brief
from gateway.core.handing import fitting
from gateway.core.words.reading import Reading
from gateway.identity import confidants, reachability
from gateway.identity.callers import Caller
from gateway.incidents import timeline
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.responses import officer_replies, ring_backs
from gateway.unit_of_work import UnitOfWork


def hand_over(uow: UnitOfWork, caller: Caller, said: Reading) -> None:
    """Ask the officer whom the name fits to take over; the giver reads who was asked, or what is missing."""
    mine = officer_replies.duties(uow, caller.phone)
    led = {duty.incident.code: duty for duty in mine if duty.incident.leader_id == duty.alert.id}
    code = said.code or (next(iter(led)) if len(led) == 1 else "")
    if code not in led:
        _ask_code(uow, caller, list(led))
        return
    incident = incidents.lock(uow.db, led[code].incident.id)
    giver = alerts.leader_of(uow.db, incident)
    if incident.closed or giver is None or giver.phone != caller.phone:
        officer_replies.tell(uow, caller, "officer.hand_not_yours")
        return
    _ask_by_name(uow, incident, giver, said.hand_over or "")


def _ask_code(uow: UnitOfWork, caller: Caller, codes: list[str]) -> None:
    if codes:
        officer_replies.tell(uow, caller, "officer.hand_code", open_codes=in_brief(codes), code=codes[0])
    else:
        officer_replies.tell(uow, caller, "officer.hand_not_yours")


def _ask_by_name(uow: UnitOfWork, incident: Incident, giver: Alert, name: str) -> None:
    people = _people(uow, incident, giver)
    found = [people[at] for at in fitting(name, [person.title for person in people])]
    if len(found) == 1:
        _ask(uow, incident, giver, found[0])
        return
    key = "officer.hand_which" if found else "officer.hand_nobody"
    names = ", ".join(person.title for person in found)
    notices.tell_alerted(uow, giver, incident, key, words=names or name)


def _people(uow: UnitOfWork, incident: Incident, giver: Alert) -> list[Alert]:
    """Return the newest alert of every officer who was asked to come, without the giver and those who may not be asked
    now."""
    newest = {row.phone: row for row in alerts.of_incident(uow.db, incident.id)}
    circle = confidants.around(uow, incident.phone)
    officers = [row for row in newest.values() if not row.is_desk and not row.serves and circle.allows(row.phone)]
    others = [row for row in officers if row.phone not in (giver.phone, incident.phone)]
    return [row for row in others if not row.barred and reachability.to_officer(uow, row.phone).allowed]


def _ask(uow: UnitOfWork, incident: Incident, giver: Alert, heir: Alert) -> None:
    """Ask one officer, instead of any whom this incident's leader asked before. The desk reads it."""
    for row in alerts.of_incident(uow.db, incident.id):
        row.offered_by = None
    heir.offered_by = giver.id
    timeline.record(uow, incident, "hands_over", giver.title, heir.title)
    notices.tell_alerted(uow, heir, incident, "officer.hand_asked", who=giver.title)
    ring_backs.owe(uow, incident, heir)
    notices.tell_alerted(uow, giver, incident, "officer.hand_waits", who=heir.title)
    unit = units.by_id(uow.db, incident.unit_id)
    notices.tell_desk(uow, unit, "desk.hands_over", incident, who=giver.title, words=heir.title)
