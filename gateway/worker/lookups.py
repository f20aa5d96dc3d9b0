"""ROOM: background look-ups, after the alerts have left: ask the operator or follow a link, then move the incident.

While a look-up waits for the outside, it holds no row lock, no transaction and no connection.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from gateway.core.places.spots import Spot
from gateway.identity import audit_log
from gateway.incidents import caller_updates, position_updates, timeline
from gateway.location.position_in_text import Reading
from gateway.models import incident as incidents
from gateway.models import lookup as lookups
from gateway.models.citizen import Citizen
from gateway.models.incident import Incident
from gateway.models.lookup import Lookup
from gateway.positions.outcomes import Located, NotLocated
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

log = logging.getLogger(__name__)

# takes a number or a link, returns a position; never raises, may take seconds
Finder = Callable[[str], Located | NotLocated]
# pauses before each new try after a passing failure
AGAIN = (timedelta(seconds=5), timedelta(seconds=20), timedelta(seconds=60))
FOUND, CLOSED = "found", "closed"
# The law that lets us ask an operator: UU 27/2022 (PDP) article 20 (2) d and e, vital interest and public duty, while
# the alarm is open. The citizen consented at registration; the audit entry names the version of that text.
LEGAL_BASIS = "UU 27/2022 art. 20(2) d, e: vital interest and public duty while the alarm is open"


@dataclass(frozen=True)
class PendingLookup:
    """One look-up as plain values, free of the database."""

    id: int
    kind: str
    subject: str


def due(uow: UnitOfWork, finders: Mapping[str, Finder]) -> list[int]:
    """Return the ids of the look-ups that are due now and for which there is a finder."""
    return list(lookups.due(uow.db, uow.now(), tuple(finders)))


def run(open_uow: OpenUnitOfWork, finders: Mapping[str, Finder], lookup_id: int) -> None:
    """Claim one look-up, ask the outside and record the result.

    It may run twice; the second run finds nothing to do.
    """
    with open_uow() as uow:
        pending = _take(uow, lookup_id)
    if pending is None or pending.kind not in finders:
        return
    outcome = finders[pending.kind](pending.subject)
    with open_uow() as uow:
        _write_down(uow, pending, outcome)


def _take(uow: UnitOfWork, lookup_id: int) -> PendingLookup | None:
    row = lookups.take(uow.db, lookup_id, uow.now())
    if row is None:
        return None
    incident = uow.db.get_one(Incident, row.incident_id)
    if incident.closed:
        _finish(row, CLOSED)
        return None
    if row.kind == lookups.NETWORK and row.tries == 1:
        _account_for(uow, incident)
    return PendingLookup(row.id, row.kind, row.subject)


def _account_for(uow: UnitOfWork, incident: Incident) -> None:
    """Record on the timeline and in the audit trail that we ask the operator for a phone's position, before we ask."""
    citizen = uow.db.get(Citizen, incident.citizen_id) if incident.citizen_id is not None else None
    consent = (citizen.consent if citizen is not None else None) or "none recorded"
    timeline.record(uow, incident, "network_asked", text=LEGAL_BASIS)
    why = f"{incident.code}; {LEGAL_BASIS}; consent {consent}"
    audit_log.record(uow, "siaga", "network.locate", incident.phone, why)


def _write_down(uow: UnitOfWork, pending: PendingLookup, outcome: Located | NotLocated) -> None:
    row = uow.db.get_one(Lookup, pending.id)
    incident = incidents.lock(uow.db, row.incident_id)
    if isinstance(outcome, NotLocated):
        _not_found(uow, incident, row, outcome)
    elif incident.closed:
        _finish(row, CLOSED)
    else:
        _finish(row, FOUND)
        caller_updates.move(uow, incident, _reading(uow, pending, outcome))
    uow.db.flush()
    position_updates.ask_place(uow, incident)


def _not_found(uow: UnitOfWork, incident: Incident, row: Lookup, outcome: NotLocated) -> None:
    row.outcome = outcome.code[:60]
    if outcome.again and row.tries <= len(AGAIN) and not incident.closed:
        row.due_at = uow.now() + AGAIN[row.tries - 1]
        return
    row.due_at = None
    timeline.record(uow, incident, f"{row.kind}_failed", text=outcome.code)
    log.info("a look-up told no position", extra={"incident": incident.code, "kind": row.kind, "code": outcome.code})


def _reading(uow: UnitOfWork, pending: PendingLookup, found: Located) -> Spot:
    """Return the position with the time at which it was true; for a link that is the time at which it was sent."""
    now, spot = uow.now(), found.spot
    if pending.kind == lookups.LINK:
        sent = uow.db.get_one(Lookup, pending.id).created_at
        spot = replace(spot, raw=pending.subject)
        return Reading(spot.lat, spot.lon, spot.radius_m, spot.source, spot.raw, taken_at=sent)
    taken = min(found.taken_at or now, now)
    return Reading(spot.lat, spot.lon, spot.radius_m, spot.source, spot.raw, taken_at=taken)


def _finish(row: Lookup, outcome: str) -> None:
    row.due_at, row.outcome = None, outcome
