"""Choose the policy that applies: of the nearest level with a rule for this kind and this hour, else the built-in.

Levels are a unit and the units above it. At each level a rule for kind and hour goes before one for the kind, that
before one for the hour, that before the general one. The first level with a match decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gateway.core.incident_kinds import IncidentKind
from gateway.core.policy import By, Group, Policy, Who

DAY = 24


@dataclass(frozen=True)
class Hours:
    """Hours of a day on the unit's clock, from `starts` until before `ends`; over midnight where that is no later."""

    starts: int  # 0 to 23
    ends: int  # 1 to 24

    def __len__(self) -> int:
        return (self.ends - self.starts) % DAY or DAY

    def holds(self, hour: int) -> bool:
        return (hour - self.starts) % DAY < len(self)

    def __str__(self) -> str:
        return f"{self.starts:02}-{self.ends:02}"


@dataclass(frozen=True)
class Slot:
    """The incidents that a rule is for: of one kind, at some hours, both, or (neither given) all."""

    kind: IncidentKind | None = None
    hours: Hours | None = None

    def fits(self, kind: IncidentKind, hour: int) -> bool:
        return self.kind in (None, kind) and (self.hours is None or self.hours.holds(hour))

    @property
    def rank(self) -> tuple[bool, bool, int]:
        """Return the order among rules that fit, the smallest first; of two for hours the one for fewer."""
        return self.kind is None, self.hours is None, len(self.hours) if self.hours is not None else 0


@dataclass(frozen=True)
class Rule:
    """A slot with what is stored for it: the name of a policy and, where it is an own one, its JSON."""

    slot: Slot
    name: str
    own: str | None = None

    @property
    def says(self) -> bool:
        """Return whether anything is stored; nothing means that the levels above decide."""
        return bool(self.name or self.own)


def hours_of(starts: int | None, ends: int | None) -> Hours | None:
    """Return the hours of two columns; None where they are not both hours of a day."""
    if starts is None or ends is None or not (0 <= starts < DAY and 0 < ends <= DAY):
        return None
    return Hours(starts, ends)


def best(rules: Iterable[Rule], kind: IncidentKind, hour: int) -> Rule | None:
    """Return the rule of one level that decides for this kind at this hour (0 to 23), or None."""
    fit = [rule for rule in rules if rule.says and rule.slot.fits(kind, hour)]
    return min(fit, key=lambda rule: rule.slot.rank, default=None)


def choose(levels: Sequence[Sequence[Rule]], kind: IncidentKind, hour: int) -> tuple[int, Rule] | None:
    """Return the level (an index into `levels`, nearest first) that decides, and its rule; None: the built-in one."""
    found = ((level, best(rules, kind, hour)) for level, rules in enumerate(levels))
    return next(((level, rule) for level, rule in found if rule is not None), None)


OWN_PANIC = (Group(Who.UNIT), Group(Who.NEIGHBOURS))


def for_officer(policy: Policy) -> Policy:
    """Return the policy for an officer's own panic: the whole unit and its neighbours ring at once, beside whomever the
    first wave asks."""
    first = policy.waves[0]
    beside = tuple(group for group in first.groups if group.who not in (Who.NEAREST, Who.UNIT, Who.NEIGHBOURS))
    return replace(policy, waves=(replace(first, groups=(*beside, *OWN_PANIC), by=By.BOTH), *policy.waves[1:]))
