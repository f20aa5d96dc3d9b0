"""The second table: what a text holds beside what it is taken for, and what is done about it, with the reason."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum, auto

from gateway.core.intent.facts import Case
from gateway.core.intent.table import Kind


class Also(StrEnum):
    """Other things that a text holds, done besides the intent; `gateway.sms.ALSO` has one function for each."""

    KEEP_DARK = auto()
    CRY = auto()
    OVERHEARD = auto()
    FOLLOW_UP = auto()


@dataclass(frozen=True)
class Extra:
    """One row of the second table: another thing that is done."""

    also: Also
    when: Callable[[Case, Kind], bool]
    reason: str


OFFICERS = frozenset({Kind.OWN_DUTY, Kind.ANSWER, Kind.STEP_IN})
UNHEARD = frozenset(
    {Kind.NOT_LISTED, Kind.RING_DESK, Kind.NOTE_QUIET, Kind.KEEP_PLACE, Kind.NOTE, Kind.TAKE_NO, Kind.ASK_BACK}
)


def _has_cry_beside(case: Case, kind: Kind) -> bool:
    return kind in OFFICERS and case.reading.cries_beside


def _follows_up(case: Case, kind: Kind) -> bool:
    return kind in (Kind.ASK_BACK, Kind.KEEP_PLACE) and case.open.just_closed


def _is_overheard(case: Case, kind: Kind) -> bool:
    told_to_nobody = kind in UNHEARD or (kind is Kind.REPORT and case.sender.listed)
    return told_to_nobody and case.open.own and not case.open.believed


# The words of somebody who may be in need. A panic and DIAM keep the phone dark by themselves; an officer's "jgn telp"
# at work asks for nothing.
OF_ONE_IN_NEED = frozenset(
    {
        *(Kind.ADD_WORDS, Kind.ADD_PLACE, Kind.ADD_REPORT, Kind.KEEP_PLACE, Kind.REPORT, Kind.CANCEL),
        *(Kind.NOTE_QUIET, Kind.RING_DESK, Kind.ASK_BACK),
    }
)


def _asks_quiet(case: Case, kind: Kind) -> bool:
    return kind in OF_ONE_IN_NEED and case.reading.asks_quiet


BESIDES: tuple[Extra, ...] = (
    Extra(
        Also.KEEP_DARK,
        _asks_quiet,
        "It asks for quiet, whatever else it says: from now on nothing makes that phone ring or light up.",
    ),
    Extra(
        Also.CRY,
        _has_cry_beside,
        "Beside the answer the officer cries for help themselves: that opens an incident of their own.",
    ),
    Extra(
        Also.OVERHEARD,
        _is_overheard,
        "The phone believes that its incident is over, but it is open: whoever is at it reads these words too.",
    ),
    Extra(
        Also.FOLLOW_UP,
        _follows_up,
        "It comes within ten minutes of a closing: those who went there read it, whatever else becomes of it.",
    ),
)
