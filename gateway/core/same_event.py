"""Say which incidents may be the same event, as forty callers of one fire are.

Three answers, each asking more than the one before: a desk may merge two calls (`bar`), they are close enough to be
proposed to it (`is_proposed`), and they are so close that at an empty desk the first wave of one counts for both
(`counts_with_first`). Merging stops help that a caller asked for, so whatever is doubtful stays apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from gateway.core.incident_kinds import IncidentKind
from gateway.core.places.distance import metres

NEAR_M = 300.0  # so close two calls are proposed as one event
VAGUE_M = 500.0  # a position of a larger radius says too little about what is close
SOON = timedelta(minutes=30)
# The same for a wave that counts for both while no desk looks.
SURE_NEAR_M, SURE_VAGUE_M, SURE_SOON = 150.0, 200.0, timedelta(minutes=15)
# Trouble that many people see at once. Crime and illness happen to one of them each.
SEEN_BY_MANY = frozenset(
    {IncidentKind.FIRE, IncidentKind.ACCIDENT, IncidentKind.WATER, IncidentKind.PUBLIC_ORDER, IncidentKind.ANIMAL}
)


class Bar(StrEnum):
    """Why two calls are never one event, whatever a desk presses. The values end keys of `console.not_now`."""

    CLOSED = "closed"
    CAREFUL = "merge_careful"  # quiet, duress, violence at home, or a phone that takes its incident for over
    DRILL = "merge_drill"
    OFFICER = "merge_officer"  # an officer's own panic
    KIND = "merge_kind"  # another kind of trouble


@dataclass(frozen=True)
class Call:
    """The facts of one incident by which it is compared with another. Degrees WGS 84 and metres; None: unknown."""

    opened_at: datetime
    kind: IncidentKind = IncidentKind.UNKNOWN
    lat: float | None = None
    lon: float | None = None
    radius_m: float | None = None
    unit: int | None = None  # the id of the unit that answers for the place
    careful: bool = False  # quiet, duress, or its phone takes it for over
    drill: bool = False
    officer: bool = False
    closed: bool = False


def bar(one: Call, other: Call) -> Bar | None:
    """Return why these two may not be made one event, or None. A call of unknown kind may join any."""
    return next((why for why, holds in BARS if holds(one, other)), None)


Holds = Callable[[Call, Call], bool]


def _either(fact: str) -> Holds:
    return lambda one, other: bool(getattr(one, fact) or getattr(other, fact))


def _of_the_home(one: Call, other: Call) -> bool:
    return IncidentKind.DOMESTIC_VIOLENCE in (one.kind, other.kind)


def _of_another_kind(one: Call, other: Call) -> bool:
    return IncidentKind.UNKNOWN not in (one.kind, other.kind) and one.kind is not other.kind


BARS: tuple[tuple[Bar, Holds], ...] = (
    (Bar.CLOSED, _either("closed")),
    (Bar.DRILL, _either("drill")),
    (Bar.CAREFUL, _either("careful")),
    (Bar.CAREFUL, _of_the_home),
    (Bar.OFFICER, _either("officer")),
    (Bar.KIND, _of_another_kind),
)


def is_proposed(one: Call, other: Call) -> bool:
    """Return whether a desk is shown these two as perhaps one event."""
    return bar(one, other) is None and _are_close(one, other, NEAR_M, VAGUE_M, SOON)


def counts_with_first(first: Call, later: Call) -> bool:
    """Return whether the first wave of `first` counts for `later` too, while no desk looks: the same kind of trouble
    that many see, of one unit, very close in place and time."""
    alike = first.kind is later.kind and later.kind in SEEN_BY_MANY and first.unit == later.unit
    near = _are_close(first, later, SURE_NEAR_M, SURE_VAGUE_M, SURE_SOON)
    return alike and near and bar(first, later) is None


def _are_close(one: Call, other: Call, near_m: float, vague_m: float, soon: timedelta) -> bool:
    if abs(one.opened_at - other.opened_at) > soon:
        return False
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return False
    if max(one.radius_m or 0.0, other.radius_m or 0.0) > vague_m:
        return False
    return metres((one.lat, one.lon), (other.lat, other.lon)) <= near_m


def is_another_matter(kind: IncidentKind, told: IncidentKind, needs: bool) -> bool:
    """Return whether later words of a merged caller are about more than the event of this `kind`: they tell another
    kind (`told`), or hold a sign of need."""
    return needs or told not in (IncidentKind.UNKNOWN, kind)


def desk_is_empty(has_desk: bool, silent: timedelta, waits: timedelta) -> bool:
    """Return whether nobody is at the desk as far as anybody can tell: it has no number, or has given no sign for as
    long as the policy `waits` for it. `silent` counts from the opening of the first call, or from the last sign."""
    return silent >= waits or not has_desk


class Ends(StrEnum):
    """The other calls of an event go on in one of these ways when its first one is over."""

    ASKED = "asked"  # the caller is asked, and has a while to answer before others are asked to come
    GO_ON = "go_on"  # others are asked to come at once: nobody has been there for them


AFTER: dict[str, Ends] = {"resolved": Ends.ASKED, "false_alarm": Ends.GO_ON, "cancelled": Ends.GO_ON}
ANSWER_WITHIN = timedelta(minutes=5)
