"""From which sender a text leaves: the own one of the unit that its phone belongs to, where the line shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gateway.carriers.base import SenderCarrier
from gateway.core.line_abilities import Ability, may_show
from gateway.delivery.claims import ClaimedOutbound
from gateway.models import citizen as citizens
from gateway.models import officer as officers
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.incident import Incident
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork


def of_texts(uow: UnitOfWork, line: str, batch: Sequence[ClaimedOutbound]) -> Mapping[int, str]:
    """Return the senders of these outbounds, by id, on this line; those that are not named leave from the line's own.

    A text that did not reach its phone on this line is sent again from the line's own: the network may block the
    other.
    """
    carrier = uow.lines.named(line)
    texts = [one for one in batch if one.kind == outbounds.TEXT and line not in one.missed]
    if not texts or not isinstance(carrier, SenderCarrier) or not units.have_senders(uow.db):
        return {}
    taken = units.every_number(uow.db)
    found = {one.id: units.sender_of(uow.db, _unit_of(uow, one)) for one in texts}
    return {one.id: found[one.id] for one in texts if found[one.id] and _shows(uow, carrier, one, found[one.id], taken)}


def _shows(uow: UnitOfWork, line: SenderCarrier, text: ClaimedOutbound, sender: str, taken: frozenset[str]) -> bool:
    answers = Ability.ANSWERS in uow.lines.facts(line.name, text.phone).can
    return may_show(sender, line.own_numbers, line.any_sender, taken, answers)


def _unit_of(uow: UnitOfWork, text: ClaimedOutbound) -> Unit | None:
    """Return the unit of the officer, desk or citizen whose phone it is, so that one phone sees one sender; for other
    phones the unit of the incident."""
    officer = officers.by_phone(uow.db, text.phone)
    if officer is not None:
        return units.by_id(uow.db, officer.unit_id)
    if desks := units.desks_at(uow.db, text.phone):
        return desks[0]
    citizen = citizens.current(uow.db, text.phone)
    if citizen is not None and citizen.unit_id is not None:
        return units.by_id(uow.db, citizen.unit_id)
    incident = uow.db.get(Incident, text.incident) if text.incident is not None else None
    return units.by_id(uow.db, incident.unit_id) if incident is not None else None
