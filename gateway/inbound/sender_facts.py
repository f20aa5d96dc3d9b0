"""Gather the facts by which `gateway.core.intent` decides: who a number belongs to and what it has open as it writes.

Nothing here writes a row or takes a lock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.core.intent.facts import AskedFor, Case, LastSaid, OpenFacts, Sender, Standing
from gateway.core.phone import can_reply
from gateway.core.text_ages import ends
from gateway.core.uncertain import AFTER_CLOSING
from gateway.core.words.reading import Reading, read
from gateway.identity import confidants
from gateway.identity.callers import Caller
from gateway.inbound import unknown_numbers
from gateway.models import alert as alerts
from gateway.models import attempt as attempts
from gateway.models import clarification as clarification_rows
from gateway.models import helping as helpings
from gateway.models import incident as incidents
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork

Duties = Sequence[tuple[Alert, Incident]]
TALK_ON = timedelta(minutes=10)  # so long after a closing the citizen and those who went may still write to each other
TOLD_WITHIN = timedelta(hours=24)  # an answer without a code is read against our texts and calls of so long


def gather(uow: UnitOfWork, caller: Caller, body: str, sent_by: datetime | None = None) -> Case:
    """Read the text, and look up everything that decides what it is taken for.

    `caller` is the owner of the number that sent it; `body` is the text as it was kept; `sent_by` is the latest
    moment at which it can have been sent (`Inbound.sent_by`), None for now.
    """
    duties = alerts.duties_of(uow.db, caller.phone) if caller.responder else ()
    waiting = clarification_rows.open_of_units(uow.db, [unit.id for unit in caller.desks], uow.now())
    over = alerts.accepted_lately(uow.db, caller.phone, uow.now() - TALK_ON) if caller.responder else ()
    reading = read(
        body, [*over, *(incident.code for _, incident in duties), *(call.code for call in waiting if call.code)]
    )
    last_said = LastSaid(unknown_numbers.last_texts(uow, caller.phone))
    sent_by = sent_by or uow.now()
    told = last_told(uow, caller.phone, sent_by) if caller.responder else None
    facts = _open(uow, caller, duties, reading, bool(waiting), told, sent_by)
    return Case(reading, _sender(uow, caller), replace(facts, over=over), last_said)


def _sender(uow: UnitOfWork, caller: Caller) -> Sender:
    return Sender(
        machine=not can_reply(caller.phone) or uow.lines.is_own(caller.phone),
        citizen=caller.verified_citizen,
        officer=caller.officer is not None and not caller.officer.suspended,
        desk=bool(caller.desks),
        volunteer=caller.citizen is not None and bool(caller.citizen.volunteer_m),
    )


STANDING: dict[str, Standing] = {
    alerts.WAITING: Standing.WAITING,
    alerts.SENT: Standing.WAITING,
    alerts.DELIVERED: Standing.WAITING,
    alerts.NO_ANSWER: Standing.WAITING,
    alerts.FAILED: Standing.WAITING,  # whoever answers has heard of it, whatever the line says
    alerts.ACCEPTED: Standing.ACCEPTED,
    alerts.DECLINED: Standing.DECLINED,
    alerts.STOOD_DOWN: Standing.STOOD_DOWN,
    alerts.LEFT_OUT: Standing.NOT_ASKED,
}


def stands(uow: UnitOfWork, alert: Alert | None, incident: Incident, sent_by: datetime) -> AskedFor:
    """Return how a phone stands to an incident; `alert` is the newest that asked it, None if nothing did. `sent_by` is
    when its answer was sent (`Inbound.sent_by`)."""
    leader = alerts.leader_of(uow.db, incident)
    goes = leader is not None and (not leader.is_desk or incident.state in (incidents.EN_ROUTE, incidents.ON_SCENE))
    standing = STANDING[alert.state] if alert is not None else Standing.NOT_ASKED
    if alert is not None and standing is not Standing.ACCEPTED and alert.takes_over_from(leader):
        standing = Standing.WAITING
    return AskedFor(incident.code, standing, goes, incident.closed, _later(alert, sent_by))


def _later(alert: Alert | None, sent_by: datetime) -> bool:
    if alert is None:
        return False
    began_at = alert.answered_at if alert.state == alerts.ACCEPTED else alert.asked_at
    return began_at is not None and not ends(began_at, sent_by)


def last_told(uow: UnitOfWork, phone: str, before: datetime) -> AskedFor | None:
    """Return the incident that the newest text or call of ours to this phone (E.164) names, of those that had left by
    `before`; None if there is none of the last TOLD_WITHIN."""
    incident_id = attempts.last_named(uow.db, phone, before - TOLD_WITHIN, before)
    if incident_id is None:
        return None
    alert = alerts.newest_for(uow.db, incident_id, phone)
    if alert is not None and alert.state == alerts.LEFT_OUT:
        return None
    return stands(uow, alert, uow.db.get_one(Incident, incident_id), before)


def _open(
    uow: UnitOfWork,
    caller: Caller,
    duties: Duties,
    reading: Reading,
    desk_asked: bool,
    told: AskedFor | None,
    sent_by: datetime,
) -> OpenFacts:
    now = uow.now()
    own = incidents.open_of(uow.db, caller.phone)
    asked = clarification_rows.open_of(uow.db, caller.phone, now)
    return OpenFacts(
        own=own is not None,
        believed=own is not None and own.is_seen,
        asked_back=asked is not None,
        asked_lately=_asked_lately(uow, caller),
        just_closed=incidents.just_closed_of(uow.db, caller.phone, now - TALK_ON) is not None,
        closed_lately=incidents.over_for_phone(uow.db, caller.phone, now - AFTER_CLOSING) is not None,
        closed_unproven=incidents.unproven_of(uow.db, caller.phone, now - AFTER_CLOSING) is not None,
        desk_asked=desk_asked,
        names_call=_names_call(uow, caller, reading),
        duties=tuple(stands(uow, alert, incident, sent_by) for alert, incident in duties),
        told=told,
        elsewhere=_names_another(uow, caller, duties, reading),
        before_question=asked is not None and not ends(asked.asked_at, sent_by),
        helps=_helps(uow, caller),
    )


def _asked_lately(uow: UnitOfWork, caller: Caller) -> bool:
    """Return whether the phone was asked something within 30 minutes, whoever has settled it since. A question that
    has become an incident counts as long as that is open."""
    call = clarification_rows.newest_lately(uow.db, caller.phone, uow.now())
    incident = uow.db.get(Incident, call.incident_id) if call is not None and call.incident_id is not None else None
    return call is not None and (incident is None or not incident.closed)


def _names_call(uow: UnitOfWork, caller: Caller, reading: Reading) -> bool:
    """Return whether the code in a responder's text is that of an uncertain call of a unit at or below theirs."""
    if not caller.responder or reading.code is None:
        return False
    if incidents.open_by_code(uow.db, reading.code) is not None:
        return False
    named = clarification_rows.newest_by_code(uow.db, reading.code)
    if named is None or named.phone == caller.phone:
        return False
    if not confidants.around(uow, named.phone).allows(caller.phone):
        return False
    below = {unit_id for unit in caller.desks for unit_id in units.ids_below(uow.db, unit)}
    return named.unit_id in below if caller.desks else True


def _names_another(uow: UnitOfWork, caller: Caller, duties: Duties, reading: Reading) -> bool:
    """Return whether a responder's answer names an open incident of somebody else that this phone was not alerted for.
    One of which it must not know is none."""
    code = reading.answer.code if caller.responder and reading.answer is not None else None
    if code is None or any(incident.code == code for _, incident in duties):
        return False
    named = incidents.open_by_code(uow.db, code)
    if named is None or named.phone == caller.phone:
        return False
    return confidants.around(uow, named.phone).allows(caller.phone)


def _helps(uow: UnitOfWork, caller: Caller) -> tuple[str, ...]:
    if caller.citizen is None or not caller.citizen.volunteer_m:
        return ()
    return tuple(helpings.open_codes(uow.db, caller.citizen.id))
