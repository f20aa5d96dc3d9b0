"""ROOM: end an incident: stand down those who need not come any more, and close it.

The caller of these functions has locked the incident (`incidents.lock`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import select

from gateway import notices
from gateway.core.possession import REOPENS
from gateway.core.sentences.phrases import say
from gateway.incidents import parts, timeline, volunteers
from gateway.models import alert as alerts
from gateway.models import alert_states, incident_states, incident_timers
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork

NEED_NOT_COME = "officer.incident_closed"
THERE = (incidents.ON_SCENE,)  # kinds of lines of somebody who is there: that they need not come is no news to them


def stand_down(
    uow: UnitOfWork,
    incident: Incident,
    going: Alert,
    *,
    news: str = "officer.taken_by",
    silent: Collection[str] = (),
    before: str = "",
) -> None:
    """Stand down everybody who was asked but need not come; an ambulance or a fire brigade is needed all the same.
    Their texts and calls are called off, ringing calls are taken back where the carrier can, and everybody who was
    reached is told who goes, by `news`, which may name the incident `before`; the
    `silent` phones hear of it otherwise."""
    others = [row for row in alerts.of_incident(uow.db, incident.id) if row.id != going.id]
    asked = [row for row in others if row.state in alerts.ASKED and not row.serves]
    _silence(uow, [row.id for row in others if row.state == alerts.DECLINED])  # a no without proof still owes a call
    if not asked:
        return
    reached = _reached(uow, asked)
    _silence(uow, [row.id for row in asked])
    told = {row.phone: row for row in asked if row.id in reached and row.phone not in (going.phone, *silent)}
    for row in told.values():
        notices.tell_alerted(uow, row, incident, news, who=going.title, before=before)
    alert_states.move_all(uow.db, alerts.STOOD_DOWN, Alert.id.in_([row.id for row in asked]))


def _reached(uow: UnitOfWork, asked: list[Alert]) -> set[int]:
    """Return the ids of those alerts of which a text or call left, or may be leaving right now."""
    gone = (outbounds.SENDING, outbounds.UNDER_WAY, outbounds.DONE)
    ids = [row.id for row in asked]
    query = select(Outbound.alert_id).where(Outbound.alert_id.in_(ids), Outbound.state.in_(gone))
    return {row.id for row in asked if row.state in alerts.TOLD} | {found for found in uow.db.scalars(query) if found}


def _silence(uow: UnitOfWork, alert_ids: list[int]) -> None:
    mine = Outbound.alert_id.in_(alert_ids)
    outbounds.call_off(uow.db, mine, Outbound.purpose == "alert")
    outbounds.take_back(uow.db, uow.now(), mine)


def close(
    uow: UnitOfWork,
    incident: Incident,
    outcome: str,
    who: str,
    reason: str = "",
    news: str = NEED_NOT_COME,
    by: Alert | None = None,
    unproven: bool = False,
) -> None:
    """Close the incident with this outcome; afterwards only the news of the closing leaves for it. `by` is the alert of
    the phone that closed it. If the table of moves (`incident_states`) forbids this outcome, the incident stays open.

    `unproven`: nobody knows whether the phone that closes it is in the right hands. Then the desk is told and may open
    it again, and the citizen is asked whether they are safe.
    """
    if not incident_states.close(incident, outcome, uow.now(), reason or None):
        return
    incident.unproven = unproven
    incident_timers.stop_timers(incident)
    outbounds.call_off(uow.db, Outbound.incident_id == incident.id, Outbound.purpose == outbounds.PROOF)
    outbounds.call_off(uow.db, Outbound.incident_id == incident.id, Outbound.purpose == outbounds.RING_BACK)
    everybody = alerts.told(uow.db, incident.id)
    volunteers.release(uow, incident)
    _silence(uow, [row.id for row in alerts.of_incident(uow.db, incident.id)])
    timeline.record(uow, incident, outcome, who, reason)
    for alert in everybody:
        step = say(f"step.{outcome}", alert.language)
        thanked = news == NEED_NOT_COME and (_is_same(alert, by) or timeline.says(uow, incident, alert.title, THERE))
        notices.tell_alerted(uow, alert, incident, "officer.thanked" if thanked else news, step=step)
    parts.tell_leader_of_end(uow, incident)
    alert_states.move_all(uow.db, alerts.STOOD_DOWN, Alert.incident_id == incident.id)
    if unproven:
        timeline.record(uow, incident, "unproven", who)
        unit = units.by_id(uow.db, incident.unit_id)
        notices.tell_desk(uow, unit, "desk.closed_unproven", incident, who=who, minutes=REOPENS // MINUTE)
    if outcome != incidents.CANCELLED:
        notices.tell_citizen(uow, incident, "citizen.closed_ask" if unproven else "citizen.closed")


def _is_same(alert: Alert, by: Alert | None) -> bool:
    return by is not None and alert.phone == by.phone


MINUTE = timedelta(minutes=1)
