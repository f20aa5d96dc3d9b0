"""Find holes in the map and in the week's roster: a panic there would ring fewer phones than the desk believes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from gateway.core import missed_calls, policy, shifts
from gateway.core.incident_kinds import IncidentKind
from gateway.core.missed_calls import Handset
from gateway.core.shifts import Hole, Turn
from gateway.models import officer as officers
from gateway.models import policy_rule
from gateway.models import shift as rows
from gateway.models import unit as units
from gateway.models.officer import Officer
from gateway.models.policy_rule import PolicyRule
from gateway.models.unit import Area, Unit
from gateway.unit_of_work import UnitOfWork

BEATS = ("polsek", "post")  # the kinds of unit that answer for a place
NAMED = 3  # how many holes of one unit's week we name one by one


def holes(uow: UnitOfWork) -> list[str]:
    """Return each hole as a sentence that names the unit; empty if there is none."""
    everyone = [unit for unit in units.all_units(uow.db) if unit.kind != units.RETIRED]
    if not everyone:
        return ["there is no unit: nobody would be asked (siaga import units …)"]
    people = uow.db.scalars(select(Officer).where(Officer.suspended.is_(False))).all()
    staffed = {officer.unit_id for officer in people}
    awake = {officer.unit_id for officer in people if officer.on_duty}
    drawn = set(uow.db.scalars(select(Area.unit_id)))
    found = [hole for unit in everyone for hole in _of_unit(unit, staffed, awake, drawn)]
    week = [told for cover in covers(uow, answering(uow, everyone)) for told in _of_week(cover)]
    return found + week + ([] if drawn else ["no area is drawn: the nearest unit answers for a place"])


def _of_unit(unit: Unit, staffed: set[int], awake: set[int], drawn: set[int]) -> Iterator[str]:
    answers = unit.id in drawn or unit.kind in BEATS
    checks: dict[str, Callable[[], bool]] = {
        "has no desk number": lambda: not unit.phone,
        "has no position": lambda: unit.lat is None,
        "answers for a place and has no officer": lambda: answers and unit.id not in staffed,
        "has nobody on duty": lambda: answers and unit.id in staffed and unit.id not in awake,
        "has no area, while others have": lambda: bool(drawn) and unit.kind in BEATS and unit.id not in drawn,
    }
    for words, is_so in checks.items():
        if is_so():
            yield f"{unit.code} ({unit.name}) {words}"


# --- policies -------------------------------------------------------------------------------------------------

MEND = "open /admin/units/{id}, look its policy through and save it"
UPDATE = "update this machine, or save another policy at /admin/units/{id}"


def policies(uow: UnitOfWork) -> list[str]:
    """Each thing in a unit's policy that cannot be used, and each unit whose answer changed when it began to inherit,
    as a sentence that names the unit and says what to do."""
    everyone = units.all_units(uow.db)
    rules: dict[int, list[PolicyRule]] = defaultdict(list)
    for row in policy_rule.rules_of(uow.db, [unit.id for unit in everyone]):
        rules[row.unit_id].append(row)
    return [
        f"{unit.code} ({unit.name}): {words}"
        for unit in everyone
        for words in (*_faults(unit, rules[unit.id]), *_changed(uow, unit))
    ]


def _faults(unit: Unit, rules: Sequence[PolicyRule]) -> Iterator[str]:
    stored = [("", unit.policy, unit.waves), *((f"{_named(row)}: ", row.policy, row.waves) for row in rules)]
    for where, name, own in stored:
        for fault in policy.read(name, own)[1]:
            yield f"{where}{fault.words}: {(UPDATE if fault.newer else MEND).format(id=unit.id)}"
    for row in rules:
        if not policy_rule.usable(row):
            yield f"{_named(row)}: no such kind or hours are known here; it is left aside: {UPDATE.format(id=unit.id)}"


def _named(row: PolicyRule) -> str:
    """Return what a rule is for, as it is stored: "fire 22-6"."""
    hours = "" if row.from_hour is None and row.to_hour is None else f"{row.from_hour}-{row.to_hour}"
    return " ".join(filter(None, (row.kind, hours)))


def _changed(uow: UnitOfWork, unit: Unit) -> Iterator[str]:
    if unit.policy_was and not unit.policy and not unit.waves:
        applied = policy_rule.applying(uow.db, unit, IncidentKind.UNKNOWN, uow.now())
        whose = f"that of {applied.unit.code} ({applied.unit.name})" if applied.unit is not None else policy.DEFAULT
        yield f"its policy was {unit.policy_was} and is now {whose}, which it inherits: {MEND.format(id=unit.id)}"


# --- the week -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cover:
    """The roster of one unit: `turns` by officer, and how many officers without turns are on duty (`always`)."""

    unit: Unit
    turns: Mapping[int, Sequence[Turn]]
    always: int

    @property
    def holes(self) -> list[Hole]:
        """Return the times of the week without any officer, on the unit's clock.

        A unit without a roster has no holes.
        """
        if self.always or not self.turns:
            return []
        return shifts.holes(turn for turns in self.turns.values() for turn in turns)

    @property
    def hours(self) -> list[int]:
        """Return how many officers are surely on duty in each of the week's 168 hours."""
        return [self.always + count for count in shifts.headcount(self.turns.values())]


