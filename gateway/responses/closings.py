"""ROOM: decide what becomes of a "done" or "false alarm" of an officer or a desk, and take a desk's BUKA.

`gateway.core.possession` says what needs proof. The caller of these functions has locked the incident
(`incidents.lock`), except for `reopen`, which locks it itself.
"""

from __future__ import annotations

from gateway import notices
from gateway.core.contact_rules import ContactRule, contact_rule
from gateway.core.possession import Closer, Closing, closing
from gateway.core.sentences import phrases
from gateway.identity.callers import Caller
from gateway.incidents import reopening, timeline
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork


def is_unseen(incident: Incident) -> bool:
    """Return whether the profile says that this person is reached otherwise than by a usual call, and nobody has been
    there: an unanswered call proves nothing then, and only a desk may call it a false alarm."""
    return contact_rule(incident.contact) is not ContactRule.USUAL and incident.state != incidents.ON_SCENE


def decide(uow: UnitOfWork, incident: Incident, alert: Alert) -> Closing:
    """Return what becomes of a closing by this phone; those count with it who have said the same before. A drill is
    closed by anybody who has accepted it."""
    if incident.drill:
        return Closing.CLOSES
    others = [row for row in alerts.accepted(uow.db, incident.id) if row.phone != alert.phone and row.closes_as]
    return closing(incident.quiet or incident.duress, _closer(alert), [_closer(row) for row in others])


def _closer(alert: Alert) -> Closer:
    return Closer(alert.is_desk, alert.proven_at is not None, alert.on_scene_at is not None)


def note(uow: UnitOfWork, incident: Incident, alert: Alert, outcome: str) -> None:
    """Note that somebody wants a quiet incident, or one under duress, closed, and tell the desk. It stays open."""
    alert.closes_as = outcome
    timeline.record(uow, incident, "closing_noted", alert.title, phrases.say(f"step.{outcome}", "id"))
    unit = units.by_id(uow.db, incident.unit_id)
    notices.tell_desk(uow, unit, "desk.closing_noted", incident, who=alert.title)


def reopen(uow: UnitOfWork, caller: Caller, code: str) -> str:
    """Take BUKA <code> of a desk, which opens an incident again that was closed. It starts help, so it
    needs no proof itself. Return the key of the sentence that says what came of it."""
    named = incidents.newest_by_code(uow.db, code)
    mine = {unit_id for unit in caller.desks for unit_id in units.ids_below(uow.db, unit)}
    if named is None or named.unit_id not in mine:
        return "officer.not_reopened"
    opened = reopening.reopen(uow, incidents.lock(uow.db, named.id), caller.desks[0].name)
    return "officer.reopened_noted" if opened else "officer.not_reopened"
