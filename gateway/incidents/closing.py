"""ROOM: nobody needs to come any more. Those who were asked are stood down; the incident is closed.

Whoever calls these holds the incident's row (`incidents.lock`).
"""

from __future__ import annotations

from sqlalchemy import select, update

from gateway import notices
from gateway.core.sentences.phrases import say
from gateway.incidents import timeline, volunteers
from gateway.models import alert as alerts
from gateway.models import alert_states, incident_states, incident_timers
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork


def stand_down(uow: UnitOfWork, incident: Incident, going: Alert) -> None:
    """Those asked need not come: what is owed is not sent, ringing calls are taken back where the carrier can, and
    whoever was told hears who goes."""
    asked = [row for row in alerts.of_incident(uow.db, incident.id) if row.state in alerts.ASKED and row.id != going.id]
    if not asked:
        return
    reached = _reached(uow, asked)
    _silence(uow, [row.id for row in asked])
    others = {row.phone: row for row in asked if row.id in reached and row.phone != going.phone}
    for row in others.values():
        notices.tell_alerted(uow, row, incident, "officer.taken_by", who=going.title)
    alert_states.move_all(uow.db, alerts.STOOD_DOWN, Alert.id.in_([row.id for row in asked]))


def _reached(uow: UnitOfWork, asked: list[Alert]) -> set[int]:
    """Alerts of which something left, or may be leaving right now."""
    gone = (outbounds.SENDING, outbounds.UNDER_WAY, outbounds.DONE)
    ids = [row.id for row in asked]
    query = select(Outbound.alert_id).where(Outbound.alert_id.in_(ids), Outbound.state.in_(gone))
    return {row.id for row in asked if row.state in alerts.TOLD} | {found for found in uow.db.scalars(query) if found}


def _silence(uow: UnitOfWork, alert_ids: list[int]) -> None:
    mine = Outbound.alert_id.in_(alert_ids)
    outbounds.call_off(uow.db, mine, Outbound.purpose == "alert")
    ringing = Outbound.state.in_(outbounds.LIVE)
    uow.db.execute(update(Outbound).where(mine, Outbound.kind == outbounds.CALL, ringing).values(cancel_at=uow.now()))


def close(
    uow: UnitOfWork,
    incident: Incident,
    outcome: str,
    who: str,
    reason: str = "",
    news: str = "officer.incident_closed",
) -> None:
    """The end: nothing more leaves for it but the news of it. One that may not end so (`incident_states`) runs on."""
    if not incident_states.close(incident, outcome, uow.now(), reason or None):
        return
    incident_timers.stop_timers(incident)
    everybody = alerts.told(uow.db, incident.id)
    volunteers.release(uow, incident)
    _silence(uow, [row.id for row in alerts.of_incident(uow.db, incident.id)])
    timeline.record(uow, incident, outcome, who, reason)
    for alert in everybody:
        step = say(f"step.{outcome}", alert.language)
        notices.tell_alerted(uow, alert, incident, news, step=step)
    alert_states.move_all(uow.db, alerts.STOOD_DOWN, Alert.incident_id == incident.id)
    if outcome != incidents.CANCELLED:
        notices.tell_citizen(uow, incident, "citizen.closed")
