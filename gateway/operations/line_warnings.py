"""Say which phones of the roster no line can make ring, how late the last phone of the largest wave rings, and which
line has soon sent its texts of the day.

These are warnings for people, not faults: texts still leave, and `/readyz` stays 200.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select, union

from gateway.core.daily_limits import DAY, is_near
from gateway.core.line_abilities import Ability, LineFacts, last_ring_seconds, prefix_of
from gateway.core.policy import By, Group, Policy
from gateway.core.policy_groups import Who
from gateway.models import attempt as attempts
from gateway.models import policy_rule
from gateway.models import unit as units
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

LATE_RING = 30  # seconds after the first phone from which the last one of a wave is worth a warning
NO_RING, LATE, LIMIT = "no_ring", "late_ring", "line_limit"  # the warnings' names begin with these
ONE_PHONE = (Who.DESK, Who.POLRES_DESK, Who.TOP_DESK, Who.POLDA_DESK, Who.UP_DESK)


def rostered(uow: UnitOfWork) -> Mapping[str, int]:
    """Return how many phones of officers and desks there are by dialling prefix."""
    officers = select(Officer.phone).where(Officer.suspended.is_(False))
    desks = select(Unit.phone).where(Unit.phone.is_not(None))
    return by_prefix(uow, uow.db.scalars(union(officers, desks)))


def by_prefix(uow: UnitOfWork, phones: Iterable[str]) -> Counter[str]:
    """Count phones (E.164) by the prefix on which the lines' abilities depend."""
    return Counter(prefix_of(phone, uow.lines.prefixes) for phone in phones)


def cannot_ring(uow: UnitOfWork, phones: Mapping[str, int]) -> dict[str, int]:
    """Return of these counts by prefix those that no line can make ring."""
    return {prefix: count for prefix, count in phones.items() if not uow.lines.can(Ability.CALL_OUT, prefix)}


def matrix(uow: UnitOfWork) -> Mapping[str, Sequence[LineFacts]]:
    """Return by prefix of the roster's phones what each line can do there, in the order in which it is tried."""
    return {prefix: uow.lines.all_facts(prefix) for prefix in sorted(rostered(uow))}


# --- how late the last phone rings ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class LastRing:
    """The largest wave that a policy of today may ask, and how many seconds after the first its last phone rings."""

    unit: str
    wave: int
    phones: int
    line: str
    seconds: float


def last_ring(uow: UnitOfWork) -> LastRing | None:
    """Return the wave whose last phone rings the latest, of every unit's policy of this hour; None where no line can
    call. It counts everybody on duty whom a group may ask, so it is the most that may be."""
    on_duty = dict(
        uow.db.execute(
            select(Officer.unit_id, func.count()).where(Officer.on_duty.is_(True)).group_by(Officer.unit_id)
        ).all()
    )
    everyone, phones = units.all_units(uow.db), rostered(uow)
    home = max(phones, key=lambda prefix: phones[prefix], default="")
    line = next((one.name for one in uow.lines.all_facts(home) if Ability.CALL_OUT in one.can), "") if home else ""
    if not line:
        return None
    found = [
        LastRing(unit.code, number, asked, line, _seconds(uow, line, asked, policy))
        for unit in everyone
        for policy in (policy_rule.policy_for(uow.db, unit, uow.now()),)
        for number, asked in _waves(policy, on_duty.get(unit.id, 0), sum(on_duty.values()))
    ]
    return max(found, key=lambda one: (one.seconds, one.phones), default=None)


def _waves(policy: Policy, own: int, all_on_duty: int) -> Iterable[tuple[int, int]]:
    for number, wave in enumerate(policy.waves, 1):
        if wave.by is not By.TEXT:
            yield number, sum(_most(group, own, all_on_duty) for group in wave.groups)


def _most(group: Group, own: int, all_on_duty: int) -> int:
    """Return how many phones a group rings at the most."""
    if group.who in ONE_PHONE:
        return 1
    there = {Who.NEAREST: own, Who.UNIT: own, Who.NEIGHBOURS: all_on_duty - own}.get(group.who, all_on_duty)
    return min(there, group.most or there)


def _seconds(uow: UnitOfWork, line: str, phones: int, policy: Policy) -> float:
    return last_ring_seconds(phones, uow.lines.pace(line, "call"), uow.lines.calls_at_once(line), policy.ring)


# --- how much of its day a line has sent --------------------------------------------------------------------------


@dataclass(frozen=True)
class NearLimit:
    """A line that has sent most of the texts that it may send in 24 hours."""

    line: str
    sent: int
    limit: int


def near_limits(uow: UnitOfWork) -> list[NearLimit]:
    """Return the lines whose daily limit is near; from then on texts that can wait do so."""
    sent = attempts.texts_since(uow.db, uow.lines.limited(), uow.now() - DAY)
    days = [NearLimit(line, count, uow.lines.daily_limit(line)) for line, count in sent.items()]
    return [day for day in days if is_near(day.sent, day.limit)]


# --- in words --------------------------------------------------------------------------------------------------------


def warnings(uow: UnitOfWork) -> dict[str, str]:
    """Return each warning's name with a sentence; empty if there is none."""
    silent = cannot_ring(uow, rostered(uow))
    found = {
        f"{NO_RING} {prefix}": f"no line can make this phone ring: {count} of the roster's begin with {prefix}"
        for prefix, count in silent.items()
    }
    last = last_ring(uow)
    if last is not None and last.seconds >= LATE_RING:
        found[f"{LATE} {last.unit}"] = in_words(last)
    for day in near_limits(uow):
        found[f"{LIMIT} {day.line}"] = f"{day.line} has sent {day.sent} of the {day.limit} texts of its day"
    return found


def in_words(last: LastRing) -> str:
    return (
        f"wave {last.wave} of {last.unit} may ask {last.phones} phones; on {last.line} the last one rings"
        f" {last.seconds:.0f} s after the first"
    )
