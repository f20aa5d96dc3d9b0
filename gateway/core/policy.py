"""A policy as data: who is asked when, and every timer. Times are seconds; a unit may have a policy of its own as JSON.

Each number of a policy is declared once, in its line of `Policy`, `Wave` or `Group`: type, bounds, what it counts,
meaning and default. The administrator's form, the reader of JSON, `siaga check` and docs/developers/policy.md read the
declaration; docs/developers/add-a-policy-field.md says how to add one.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, TypeVar, get_args, get_type_hints

from gateway.core.policy_groups import By as By
from gateway.core.policy_groups import Who as Who


class Measure(StrEnum):
    """The thing that a number of a policy counts."""

    SECONDS = "seconds"
    METRES = "metres"
    CALLS = "calls"
    PEOPLE = "people"
    LEVELS = "levels"
    YES = "for yes (1) or no (0)"


SECONDS, METRES, CALLS, PEOPLE, STEPS, YES = Measure


@dataclass(frozen=True)
class Whole:
    """The declaration of a whole number: the least and the most that it may be, what it counts, and its meaning."""

    least: int
    most: int
    measure: Measure
    meaning: str

    def __str__(self) -> str:
        return f"{self.least} to {self.most} {self.measure}"

    def allows(self, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most


Usual = TypeVar("Usual", int, None)
Kept = Mapping[str, object]  # the JSON object as it was read; fields that this version does not know stay in it


@dataclass(frozen=True)
class Group:
    who: Who
    most: Annotated[int | None, Whole(1, 1000, PEOPLE, "The nearest so many of the group; none: all.")] = None
    within_m: Annotated[int | None, Whole(50, 50_000, METRES, "Only who is so near; a place unknown is near.")] = None
    levels: Annotated[int | None, Whole(1, 5, STEPS, "How far above `up` and `up_desk` are; none: 1.")] = None


@dataclass(frozen=True)
class Wave:
    after: Annotated[int, Whole(0, 3600, SECONDS, "How long after the panic the wave is asked.")]
    groups: tuple[Group, ...]
    by: By = By.BOTH
    kept: Kept = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Policy:
    waves: tuple[Wave, ...]
    again: tuple[Group, ...] = (Group(Who.TOP_DESK), Group(Who.FIRST_WAVE))  # after the last wave, for ever
    again_every: Annotated[int, Whole(10, 600, SECONDS, "How often `again` is asked after the last wave.")] = 60
    ring: Annotated[int, Whole(15, 60, SECONDS, "How long a call of ours makes a phone ring.")] = 25
    ring_again: Annotated[int, Whole(10, 300, SECONDS, "How long after a call without a key the next one leaves.")] = 45
    calls: Annotated[int, Whole(1, 10, CALLS, "How often a phone is called for one alert.")] = 3
    leader_silence: Annotated[int, Whole(10, 900, SECONDS, "A leader silent so long is nudged, then left.")] = 120
    en_route: Annotated[int, Whole(60, 7200, SECONDS, "The same for a leader who is on the way.")] = 900
    faster_leads: Annotated[
        int, Whole(0, 3600, SECONDS, "Who arrives so much sooner than the leader leads instead; 0: nobody does.")
    ] = 0
    hide_numbers: Annotated[int, Whole(0, 1, YES, "Officers read no citizen's number; their texts go through us.")] = 0
    map_link: Annotated[int, Whole(0, 1, YES, "Alerts carry a link to a map, else the position in digits alone.")] = 1
    margin_m: Annotated[int, Whole(0, 20000, METRES, "So near a border the neighbour is asked in wave 1, too.")] = 500
    # An uncertain call: a text of a verified number that may be a panic (gateway.core.uncertain).
    unclear_ring: Annotated[int, Whole(5, 120, SECONDS, "An unclear text rings the desk after so long.")] = 15
    unclear_ring_low: Annotated[int, Whole(5, 120, SECONDS, "The same where it hardly reads like an emergency.")] = 30
    unclear_open: Annotated[int, Whole(30, 600, SECONDS, "An unclear text that nobody settles opens after this.")] = 60
    unclear_look: Annotated[int, Whole(60, 1800, SECONDS, "The same once the desk has said that it looks.")] = 300
    desk_first: Annotated[int, Whole(60, 1800, SECONDS, "The same for a citizen whose profile says desk first.")] = 300
    least_on_duty: Annotated[int, Whole(0, 50, PEOPLE, "Where fewer would remain, LEPAS needs proof.")] = 2
    unclear_most: Annotated[int, Whole(1, 100, CALLS, "So many unclear texts in 10 minutes open by themselves.")] = 5
    kept: Kept = field(default_factory=dict, compare=False, repr=False)

    def groups(self, number: int) -> tuple[Group, ...]:
        """Return the groups that wave `number` (from 1) asks."""
        return self.waves[number - 1].groups if number <= len(self.waves) else self.again

    def by(self, number: int) -> By:
        """Return how wave `number` (from 1) asks."""
        return By.BOTH if self.is_repeat(number) else self.waves[number - 1].by

    def is_repeat(self, number: int) -> bool:
        return number > len(self.waves)

    def after(self, number: int) -> int:
        """Return when wave `number` is asked if nothing holds it back, in seconds since the opening."""
        beyond = number - len(self.waves)
        return self.waves[number - 1].after if beyond <= 0 else self.waves[-1].after + beyond * self.again_every

    def due(self, number: int, opened: float, last: float) -> float:
        """Return when wave `number` is due, in the unit of time in which `opened` and the `last` wave are given
        (seconds).

        Times count from the opening. Waves that were held back and go on late keep the pauses between them.
        """
        if self.is_repeat(number):
            return last + self.again_every
        after = self.waves[number - 1].after
        # Otherwise it is late, or the clock was put back and the opening lies ahead.
        if opened + after > last >= opened:
            return opened + after
        return last + after - (self.waves[number - 2].after if number > 1 else 0)


def declared(of: type) -> dict[str, Whole]:
    """Return the numbers that a class declares, in their order."""
    hints = get_type_hints(of, include_extras=True)
    notes = ((name, note) for name, hint in hints.items() for note in get_args(hint)[1:])
    return {name: note for name, note in notes if isinstance(note, Whole)}


FIELDS = declared(Policy)
_WHO = {who.value: who for who in Who}
AFTER, COUNTS = declared(Wave)["after"], declared(Group)
MOST = COUNTS["most"]

_LADDER = (
    Wave(30, (Group(Who.UNIT), Group(Who.NEIGHBOURS, 10))),
    Wave(60, (Group(Who.POLRES), Group(Who.POLRES_DESK))),
    Wave(120, (Group(Who.TOP_DESK),)),
)
POLICIES: dict[str, Policy] = {
    "nearest_first": Policy((Wave(0, (Group(Who.DESK), Group(Who.NEAREST, 3))), *_LADDER)),
    "all_at_once": Policy((Wave(0, (Group(Who.DESK), Group(Who.POLRES), Group(Who.POLRES_DESK))), *_LADDER)),
    "ladder_110": Policy(  # like the 110 call centre: ten seconds for each level
        (
            Wave(0, (Group(Who.DESK), Group(Who.UNIT))),
            Wave(10, (Group(Who.POLRES), Group(Who.POLRES_DESK))),
            Wave(20, (Group(Who.TOP_DESK), Group(Who.POLDA), Group(Who.POLDA_DESK))),
        )
    ),
}
DEFAULT = "nearest_first"


def label(name: str) -> str:
    """Return the key, below `console.`, of the words beside a number in the administrator's form."""
    return f"admin_timer.{name}"


