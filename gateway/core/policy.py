"""Who is asked when, and every timer, as data. Times are seconds; a unit may carry a policy of its own as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import StrEnum


class Who(StrEnum):
    """A group that a wave asks, seen from the unit that answers for the place."""

    DESK = "desk"  # its desk
    NEAREST = "nearest"  # its nearest officers on duty
    UNIT = "unit"  # all its officers on duty
    NEIGHBOURS = "neighbours"  # officers on duty of the units with the same parent
    POLRES = "polres"  # everyone of the Polres who is not suspended, on duty or not
    POLRES_DESK = "polres_desk"
    TOP_DESK = "top_desk"  # the topmost unit's desk
    FIRST_WAVE = "first_wave"  # whoever wave 1 asked


@dataclass(frozen=True)
class Group:
    who: Who
    most: int | None = None  # the nearest so many; None = all


@dataclass(frozen=True)
class Wave:
    after: int  # seconds since the opening
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Policy:
    waves: tuple[Wave, ...]
    again: tuple[Group, ...] = (Group(Who.TOP_DESK), Group(Who.FIRST_WAVE))  # after the last wave, for ever
    again_every: int = 60
    ring: int = 25  # a call rings so long
    ring_again: int = 45  # after a call that nobody answered with a key
    calls: int = 3  # per alert
    leader_silence: int = 120  # a leader who does nothing so long is nudged, and after as long again the ladder goes on
    en_route: int = 900  # what "en route" buys
    margin_m: int = 500  # so near a border the neighbour is asked too

    def groups(self, number: int) -> tuple[Group, ...]:
        """Whom wave `number` (from 1) asks."""
        return self.waves[number - 1].groups if number <= len(self.waves) else self.again

    def is_repeat(self, number: int) -> bool:
        return number > len(self.waves)

    def due(self, number: int, opened: float, last: float) -> float:
        """When wave `number` is due, in the unit of time in which `opened` and the `last` wave are given (seconds).

        Times count from the opening; a ladder that was held back and goes on late keeps its own distances.
        """
        if self.is_repeat(number):
            return last + self.again_every
        after = self.waves[number - 1].after
        if opened + after > last >= opened:  # else late, or the clock was put back and the opening lies ahead
            return opened + after
        return last + after - (self.waves[number - 2].after if number > 1 else 0)


_LADDER = (
    Wave(30, (Group(Who.UNIT), Group(Who.NEIGHBOURS, 10))),
    Wave(60, (Group(Who.POLRES), Group(Who.POLRES_DESK))),
    Wave(120, (Group(Who.TOP_DESK),)),
)
POLICIES: dict[str, Policy] = {
    "nearest_first": Policy((Wave(0, (Group(Who.DESK), Group(Who.NEAREST, 3))), *_LADDER)),
    "all_at_once": Policy((Wave(0, (Group(Who.DESK), Group(Who.POLRES), Group(Who.POLRES_DESK))), *_LADDER)),
}
DEFAULT = "nearest_first"


def policy_of(name: str, own: str | None = None) -> Policy:
    """The named policy, or the unit's own JSON (see `dumps`). An unknown name or broken JSON is the default policy:
    a typing error in a form must not silence a panic."""
    if own:
        try:
            return loads(own)
        except (ValueError, KeyError, TypeError):
            return POLICIES[DEFAULT]
    return POLICIES.get(name or DEFAULT, POLICIES[DEFAULT])


def dumps(policy: Policy) -> str:
    return json.dumps(asdict(policy))


def loads(text: str) -> Policy:
    """Raises ValueError, KeyError or TypeError for what is not a policy with at least one wave."""
    data = json.loads(text)
    waves = tuple(Wave(int(wave["after"]), _groups(wave["groups"])) for wave in data.pop("waves"))
    again = _groups(data.pop("again"))
    if not waves:
        raise ValueError("a policy needs at least one wave")
    numbers: dict[str, int] = {name: int(value) for name, value in data.items()}
    return Policy(waves, again, **numbers)


def _groups(rows: list[dict[str, object]]) -> tuple[Group, ...]:
    return tuple(
        Group(Who(str(row["who"])), None if row.get("most") is None else int(str(row["most"]))) for row in rows
    )
