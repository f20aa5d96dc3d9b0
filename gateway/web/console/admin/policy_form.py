"""A policy as a small form: one row per wave, one column per group of people, and the timers below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from gateway.core.policy import Group, Policy, Wave, Who

ROWS = 5  # waves that the form offers
AGAIN = "again"  # the row after the last wave
ALL = "all"
# groups of which the form can choose a number of the nearest
COUNTED = (Who.NEAREST, Who.UNIT, Who.NEIGHBOURS, Who.POLRES)
COUNTS = (1, 2, 3, 5, 10, 20, 50)
LATEST = 3600  # seconds; a wave later than an hour after the panic helps nobody
TIMERS: Mapping[str, tuple[int, int]] = {  # the least and the most of each, in seconds, calls or metres
    "again_every": (20, 600),
    "ring": (15, 60),
    "ring_again": (10, 300),
    "calls": (1, 10),
    "leader_silence": (30, 900),
    "en_route": (60, 7200),
    "margin_m": (0, 20000),
}
Form = Mapping[str, str]


class BadPolicy(ValueError):  # noqa: N818 - named for the typed policy
    """The form is no valid policy; the text is a key of `console.admin_policy` and says what is wrong."""


@dataclass(frozen=True)
class FormRow:
    """One row as a page shows it.

    The names of its fields begin with `name`; a group's value is "", "all" or a number.
    """

    name: str
    after: str
    chosen: Mapping[str, str]


def groups_of(row: str) -> tuple[Who, ...]:
    """Return the columns of a row. The group "first wave" exists in the last row only, where it can be asked again."""
    return tuple(who for who in Who if who is not Who.FIRST_WAVE or row == AGAIN)


def rows(policy: Policy) -> list[FormRow]:
    """Return the policy's waves, empty rows up to ROWS, and the row that is repeated for ever."""
    waves = [FormRow(str(at), str(wave.after), _chosen(wave.groups)) for at, wave in enumerate(policy.waves)]
    spare = [FormRow(str(at), "", {}) for at in range(len(waves), ROWS)]
    return [*waves, *spare, FormRow(AGAIN, "", _chosen(policy.again))]


def _chosen(groups: tuple[Group, ...]) -> dict[str, str]:
    return {group.who.value: ALL if group.most is None else str(group.most) for group in groups}


def read(form: Form) -> Policy:
    """Return the policy that the form describes.

    Raises BadPolicy for any fault that would leave a panic unanswered: nobody in the first wave, nobody to ask again,
    waves out of order, a timer out of its bounds.
    """
    waves = tuple(
        Wave(_whole(form.get(f"{row}.after", ""), (0, LATEST)), groups)
        for row in _rows_in(form)
        if (groups := _groups(form, row))
    )
    again = _groups(form, AGAIN)
    if not waves or waves[0].after != 0:
        raise BadPolicy("no_first")
    if not again:
        raise BadPolicy("no_again")
    if any(later.after <= wave.after for wave, later in pairwise(waves)):
        raise BadPolicy("order")
    return Policy(waves, again, **{name: _whole(form.get(name, ""), bounds) for name, bounds in TIMERS.items()})


def _rows_in(form: Form) -> list[str]:
    """Return the rows of waves that were sent. A policy with more waves than ROWS keeps them all."""
    sent = {name.partition(".")[0] for name in form if name.endswith(".after")}
    return sorted((name for name in sent if name.isdecimal()), key=int)


def _groups(form: Form, row: str) -> tuple[Group, ...]:
    asked = ((who, form.get(f"{row}.{who.value}", "")) for who in groups_of(row))
    return tuple(Group(who, None if most == ALL else _whole(most, (1, 1000))) for who, most in asked if most)


def _whole(typed: str, bounds: tuple[int, int]) -> int:
    if not (typed.isascii() and typed.isdecimal() and bounds[0] <= int(typed) <= bounds[1]):
        raise BadPolicy("number")
    return int(typed)
