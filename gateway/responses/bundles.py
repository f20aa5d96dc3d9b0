"""ROOM: tell of a flood of uncertain calls in one text and one call a minute, so that none drowns and none waits.

Each line names code, number and words. The bundle goes to the unit's desk, to the desk above, and to the nearest free
officer who may know of all lines: so every call reaches an officer within 90 seconds without waves of its own. A desk
that must not know of a line gets the others.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from gateway import notices
from gateway.core.places import distance
from gateway.core.reachability import Way
from gateway.core.sentences.bundle import Line, bundle_texts
from gateway.identity import confidants, reachability
from gateway.identity.callers import identify
from gateway.identity.confidants import Circle
from gateway.inbound import clarifications
from gateway.incidents import free
from gateway.models import clarification as clarification_rows
from gateway.models import officer as officers
from gateway.models import unit as units
from gateway.models.clarification import Clarification
from gateway.models.inbound import Inbound
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

EVERY = timedelta(seconds=60)  # between two bundles of one unit
GATHER = timedelta(seconds=10)  # the first lines wait so long for others


def send_due(uow: UnitOfWork) -> None:
    """Send the bundle of every unit whose turn has come."""
    waiting: dict[int | None, list[Clarification]] = defaultdict(list)
    for call in clarification_rows.unlisted(uow.db, uow.now()):
        waiting[call.unit_id].append(call)
    for unit_id, calls in waiting.items():
        last = clarification_rows.last_listed(uow.db, unit_id)
        ripe = calls[0].asked_at + GATHER <= uow.now()
        if ripe and (last is None or last + EVERY <= uow.now()):
            _send(uow, units.by_id(uow.db, unit_id), calls)


def _send(uow: UnitOfWork, unit: Unit | None, calls: Sequence[Clarification]) -> None:
    circles = {call.phone: confidants.around(uow, call.phone) for call in calls}
    for call in calls:
        clarification_rows.put_on_list(call, uow.now())
    default = uow.settings.default_language
    told = dict.fromkeys(_desks(uow, unit, circles), default)
    barred = {phone for circle in circles.values() for phone in circle.phones}
    officer = nearest(uow, unit, circles.keys() | barred)
    if officer is not None:
        told[officer.phone] = officer.language
    for phone, language in told.items():
        theirs = [call for call in calls if circles[call.phone].allows(phone)]
        if theirs:
            _tell(uow, unit, phone, bundle_texts(_lines(uow, theirs), language), theirs[0])


def _desks(uow: UnitOfWork, unit: Unit | None, circles: Mapping[str, Circle]) -> list[str]:
    """Return the phones of the unit's desk, the desk above, and for each caller one of a desk that may know of them."""
    desks: list[Unit | None] = [unit]
    for asker, circle in circles.items():
        desks += [confidants.desk_for(uow, circle, unit), *clarifications.desks_above(uow, unit, asker)[:1]]
    return list(dict.fromkeys(desk.phone for desk in desks if desk is not None and desk.phone))


def _tell(uow: UnitOfWork, unit: Unit | None, phone: str, texts: Iterable[str], first: Clarification) -> None:
    for text in texts:
        notices.owe_text(uow, phone, text)
    clarifications.owe_call(uow, phone, unit, first, purpose=clarifications.BUNDLE)


def _lines(uow: UnitOfWork, calls: Sequence[Clarification]) -> list[Line]:
    """Return one line for each of the words that were sent, the oldest first."""
    groups: dict[str | int, list[Clarification]] = defaultdict(list)
    for call in calls:
        groups[call.words_key or call.id].append(call)
    return [_line(uow, group) for group in groups.values()]


def _line(uow: UnitOfWork, group: Sequence[Clarification]) -> Line:
    row = uow.db.get(Inbound, group[0].inbound_id)
    phones = tuple(dict.fromkeys(call.phone for call in group))
    dark = any(not reachability.to_caller(uow, identify(uow, phone), Way.SHOW).allowed for phone in phones)
    return Line(group[0].code or "", phones, row.body if row is not None else "", dark)


def nearest(uow: UnitOfWork, unit: Unit | None, besides: set[str]) -> Officer | None:
    """Return the officer who is told: the nearest free one on duty of the unit, else of the units below the ones above
    it; where nobody is free the nearest on duty, and where nobody is on duty the nearest of all. None if there is
    nobody."""
    hidden = besides | set(reachability.hidden_officers(uow))
    steps = [units.ids_below(uow.db, step) for step in units.chain(uow.db, unit)] if unit is not None else []
    for on_duty_only in (True, False):
        known = [
            [row for row in officers.of_units(uow.db, ids, on_duty_only) if row.phone not in hidden] for ids in steps
        ]
        busy = free.busy_phones(uow.db, {officer.phone for step in known for officer in step})
        idle = [[officer for officer in step if officer.phone not in busy] for step in known]
        found = next((step for step in (*idle, *known) if step), None)
        if found is not None:
            return min(found, key=lambda officer: (_metres(officer, unit), officer.id))
    return None


def _metres(officer: Officer, unit: Unit | None) -> float:
    place = unit if unit is not None and unit.lat is not None else None
    if place is None or officer.lat is None or officer.lon is None or place.lat is None or place.lon is None:
        return float("inf")
    return distance.metres((place.lat, place.lon), (officer.lat, officer.lon))
