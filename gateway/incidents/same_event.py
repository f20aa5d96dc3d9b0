"""ROOM: let several calls about one event be answered together, as forty callers of one fire are.

A desk merges them by a click. With an empty desk the first wave of the first call counts for the later ones, until
somebody says that one of them is something else. While somebody goes to the event, the waves of the others are held;
each of them looks every few seconds whether that is still so, so nothing has to be undone when a leader is lost.
gateway.core.same_event says what may be one event.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import func, select

from gateway import notices
from gateway.core.reachability import Way
from gateway.core.same_event import (
    AFTER,
    ANSWER_WITHIN,
    SEEN_BY_MANY,
    SURE_SOON,
    Bar,
    Ends,
    bar,
    counts_with_first,
    desk_is_empty,
)
from gateway.core.words.reading import Reading
from gateway.identity import confidants, reachability
from gateway.incidents import closing, parts, reopening, timeline, waves
from gateway.models import alert as alerts
from gateway.models import incident as incidents
from gateway.models import incident_timers, policy_rule
from gateway.models import part as rows
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.event import Event
from gateway.models.incident import Incident
from gateway.models.part import Part
from gateway.unit_of_work import UnitOfWork

CLOSED_FOR_ALL, EVENT_OVER = "closed_for_all", "event_over"  # lines of the timeline: of the first call, of the others
CALLERS = ("said", "repeat")  # lines of what a caller sends
LOOK = timedelta(seconds=5)  # so often a call whose waves are held looks whether somebody still goes to the event
# Lines of a timeline that only somebody at a desk's monitor writes.
DESK_LINES = ("seen", "by_desk", "note", "asked_more", "wider", "told_officers", "told_citizen", "merged")


# --- an empty desk ----------------------------------------------------------------------------------------------------


def counts_with_another(uow: UnitOfWork, incident: Incident, said: Reading) -> bool:
    """Return whether the first wave of an incident that has just been opened need not be asked, because no desk looks
    and that of an earlier call about the same event counts for it too. Then whoever leads there hears of it."""
    # Of another kind no call counts with a first one, so the open calls, of which a flood has many, are not read.
    many_see_it = said.is_of_one_kind and incident.what in SEEN_BY_MANY
    first = _first_of_event(uow, incident) if many_see_it else None
    if first is None or not _desk_is_empty(uow, first) or not _all_may_know(uow, incident, first):
        return False
    rows.row_of(uow.db, incident.id).head_id = first.id
    uow.db.flush()
    waves.count_first(uow, incident)
    timeline.record(uow, incident, "counted_with", text=first.code)
    timeline.record(uow, first, "counted_with", text=incident.code)
    if parts.leader_of_event(uow, first) is not None:
        waves.ask_soon(uow, incident)  # the worker holds its waves, and tells the leader of it
    return True


def _all_may_know(uow: UnitOfWork, incident: Incident, first: Incident) -> bool:
    """Return whether everybody who was asked for the first call may know of this one."""
    circle = confidants.around(uow, incident.phone)
    return all(circle.allows(alert.phone) for alert in alerts.of_incident(uow.db, first.id))


def _first_of_event(uow: UnitOfWork, incident: Incident) -> Incident | None:
    """Return the oldest open incident whose first wave may count for this one too."""
    parted = select(Part.incident_id).where(Part.head_id.is_not(None))
    same = (Incident.unit_id == incident.unit_id, Incident.kind == incident.kind, Incident.closed_at.is_(None))
    before = (Incident.id < incident.id, Incident.opened_at >= incident.opened_at - SURE_SOON)
    query = select(Incident).where(*same, *before, Incident.id.not_in(parted)).order_by(Incident.id)
    mine = parts.facts(uow, incident)
    return next((one for one in uow.db.scalars(query) if counts_with_first(parts.facts(uow, one), mine)), None)


def _desk_is_empty(uow: UnitOfWork, first: Incident) -> bool:
    unit = units.by_id(uow.db, first.unit_id)
    silent = uow.now() - max(first.opened_at, _last_sign(uow, first) or first.opened_at)
    waits = timedelta(seconds=policy_rule.policy_for(uow.db, unit, first.opened_at).unclear_open)
    return desk_is_empty(units.desk_of(uow.db, unit) is not None, silent, waits)


def _last_sign(uow: UnitOfWork, first: Incident) -> datetime | None:
    """Return when somebody at the desk last did something about an open incident of the same unit."""
    mine = select(Incident.id).where(Incident.unit_id == first.unit_id, Incident.closed_at.is_(None))
    line = select(func.max(Event.at)).where(Event.incident_id.in_(mine), Event.kind.in_(DESK_LINES))
    answer = select(func.max(Alert.answered_at)).where(Alert.incident_id.in_(mine), Alert.officer_id.is_(None))
    return max(filter(None, (uow.db.scalar(line), uow.db.scalar(answer))), default=None)


# --- a desk's click ---------------------------------------------------------------------------------------------------


def merge(uow: UnitOfWork, who: str, incident: Incident, other: Incident) -> Bar | None:
    """Make two incidents one event: the earlier one is its head. Return why not, or None where it is done.

    `incident` is locked, and part of no event. Others are locked here, in the order of their ids.
    """
    other = rows.head_of(uow.db, other.id) or other
    why = bar(parts.facts(uow, incident), parts.facts(uow, other))
    if why is not None or incident.id == other.id:
        return why
    head, later = (other, incident) if other.id < incident.id else (incident, incidents.lock(uow.db, other.id))
    for one in (later, *rows.lock_members(uow.db, later.id)):
        _join(uow, who, one, head)
    return None


def split(uow: UnitOfWork, who: str, incident: Incident) -> None:
    """Say for a desk that an incident is something else: it is split out of its event, and never proposed again."""
    if not parts.leave(uow, incident, who, by_desk=True):
        rows.row_of(uow.db, incident.id).apart = True
        timeline.record(uow, incident, "apart", who)


def _join(uow: UnitOfWork, who: str, incident: Incident, head: Incident) -> None:
    part = rows.row_of(uow.db, incident.id)
    part.head_id, part.by, part.apart, part.briefed_id = head.id, who[:120], False, None
    uow.db.flush()
    timeline.record(uow, incident, "merged", who, head.code)
    timeline.record(uow, head, "merged", who, incident.code)
    if incident.next_wave_at is not None:
        is_held(uow, incident)
    else:
        _tell_of_leader(uow, incident, part, head)


def _tell_of_leader(uow: UnitOfWork, incident: Incident, part: Part, head: Incident) -> None:
    """Tell those who go for a merged call who leads all, and that one of the call."""
    leader = parts.leader_for(uow, incident, head)
    if leader is not None and not leader.is_desk and leader.incident_id != incident.id:
        _brief(uow, incident, part, head, leader)


def close_all(uow: UnitOfWork, head: Incident, outcome: str, who: str, reason: str = "") -> None:
    """Close for a desk the first call of an event and, where it is resolved, all others for which nobody else goes:
    each caller is asked first, and their call is closed once they have said nothing for ANSWER_WITHIN. `head` is
    locked."""
    closing.close(uow, head, outcome, who, reason)
    if AFTER.get(head.state) is not Ends.ASKED:
        return
    timeline.record(uow, head, CLOSED_FOR_ALL, who)
    for incident in rows.lock_members(uow.db, head.id):
        if not parts.is_led(incident):
            _ask_before_the_end(uow, incident, head)


def reopen_all(uow: UnitOfWork, head: Incident, who: str) -> bool:
    """Open an incident again, and in the same press the calls that were closed with it as parts of its event. Return
    False where it is too late for the first. `head` is locked."""
    closed_at = head.closed_at
    if not reopening.reopen(uow, head, who):
        return False
    for incident in rows.lock_closed(uow.db, head.id, closed_at):
        reopening.reopen(uow, incident, who, within_event=True)
    for incident in rows.lock_members(uow.db, head.id):
        if not parts.is_led(incident):
            incident_timers.set_next_wave(incident, uow.now() + LOOK)
    return True


# --- while it is open -------------------------------------------------------------------------------------------------


def is_held(uow: UnitOfWork, incident: Incident) -> bool:
    """Return whether the wave of an incident that is due is not asked now, because somebody goes to its event. What has
    become of the event meanwhile is acted upon."""
    part = rows.of_incident(uow.db, incident.id)
    head = rows.head_of(uow.db, incident.id)
    if part is None or head is None:
        return False
    if head.closed or parts.facts(uow, head).careful:
        return _first_is_over(uow, incident, part, head)
    if bar(parts.facts(uow, head), parts.facts(uow, incident)) is not None:
        return parts.leave(uow, incident, "")
    leader = parts.leader_for(uow, incident, head)
    if leader is None:
        return _waits_for_first_wave(uow, incident, head)
    incident_timers.set_next_wave(incident, uow.now() + LOOK)
    if not leader.is_desk and part.briefed_id != leader.id and leader.incident_id != incident.id:
        _stand_down(uow, incident, head, leader)
        _brief(uow, incident, part, head, leader)
    return True


def _waits_for_first_wave(uow: UnitOfWork, incident: Incident, head: Incident) -> bool:
    """Let a call that has asked no second wave wait with it until its head asks its own; return whether it waits."""
    due = head.next_wave_at
    if max(incident.wave, head.wave) > 1 or due is None or due <= uow.now():
        return False
    incident_timers.set_next_wave(incident, due)
    return True


def _stand_down(uow: UnitOfWork, incident: Incident, head: Incident, leader: Alert) -> None:
    """Stand down whoever was asked for this call; those who were asked for the event as well hear of that already."""
    known = {alert.phone for alert in alerts.of_incident(uow.db, head.id)}
    closing.stand_down(uow, incident, leader, news="officer.same_event", silent=known, before=head.code)


def _brief(uow: UnitOfWork, incident: Incident, part: Part, head: Incident, leader: Alert) -> None:
    """Tell the leader of the event of this call, those who go for it who leads, and its caller that somebody goes."""
    part.briefed_id = leader.id
    timeline.record(uow, incident, "led_with", leader.title, head.code)
    parts.owe(uow, incident, head, leader, "officer.also_called", words=incident.words or "-")
    for alert in alerts.accepted(uow.db, incident.id):
        if alert.phone != leader.phone:
            notices.tell_alerted(uow, alert, incident, "officer.led_with", who=leader.title, before=head.code)
    notices.tell_citizen(uow, incident, "citizen.same_event", who=leader.title)


# --- the first one is over --------------------------------------------------------------------------------------------


def _first_is_over(uow: UnitOfWork, incident: Incident, part: Part, head: Incident) -> bool:
    """Let a call stand alone again whose event has lost its first one. If that was resolved, the caller is asked before
    others are; if nobody has been there, the next call leads the rest. Return whether its wave is not asked now."""
    if (closer := _who_closed_all(uow, incident, head)) and not (incident.quiet or incident.duress):
        closing.close(uow, incident, incidents.RESOLVED, closer)
        return True
    if AFTER.get(head.state) is Ends.ASKED:
        asked = timeline.last_of(uow, incident, EVENT_OVER) is not None
        _alone(uow, incident, part, head, "apart" if asked else EVENT_OVER)
        if asked:
            return False  # they have written since, or must not be closed by silence
        if parts.is_led(incident):
            return True
        _ask_caller(uow, incident)
        return True
    heir = next(iter(rows.members(uow.db, head.id)), incident)
    rows.hand_on(uow.db, head.id, heir.id)
    if heir.id != incident.id:
        _follow_heir(uow, incident)
        return True
    _alone(uow, incident, part, head, "apart")
    parts.ask(uow, incident)
    return True


def _ask_before_the_end(uow: UnitOfWork, incident: Incident, head: Incident) -> None:
    """Ask a caller before silence closes their call. One whom no text may reach is not closed by silence."""
    if not reachability.to_caller_of(uow, incident, Way.NEWS).allowed:
        return
    timeline.record(uow, incident, EVENT_OVER, text=head.code)
    _ask_caller(uow, incident)


def _ask_caller(uow: UnitOfWork, incident: Incident) -> None:
    incident_timers.set_next_wave(incident, uow.now() + ANSWER_WITHIN)
    notices.tell_citizen(uow, incident, "citizen.still_needed")


def _who_closed_all(uow: UnitOfWork, incident: Incident, head: Incident) -> str:
    """Return the desk's user who closed the whole event of this call; "" where nobody did, or where its caller was not
    asked or has written since."""
    closed, asked = timeline.last_of(uow, head, CLOSED_FOR_ALL), timeline.last_of(uow, incident, EVENT_OVER)
    if closed is None or asked is None or head.closed_at is None or closed.at < head.closed_at:
        return ""
    said = timeline.last_of(uow, incident, *CALLERS)
    return closed.who if said is None or said.id < asked.id else ""


def _follow_heir(uow: UnitOfWork, incident: Incident) -> None:
    """Give the heir's first wave its time, where this call has asked nobody beyond its own first one."""
    if incident.wave <= 1:
        waves.count_first(uow, incident)
    else:
        incident_timers.set_next_wave(incident, uow.now() + LOOK)


def _alone(uow: UnitOfWork, incident: Incident, part: Part, head: Incident, line: str) -> None:
    part.head_id, part.briefed_id = None, None
    uow.db.flush()
    timeline.record(uow, incident, line, text=head.code)