def policy_of(name: str, own: str | None = None) -> Policy:
    """Return the named policy, or the unit's own from JSON (see `dumps`). Nothing is raised, because a typing error in
    a form must not silence a panic: the named policy stands in for every part that cannot be used, and the default
    policy for an unknown name."""
    return read(name, own)[0]


# --- JSON ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fault:
    """A part of a stored policy that this version cannot use. `newer` says that another version may know it, and it is
    kept."""

    words: str
    newer: bool = False


def read(name: str, own: str | None) -> tuple[Policy, list[Fault]]:
    """Return the policy that a unit's two columns mean, and the faults in them."""
    base = POLICIES.get(name or DEFAULT)
    faults = [] if base else [Fault(f"{name!r} is no policy, so {DEFAULT} counts (there are {', '.join(POLICIES)})")]
    base = base or POLICIES[DEFAULT]
    if not own:
        return base, faults
    try:
        data = json.loads(own)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        return base, [*faults, Fault("its own policy cannot be read, so the one that it is named after counts")]
    return _Reader(base, faults).policy(data), faults


def loads(text: str) -> Policy:
    """Return the policy that `dumps` wrote; the default policy stands in for every part that cannot be used."""
    return policy_of(DEFAULT, text)


class _Reader:
    """Reads a policy from JSON; `base` stands in for every part that cannot be used, which is added to `faults`."""

    def __init__(self, base: Policy, faults: list[Fault]) -> None:
        self.base, self.faults = base, faults

    def policy(self, data: Kept) -> Policy:
        waves, again = self._waves(data.get("waves")), self._again(data)
        numbers = {
            name: self._number(data.get(name, getattr(self.base, name)), whole, getattr(self.base, name), name)
            for name, whole in FIELDS.items()
        }
        self._unknown(data, ("waves", "again", *FIELDS), "")
        return Policy(waves, again, **numbers, kept=data)

    def _waves(self, rows: object) -> tuple[Wave, ...]:
        if not isinstance(rows, list) or not rows:
            self.faults.append(Fault("it has no waves, so those of the policy that it is named after count"))
            return self.base.waves
        waves = tuple(self._wave(number, row) for number, row in enumerate(rows, 1))
        for number, (earlier, later) in enumerate(pairwise(waves), 2):
            if later.after <= earlier.after:
                self.faults.append(Fault(f"wave {number} comes no later than wave {number - 1}"))
        return waves

    def _wave(self, number: int, row: object) -> Wave:
        data, where, usual = (row if isinstance(row, dict) else {}), f"wave {number}", self.base.after(number)
        after = self._number(data.get("after", usual), AFTER, usual, f"{where}: after")
        groups = self._groups(data.get("groups"), where)
        if number == 1:  # before wave 1 there is nobody whom it could ask again
            groups = tuple(group for group in groups if group.who is not Who.FIRST_WAVE)
        self._unknown(data, ("after", "groups", "by"), f"{where}: ")
        return Wave(after, groups or self._instead(self.base.groups(number), where), self._by(data, where), data)

    def _by(self, data: Kept, where: str) -> By:
        value = data.get("by", By.BOTH)
        if value in tuple(By):
            return By(str(value))
        self.faults.append(Fault(f"{where}: by is {value!r:.40}, not {', '.join(By)}, so {By.BOTH} counts"))
        return By.BOTH

    def _again(self, data: Kept) -> tuple[Group, ...]:
        if "again" not in data:
            return self.base.again
        return self._groups(data["again"], "again") or self._instead(self.base.again, "again")

    def _instead(self, groups: tuple[Group, ...], where: str) -> tuple[Group, ...]:
        named = ", ".join(group.who for group in groups)
        self.faults.append(Fault(f"{where} asks nobody, so it asks {named}"))
        return groups

    def _groups(self, rows: object, where: str) -> tuple[Group, ...]:
        return tuple(group for row in _objects(rows) if (group := self._group(row, where)) is not None)

    def _group(self, row: Kept, where: str) -> Group | None:
        who = _WHO.get(str(row.get("who")))
        if who is None:
            fault = f"{where}: no group {row.get('who')!r:.40} is known here; it is skipped"
            self.faults.append(Fault(fault, newer=True))
            return None
        self._unknown(row, ("who", *COUNTS), f"{where}: {who}: ")
        numbers = {
            name: None if row.get(name) is None else self._number(row[name], whole, None, f"{where}: {who}: {name}")
            for name, whole in COUNTS.items()
        }
        return Group(who, **numbers)

    def _number(self, value: object, whole: Whole, usual: Usual, where: str) -> int | Usual:
        if isinstance(value, int) and whole.allows(value):
            return value
        counts = "all of them count" if usual is None else f"{usual} counts"
        self.faults.append(Fault(f"{where} is {value!r:.40}, not {whole}, so {counts}"))
        return usual

    def _unknown(self, data: Kept, known: Collection[str], where: str) -> None:
        for name in (name for name in data if name not in known):
            self.faults.append(Fault(f"{where}no field {name!r:.40} is known here; it is kept", newer=True))


