"""Keep the calls about one event together, and split one out as soon as it may be something else.

A call that is part of an event stays an incident of its own (gateway.models.part). The leader of the event hears what
its caller writes; words about another matter, or of need, split it out by themselves. The caller of these functions has
locked the incident (`incidents.lock`); its head is only read.
"""

from __future__ import annotations

from sqlalchemy import select

from gateway import notices
from gateway.core.incident_kinds import IncidentKind
from gateway.core.same_event import Call, is_another_matter
from gateway.core.sentences.phrases import say
from gateway.core.words.reading import Reading
from gateway.identity import confidants
from gateway.incidents import timeline, waves
from gateway.models import alert as alerts
from gateway.models import part as parts
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.fix import Fix
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork


def facts(uow: UnitOfWork, incident: Incident) -> Call:
    """Return the facts by which an incident is compared with another."""
    return facts_of(incident, uow.db.get(Fix, incident.fix_id) if incident.fix_id is not None else None)


def facts_of(incident: Incident, fix: Fix | None) -> Call:
    """Return the same for a caller who has read its position already."""
    return Call(
        opened_at=incident.opened_at,
        kind=incident.what,
        lat=fix.lat if fix is not None else None,
        lon=fix.lon if fix is not None else None,
        radius_m=fix.radius_m if fix is not None else None,
        unit=incident.unit_id,
        careful=incident.quiet or incident.duress or incident.view.dismissed,
        drill=incident.drill,
        officer=incident.officer_id is not None,
        closed=incident.closed,
    )


# --- who goes ---------------------------------------------------------------------------------------------------------


def leader_of_event(uow: UnitOfWork, head: Incident) -> Alert | None:
    """Return who goes to the event: the leader of its first incident, else of the first other one that has a leader for
    whom it waits; None where all are still looking."""
    for incident in (head, *parts.members(uow.db, head.id)):
        leader = alerts.leader_of(uow.db, incident) if is_led(incident) else None
        if leader is not None and leader.state == alerts.ACCEPTED:
            return leader
    return None


def leader_for(uow: UnitOfWork, incident: Incident, head: Incident) -> Alert | None:
    """Return who goes to the event, unless that one must not know of this call of it: then the call stands alone."""
    leader = leader_of_event(uow, head)
    allowed = leader is not None and confidants.around(uow, incident.phone).allows(leader.phone)
    return leader if allowed else None


def is_led(incident: Incident) -> bool:
    """Return whether somebody goes for whom this incident waits. One whose leader is silent asks others again."""
    return not incident.closed and incident.leader_id is not None and incident.next_wave_at is None


def tell_leader(uow: UnitOfWork, incident: Incident, key: str, **facts: object) -> None:
    """Owe whoever goes to the event a sentence about this call of it. It counts as a text about the event's first
    incident, so that an answer without a code is about that one."""
    head = parts.head_of(uow.db, incident.id)
    leader = leader_for(uow, incident, head) if head is not None else None
    if head is not None and leader is not None:
        owe(uow, incident, head, leader, key, **facts)


def tell_leader_of_end(uow: UnitOfWork, incident: Incident) -> None:
    """Tell whoever goes to the event that this call of it is closed, while the event goes on."""
    head = parts.head_of(uow.db, incident.id)
    leader = leader_for(uow, incident, head) if head is not None else None
    if head is not None and leader is not None and leader.incident_id != incident.id:
        owe(uow, incident, head, leader, "officer.part_closed", step=say(f"step.{incident.state}", leader.language))


def owe(uow: UnitOfWork, incident: Incident, head: Incident, leader: Alert, key: str, **facts: object) -> None:
    """Owe this leader a sentence about a call of the event, as a text about its first incident."""
    told = notices.about(uow, incident, key, leader.language, before=head.code, **facts)
    notices.owe_text(uow, leader.phone, told, incident=head, alert=leader)


# --- what the caller sends --------------------------------------------------------------------------------------------


def heard(uow: UnitOfWork, incident: Incident, said: Reading, *, again: bool = False) -> None:
    """Take what a caller sends whose incident is part of an event: words go to its leader. Whoever cries for help
    again (`again`), or writes of another kind of trouble or of need, is split out."""
    part = parts.of_incident(uow.db, incident.id)
    head = parts.head_of(uow.db, incident.id) if part is not None and part.head_id is not None else None
    if head is None:
        return
    kind = head.what if head.what is not IncidentKind.UNKNOWN else incident.what
    if again or is_another_matter(kind, said.kind.kind, said.needs):
        leave(uow, incident, incident.name)
    elif said.body:
        tell_leader(uow, incident, "officer.message", words=said.masked)


# --- apart ------------------------------------------------------------------------------------------------------------


def leave(uow: UnitOfWork, incident: Incident, who: str, *, by_desk: bool = False, soon: bool = False) -> bool:
    """Split an incident out of its event, because `who` says or shows that it is something else; return whether it was
    in one. Its waves go on at once, and people who were stood down for the event are asked again. `soon` leaves the
    asking to the worker, where nobody may notice how long it takes."""
    part = parts.of_incident(uow.db, incident.id)
    head = parts.head_of(uow.db, incident.id)
    if part is None or head is None:
        return False
    leader = leader_for(uow, incident, head)
    part.head_id, part.briefed_id, part.apart = None, None, True
    timeline.record(uow, incident, "apart", who, head.code)
    timeline.record(uow, head, "apart", who, incident.code)
    uow.db.flush()
    if not by_desk:
        unit = units.by_id(uow.db, incident.unit_id)
        notices.tell_desk(uow, unit, "desk.apart", incident, before=head.code)
    if leader is not None and not leader.is_desk and leader.incident_id != incident.id:
        owe(uow, incident, head, leader, "officer.apart")
    ask(uow, incident, soon=soon)
    return True


def ask(uow: UnitOfWork, incident: Incident, *, soon: bool = False) -> None:
    """Ask for an incident that stands alone again, unless somebody goes: its first wave where that had counted as asked
    with another's, else the next one and whoever was stood down."""
    if incident.closed or is_led(incident):
        return
    if uow.db.scalar(select(Alert.id).where(Alert.incident_id == incident.id, Alert.wave > 0).limit(1)) is None:
        incident.wave = 0
    if soon:
        waves.ask_soon(uow, incident)
    else:
        waves.ask_next(uow, incident, again=True)
