"""ROOM: act on an incident's place: look up more, ask the person, and move the incident when more is known."""

from __future__ import annotations

from datetime import timedelta

from gateway import notices
from gateway.core.places import ladder
from gateway.core.places.distance import metres
from gateway.core.places.ladder import Standing
from gateway.core.places.places import short_link_in
from gateway.core.places.spots import Spot
from gateway.core.reachability import way_of
from gateway.identity.callers import identify
from gateway.incidents import timeline, waves
from gateway.location import jurisdiction, locate
from gateway.models import caller_view
from gateway.models import incident as incidents
from gateway.models import lookup as lookups
from gateway.models import outbound as outbounds
from gateway.models.fix import Fix
from gateway.models.incident import Incident
from gateway.models.lookup import Lookup
from gateway.unit_of_work import UnitOfWork

MATTERS_M = 300.0  # officers are told of a move that is at least so far
VAGUE_M = 1_000.0  # from this radius on the person is asked for a street or a landmark
EXACT_FOR = timedelta(minutes=10)  # while an exact position is newer than this, the operator is not asked


# --- looking further --------------------------------------------------------------------------------------------


def look_further(uow: UnitOfWork, incident: Incident, words: str = "") -> None:
    """Queue the look-ups that need the outside: a short link in these words, and the operator's view of the phone as
    long as no exact position is known (the law too wants us to ask for no more than we need)."""
    link = short_link_in(words)
    if link is not None:
        _owe(uow, incident, lookups.LINK, link)
    if uow.settings.camara_api_url and _is_vague(uow, incident) and not _is_owed(uow, incident, lookups.NETWORK):
        _owe(uow, incident, lookups.NETWORK, incident.phone)


def waits_for_more(uow: UnitOfWork, incident: Incident) -> bool:
    """Return whether a look-up for this incident is still running."""
    return any(row.due_at is not None for row in lookups.of_incident(uow.db, incident.id))


def _owe(uow: UnitOfWork, incident: Incident, kind: str, subject: str) -> None:
    now = uow.now()
    row = Lookup(incident_id=incident.id, kind=kind, subject=subject, created_at=now, due_at=now)
    uow.db.add(row)
    uow.db.flush()
    uow.after_commit.locate(row.id)


def _is_owed(uow: UnitOfWork, incident: Incident, kind: str) -> bool:
    return any(row.kind == kind and row.due_at is not None for row in lookups.of_incident(uow.db, incident.id))


def _is_vague(uow: UnitOfWork, incident: Incident) -> bool:
    fix = _fix(uow, incident.fix_id)
    return fix is None or ladder.standing(fix) < Standing.GIVEN or fix.taken_at < uow.now() - EXACT_FOR


# --- asking -----------------------------------------------------------------------------------------------------


def ask_place(uow: UnitOfWork, incident: Incident, purpose: str = outbounds.NEWS) -> None:
    """Ask the person once for a street or a landmark, if we hardly know where they are, no running look-up may tell it,
    and their phone may light up. `purpose` is FIRST where it is part of the answer to their panic."""
    if not is_hardly_known(uow, incident) or incident.view.place_asked_at or incident.closed:
        return
    if not notices.may_be_owed(uow, incident, way_of(purpose)):
        return
    caller_view.ask_place(incident, uow.now())
    timeline.record(uow, incident, "place_asked")
    notices.tell_citizen(uow, incident, "citizen.ask_place", purpose=purpose)


def is_hardly_known(uow: UnitOfWork, incident: Incident) -> bool:
    """Return whether the person has to be asked where they are: no better position is known or being looked up."""
    fix = _fix(uow, incident.fix_id)
    known = fix is not None and fix.radius_m <= VAGUE_M
    return not known and not waits_for_more(uow, incident)


# --- moving -----------------------------------------------------------------------------------------------------


def move(uow: UnitOfWork, incident: Incident, spot: Spot) -> bool:
    """Give an incident another position: it is always kept, and believed if it says more than the one we have.

    If another unit answers for the new place, its people are asked now unless somebody goes already; nobody who was
    asked is dropped. Return whether the people who know of the incident must be told.
    """
    fix = locate.keep_spot(uow, incident.phone, spot)
    fix.incident_id = incident.id
    before = _fix(uow, incident.fix_id)
    if before is not None and ladder.best([before, fix]) is not fix:
        timeline.record(uow, incident, "place_noted", text=_told(fix))
        return False
    incident.fix_id = fix.id
    timeline.record(uow, incident, "moved", text=_told(fix))
    elsewhere = _hand_to_unit(uow, incident, fix)
    waves.measure_again(uow, incident)
    if not (elsewhere or _matters(_fix(uow, incident.told_fix_id), fix)):
        return False
    incident.told_fix_id = fix.id
    return True


def _hand_to_unit(uow: UnitOfWork, incident: Incident, fix: Fix) -> bool:
    """Hand the incident to the unit that answers for the new place; return whether the unit changed."""
    unit = jurisdiction.responsible(uow, fix, identify(uow, incident.phone))
    if unit is None or unit.id == incident.unit_id:
        return False
    incident.unit_id = unit.id
    timeline.record(uow, incident, "unit", text=unit.name)
    if incident.state == incidents.OPEN and incident.next_wave_at is not None:
        waves.catch_up(uow, incident)
    else:
        notices.tell_desk(uow, unit, "officer.better_place", incident)
    return True


def _matters(told: Fix | None, fix: Fix) -> bool:
    """Return whether officers would drive elsewhere with the new position, or can stop searching."""
    if told is None:
        return True
    found = told.radius_m > VAGUE_M and fix.radius_m <= MATTERS_M
    return found or metres((told.lat, told.lon), (fix.lat, fix.lon)) > MATTERS_M


def _told(fix: Fix) -> str:
    return f"{fix.lat:.4f},{fix.lon:.4f} {fix.source} {fix.radius_m:.0f} m {fix.place}".strip()


def _fix(uow: UnitOfWork, fix_id: int | None) -> Fix | None:
    return uow.db.get(Fix, fix_id) if fix_id is not None else None