def dumps(policy: Policy) -> str:
    """Return the policy as JSON. Fields and groups that this version does not know stay as they were read."""
    waves = [_wave_row(wave) for wave in policy.waves]
    again = _rows(policy.again, policy.kept.get("again"))
    numbers = {name: getattr(policy, name) for name in FIELDS}
    return json.dumps({**policy.kept, "waves": waves, "again": again, **numbers})


def _wave_row(wave: Wave) -> Kept:
    kept = {name: value for name, value in wave.kept.items() if name != "by"}
    row = {**kept, "after": wave.after, "groups": _rows(wave.groups, wave.kept.get("groups"))}
    return row if wave.by is By.BOTH else row | {"by": wave.by}


def _group_row(group: Group, kept: Kept) -> Kept:
    unknown = {name: value for name, value in kept.items() if name not in COUNTS}
    told = {name: value for name in COUNTS if (value := getattr(group, name)) is not None}
    return {**unknown, "who": group.who, "most": None} | told


def _rows(groups: Iterable[Group], kept: object) -> list[Kept]:
    """Return the groups as JSON objects over those that were read, followed by those of unknown groups."""
    before = list(_objects(kept))
    same = {row.get("who"): row for row in before if str(row.get("who")) in _WHO}
    known = [_group_row(group, same.get(group.who, {})) for group in groups]
    return known + [row for row in before if str(row.get("who")) not in _WHO]


def _objects(rows: object) -> Iterator[Kept]:
    """Yield the JSON objects of a list; anything else than a list yields nothing."""
    return (row for row in (rows if isinstance(rows, list) else ()) if isinstance(row, dict))
