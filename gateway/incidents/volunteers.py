"""Ask the neighbourhood: verified citizens who offered to help are asked by text after the officers.

This happens only where the unit has switched it on, and never for an incident that is quiet or under duress: a person
who comes near or rings the phone does harm there. Volunteers read roughly how far it is. The place, the name and the
number follow only once they have said yes and an officer is on the way.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import cache
from math import ceil, cos, radians

from sqlalchemy import Select, func, or_, select

from gateway import notices
from gateway.core.intent.conditions import YES_OR_NO
from gateway.core.places.distance import metres
from gateway.core.sentences.ages import distance_brief
from gateway.core.words.answers import OfficerAnswer
from gateway.identity import confidants
from gateway.identity.callers import Caller
from gateway.incidents import timeline
from gateway.models import citizen as citizens
from gateway.models import helping as helpings
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.citizen import Citizen
from gateway.models.fix import Fix
from gateway.models.helping import Helping
from gateway.models.incident import Incident
from gateway.models.moments import from_now, moments
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

AFTER = timedelta(seconds=60)  # since the opening: the officers of the first two waves come first
MOST = 10  # so many of the nearest are asked: a crowd helps nobody
FARTHEST_M = 5000  # nobody farther away is asked, whatever a volunteer offered
COARSE_M = 500  # the distance that they read is rounded up to this
BRIEF = dict.fromkeys((incidents.EN_ROUTE, incidents.ON_SCENE), "volunteer.brief_en_route")  # elsewhere: will come
NOT_THERE_YET = (incidents.OPEN, incidents.ACCEPTED, incidents.EN_ROUTE)


# --- ask ------------------------------------------------------------------------------------------------------


def due(uow: UnitOfWork, limit: int = 100) -> list[int]:
    """Return the ids of at most `limit` incidents whose volunteers are to be asked now."""
    return list(uow.db.scalars(wanted().order_by(Incident.id).limit(limit), moments(uow.now())))


@cache
def wanted() -> Select[int]:
    """Select the incidents whose volunteers are to be asked now."""
    asked_for = (Incident.closed_at.is_(None), Incident.volunteers_at.is_(None), Incident.dismissed_at.is_(None))
    fit = (Incident.quiet.is_(False), Incident.duress.is_(False), Incident.drill.is_(False), Incident.wave > 0)
    began = func.coalesce(Incident.first_wave_at, Incident.opened_at)
    late = Unit.volunteers.is_(True) & (began <= from_now(-AFTER))
    asked = or_(late, Incident.volunteers_wanted.is_(True))  # a wave of the policy wants them at its own time
    query = select(Incident.id).join(Unit, Unit.id == Incident.unit_id).where(*asked_for, *fit, asked)
    return query.where(Incident.state.in_(NOT_THERE_YET))


def ask(uow: UnitOfWork, incident_id: int) -> int:
    """Ask the nearest volunteers of an incident, once; return how many were asked."""
    incident = incidents.lock(uow.db, incident_id)
    if incident.closed or incident.quiet or incident.duress or incident.volunteers_at is not None:
        return 0
    incident.volunteers_at = uow.now()
    fix = uow.db.get(Fix, incident.fix_id) if incident.fix_id is not None else None
    near = _near(uow, incident, fix) if fix is not None else []
    for citizen, away in near:
        uow.db.add(Helping(incident_id=incident.id, citizen=citizen, distance_m=away, asked_at=uow.now()))
        coarse = distance_brief(ceil(away / COARSE_M) * COARSE_M or COARSE_M, citizen.language)
        _tell(uow, incident, citizen, "volunteer.ask", distance=coarse)
    timeline.record(uow, incident, "volunteers", text=str(len(near)))
    return len(near)


def _near(uow: UnitOfWork, incident: Incident, fix: Fix) -> list[tuple[Citizen, float]]:
    """Return the verified volunteers who offered to come so far, each with the distance in metres, the nearest first. A
    box in the query spares measuring a whole province."""
    north, east = FARTHEST_M / 110_000, FARTHEST_M / (110_000 * max(0.1, cos(radians(fix.lat))))
    query = select(Citizen).where(
        Citizen.state == citizens.VERIFIED,
        Citizen.volunteer_m > 0,
        Citizen.quiet.is_(False),
        Citizen.phone != incident.phone,
        Citizen.lat.between(fix.lat - north, fix.lat + north),
        Citizen.lon.between(fix.lon - east, fix.lon + east),
        Citizen.phone.not_in(select(Alert.phone).where(Alert.incident_id == incident.id)),
        Citizen.phone.not_in(incidents.in_need()),
        Citizen.phone.not_in(confidants.around(uow, incident.phone).phones),
    )
    measured = [(row, metres((fix.lat, fix.lon), (row.lat or 0.0, row.lon or 0.0))) for row in uow.db.scalars(query)]
    willing = [(row, away) for row, away in measured if away <= min(row.volunteer_m or 0, FARTHEST_M)]
    return sorted(willing, key=lambda found: found[1])[:MOST]


# --- answers --------------------------------------------------------------------------------------------------


def answer(uow: UnitOfWork, caller: Caller, said: OfficerAnswer) -> bool:
    """Do what a volunteer's yes or no says. Return False if nothing that it could answer is open any more."""
    yes = YES_OR_NO.get(said.reply)
    helping = helpings.newest_open(uow.db, caller.citizen.id, said.code) if caller.citizen is not None else None
    if yes is None or helping is None:
        return False
    incident = incidents.lock(uow.db, helping.incident_id)
    (_accepted if yes else _declined)(uow, incident, helping)
    return True


