"""ROOM: show which incidents are one event, and which may be.

An incident that may be the same event as an earlier one is proposed together with the oldest of those; whether it is
says a human. gateway.core.same_event says what is close enough.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select

from gateway.core.same_event import Call, is_proposed
from gateway.incidents import parts
from gateway.models import part as rows
from gateway.models.fix import Fix
from gateway.models.incident import Incident
from gateway.models.part import Part
from gateway.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Together:
    """How an incident stands to others; each is named by its code."""

    part_of: str = ""  # the first incident of the event that it is part of
    counted: bool = False  # no human has merged it: the desk was empty, and the first wave there counts here too
    members: Sequence[str] = ()  # the open incidents that are part of its event
    maybe: Sequence[str] = ()  # those that may be the same event: the first one, or the later ones


ALONE = Together()


def of(uow: UnitOfWork, visible: ColumnElement[bool], shown: Sequence[Incident]) -> Mapping[int, Together]:
    """Return how each of the `shown` incidents stands to those that are `visible` to a user, by id."""
    found = rows.of_incidents(uow.db, [row.id for row in shown])
    members, heads = _members(uow, visible, [row.id for row in shown]), _heads(uow, visible, list(found.values()))
    first = proposed(uow, visible)
    later: dict[str, list[str]] = {}
    for code, head in first.items():
        later.setdefault(head, []).append(code)
    return {row.id: _together(row, found.get(row.id), heads, members, first, later) for row in shown}


def _together(
    row: Incident,
    part: Part | None,
    heads: Mapping[int, str],
    members: Mapping[int, Sequence[str]],
    first: Mapping[str, str],
    later: Mapping[str, Sequence[str]],
) -> Together:
    if row.closed:
        return ALONE
    head = heads.get(part.head_id, "") if part is not None and part.head_id is not None else ""
    maybe = [first[row.code]] if row.code in first else later.get(row.code, ())
    return Together(head, bool(head) and part is not None and not part.by, members.get(row.id, ()), maybe)


def _heads(uow: UnitOfWork, visible: ColumnElement[bool], found: Sequence[Part]) -> Mapping[int, str]:
    ids = {part.head_id for part in found if part.head_id is not None}
    query = select(Incident.id, Incident.code).where(Incident.id.in_(ids), visible)
    return {row.id: row.code for row in uow.db.execute(query)} if ids else {}


def _members(uow: UnitOfWork, visible: ColumnElement[bool], ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    query = select(Part.head_id, Incident.code).join(Incident, Incident.id == Part.incident_id)
    query = query.where(Part.head_id.in_(ids), Incident.closed_at.is_(None), visible).order_by(Incident.id)
    found: dict[int, list[str]] = {}
    for head_id, code in uow.db.execute(query):
        if head_id is not None:
            found.setdefault(head_id, []).append(code)
    return found


def proposed(uow: UnitOfWork, visible: ColumnElement[bool]) -> Mapping[str, str]:
    """Return the codes of open incidents that may be the same event as an earlier one, each with the code of the oldest
    of those. Left out is what is part of an event, and of what somebody has said that it is something else."""
    query = select(Incident, Fix, Part).join(Fix, Fix.id == Incident.fix_id)
    query = query.outerjoin(Part, Part.incident_id == Incident.id)
    query = query.where(Incident.closed_at.is_(None), visible).order_by(Incident.id)
    firsts: list[tuple[str, Call]] = []
    found: dict[str, str] = {}
    for incident, fix, part in uow.db.execute(query).all():
        if part is not None and part.head_id is not None:
            continue
        call = parts.facts_of(incident, fix)
        same = next((code for code, first in firsts if is_proposed(first, call)), None)
        if same is not None and not (part is not None and part.apart):
            found[incident.code] = same
        else:
            firsts.append((incident.code, call))
    return found
