"""Ask once more whether phones may be reached, at the moment when outbounds are taken to the wire.

Between the writing of a text and its leaving, a quiet word may have come, a PIN, or a USSD session. The rule is
gateway.core.reachability's; this file finds the few outbounds of a batch to which it may apply.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Row, and_, exists, or_, select

from gateway.core.reachability import WAY_OF_PURPOSE, Reach, Way, reach, way_of
from gateway.identity import reachability
from gateway.identity.callers import identify
from gateway.models import citizen as citizens
from gateway.models import incident as incidents
from gateway.models import never_asked
from gateway.models.citizen import Citizen
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.models.quiet_number import QuietNumber
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

Suspect = Row[int, str, str, bool, "int | None"]


def barred(uow: UnitOfWork, outbound_ids: Collection[int]) -> dict[int, Reach]:
    """Return those of these outbounds whose phone may not be reached now, each with the reason."""
    suspects = _suspects(uow, outbound_ids)
    if not suspects:
        return {}
    phones = {row.phone for row in suspects}
    quiet = reachability.quiet_now(uow, phones)
    own = {row.phone: row for row in incidents.open_of_phones(uow.db, phones)}
    asked = {row.id: _ask(uow, row, quiet, own.get(row.phone)) for row in suspects}
    return {outbound_id: answer for outbound_id, answer in asked.items() if not answer.allowed}


def must_not_know(uow: UnitOfWork, outbound_ids: Collection[int]) -> set[int]:
    """Return those of these outbounds whose phone must not know of the incident, because whoever asked for help has
    named it since the outbound was written (`gateway.identity.confidants`)."""
    query = select(Outbound.id, Outbound.phone, Citizen.person_id).join(Incident, Incident.id == Outbound.incident_id)
    query = query.join(Citizen, and_(Citizen.phone == Incident.phone, Citizen.state != citizens.REPLACED))
    rows = uow.db.execute(query.where(Outbound.id.in_(outbound_ids), Outbound.to_citizen.is_(False))).all()
    named = never_asked.pairs(uow.db, {row.person_id for row in rows}, {row.phone for row in rows})
    return {row.id for row in rows if (row.person_id, row.phone) in named}


def _suspects(uow: UnitOfWork, outbound_ids: Collection[int]) -> Sequence[Suspect]:
    """Return the outbounds to phones that have an incident open or have sent a quiet word, and all texts about an
    incident to the phone that asked. A duty desk's own number is never kept dark."""
    running = exists().where(Incident.phone == Outbound.phone, Incident.closed_at.is_(None))
    worded = exists().where(QuietNumber.phone == Outbound.phone, QuietNumber.until > uow.now())
    citizen = Outbound.purpose.in_(WAY_OF_PURPOSE)
    desk = exists().where(Unit.phone == Outbound.phone)
    wanted = or_(Outbound.to_citizen.is_(True), (running | worded) & (citizen | ~desk))
    columns = (Outbound.id, Outbound.phone, Outbound.purpose, Outbound.to_citizen, Outbound.incident_id)
    return uow.db.execute(select(*columns).where(Outbound.id.in_(outbound_ids), wanted)).all()


def _ask(uow: UnitOfWork, row: Suspect, quiet: Collection[str], own: Incident | None) -> Reach:
    way = way_of(row.purpose)
    incident = uow.db.get(Incident, row.incident_id) if row.to_citizen and row.incident_id is not None else None
    if incident is not None:
        return reach(reachability.of_incident(uow, incident, quiet), way)
    if way is Way.DUTY:
        return reach(reachability.on_duty(uow, own, quiet, row.phone), way)
    return reachability.to_caller(uow, identify(uow, row.phone), way)