def _accepted(uow: UnitOfWork, incident: Incident, helping: Helping) -> None:
    helping.state, helping.answered_at = helpings.ACCEPTED, uow.now()
    timeline.record(uow, incident, "volunteer_yes", helping.citizen.person.name)
    if incident.quiet or incident.duress:
        _tell(uow, incident, helping.citizen, "volunteer.stand_back")
    elif _officer_goes(uow, incident):
        _brief(uow, incident, helping)
    else:
        _tell(uow, incident, helping.citizen, "volunteer.wait")


def _declined(uow: UnitOfWork, incident: Incident, helping: Helping) -> None:
    helping.state, helping.answered_at = helpings.DECLINED, uow.now()
    timeline.record(uow, incident, "volunteer_no", helping.citizen.person.name)
    _tell(uow, incident, helping.citizen, "volunteer.declined")


def _officer_goes(uow: UnitOfWork, incident: Incident) -> bool:
    leader = uow.db.get(Alert, incident.leader_id) if incident.leader_id is not None else None
    return leader is not None and not leader.is_desk


# --- what happens to the incident -------------------------------------------------------------------------------


def brief(uow: UnitOfWork, incident: Incident) -> None:
    """Tell the volunteers who said yes the place, the name and the number, because an officer is on the way."""
    if incident.quiet or incident.duress:
        return
    for helping in _of(uow, incident, helpings.ACCEPTED):
        if helping.briefed_at is None:
            _brief(uow, incident, helping)


def _brief(uow: UnitOfWork, incident: Incident, helping: Helping) -> None:
    helping.briefed_at = uow.now()
    hidden = {} if incident.ring_back else {"number": ""}
    _tell(uow, incident, helping.citizen, BRIEF.get(incident.state, "volunteer.brief"), **hidden)


def stand_back(uow: UnitOfWork, incident: Incident) -> None:
    """Tell the volunteers of an incident that became quiet not to come near and not to ring."""
    _let_go(uow, incident, "volunteer.stand_back")


def release(uow: UnitOfWork, incident: Incident) -> None:
    """Tell the volunteers that it is over: the incident is closed, or its phone believes so after a PIN. They read the
    same sentence at the same moment after either PIN, and nothing more afterwards."""
    _let_go(uow, incident, "volunteer.over")


def _let_go(uow: UnitOfWork, incident: Incident, key: str) -> None:
    _call_off(uow, incident)
    for helping in _of(uow, incident, helpings.ASKED, helpings.ACCEPTED):
        helping.state = helpings.RELEASED
        _tell(uow, incident, helping.citizen, key)


def _of(uow: UnitOfWork, incident: Incident, *states: str) -> Sequence[Helping]:
    return [row for row in helpings.of_incident(uow.db, incident.id) if row.state in states]


def _call_off(uow: UnitOfWork, incident: Incident) -> None:
    outbounds.call_off(uow.db, Outbound.incident_id == incident.id, Outbound.purpose == outbounds.VOLUNTEER)


def _tell(uow: UnitOfWork, incident: Incident, citizen: Citizen, key: str, **facts: object) -> None:
    body = notices.about(uow, incident, key, citizen.language, **facts)
    notices.owe_text(uow, citizen.phone, body, incident=incident, purpose=outbounds.VOLUNTEER)