def covers(uow: UnitOfWork, of: Collection[Unit]) -> list[Cover]:
    """Return each unit's week. Suspended officers do not count."""
    ids = [unit.id for unit in of]
    turns: dict[int, dict[int, list[Turn]]] = {unit_id: defaultdict(list) for unit_id in ids}
    for row in rows.of_units(uow.db, ids):
        turns[row.officer.unit_id][row.officer_id].append(Turn(row.weekday, row.starts, row.minutes))
    always = dict.fromkeys(ids, 0)
    for post in officers.posts_of_units(uow.db, ids, on_duty_only=True):
        always[post.unit_id] += post.id not in turns[post.unit_id]
    return [Cover(unit, turns[unit.id], always[unit.id]) for unit in of]


def answering(uow: UnitOfWork, of: Collection[Unit]) -> list[Unit]:
    """Return those of the units that answer for a place."""
    drawn = set(uow.db.scalars(select(Area.unit_id)))
    return [unit for unit in of if unit.id in drawn or unit.kind in BEATS]


def unmanned(uow: UnitOfWork, of: Collection[Unit]) -> list[Unit]:
    """Return those of the units that answer for a place and have nobody on duty now."""
    asked = answering(uow, of)
    awake = {post.unit_id for post in officers.posts_of_units(uow.db, [unit.id for unit in asked], on_duty_only=True)}
    return [unit for unit in asked if unit.id not in awake]


def _of_week(cover: Cover) -> Iterator[str]:
    found = [str(hole) for hole in cover.holes]
    if found:
        more = [f"and {len(found) - NAMED} more"] if len(found) > NAMED else []
        told = ", ".join(found[:NAMED] + more)
        yield f"{cover.unit.code} ({cover.unit.name}) has nobody on its roster {told}"


def languages(uow: UnitOfWork) -> set[str]:
    """Return the languages in which calls speak: the officers', and that of the desks."""
    return {*uow.db.scalars(select(Officer.language).distinct()), uow.settings.default_language}


# --- the doors for missed calls -------------------------------------------------------------------------------

SECOND_SIM = "put a second SIM first, whose number no citizen is told ({door}=0)"


def doors(uow: UnitOfWork) -> list[str]:
    """Return each telephone that rings nobody out because it is the only number for missed calls, and each that shuts a
    door while it rings somebody, with the seconds; each as a sentence that says what to do."""
    pool = uow.lines.handsets()
    ringing = [line for line in pool if not uow.lines.keeps_door_open(line)]
    found = []
    for line in pool:
        mend = SECOND_SIM.format(door=f"{line.name}_is_door".replace("-", "_").upper())
        number = line.own_numbers[0]
        if uow.lines.keeps_door_open(line):
            told = f"{number} is the only number for missed calls, and citizens would find it busy"
            found.append(f"{line.name} rings nobody: {told}; {mend}")
        elif missed_calls.is_shut_by_ringing(Handset(number, line.tells_of_waiting), uow.lines.missed_call_numbers):
            unit, phones = _most_rung(uow)
            ring = policy_rule.policy_for(uow.db, unit, uow.now()).ring
            shut = missed_calls.shut_for(phones, len(ringing), ring)
            told = f"up to {shut} s while it rings {phones} phones" + (f" of {unit.code}" if unit is not None else "")
            found.append(f"{line.name}: who rings {number} finds it busy for {told}; {mend}")
    return found


def _most_rung(uow: UnitOfWork) -> tuple[Unit | None, int]:
    """Return the unit that has most phones on duty, and how many these are, with its desk."""
    everyone = units.all_units(uow.db)
    awake = Counter(
        post.unit_id for post in officers.posts_of_units(uow.db, [unit.id for unit in everyone], on_duty_only=True)
    )
    counts = {unit.id: awake[unit.id] + bool(unit.phone) for unit in everyone}
    most = max(everyone, key=lambda unit: counts[unit.id], default=None)
    return most, counts[most.id] if most is not None else 0
