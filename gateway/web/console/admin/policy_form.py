"""A policy as a small form: one row per wave, one column per group of people, and the timers below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from gateway.core.policy import AFTER, DEFAULT, FIELDS, POLICIES, By, Group, Kept, Policy, Wave, Who, Whole
from gateway.core.policy import COUNTS as BOUNDS
from gateway.core.policy_groups import KINDS_ABOVE, LEVELLED, LISTS

ROWS = 5  # waves that the form offers
AGAIN = "again"  # the row after the last wave
ALL = "all"
# groups of which the form can choose a number of the nearest; of a list it counts the units
COUNTED = (Who.NEAREST, Who.UNIT, Who.NEIGHBOURS, Who.POLRES, Who.UP, *KINDS_ABOVE, *map(Who, LISTS))
COUNTS = (1, 2, 3, 5, 10, 20, 50)
RADII = (1000, 2000, 5000, 10_000)  # metres
LEVELS = (1, 2, 3)
CELL = re.compile(r"(?:all|(?P<most>[0-9]+))?(?:r(?P<within_m>[0-9]+))?(?:u(?P<levels>[0-9]+))?", re.ASCII)
Form = Mapping[str, str]


class BadPolicy(ValueError):  # noqa: N818 - named for the typed policy
    """The form is no valid policy; the text is a key of `console.admin_policy` and says what is wrong."""


@dataclass(frozen=True)
class FormRow:
    """One row as a page shows it.

    The names of its fields begin with `name`; a group's value is "" (not asked) or what `cell` returns.
    """

    name: str
    after: str
    chosen: Mapping[str, str]
    by: str = By.BOTH


def groups_of(row: str) -> tuple[Who, ...]:
    """Return the columns of a row. The group "first wave" exists in the last row only, where it can be asked again."""
    return tuple(who for who in Who if who is not Who.FIRST_WAVE or row == AGAIN)


def rows(policy: Policy) -> list[FormRow]:
    """Return the policy's waves, empty rows up to ROWS, and the row that is repeated for ever."""
    waves = [FormRow(str(at), str(wave.after), _chosen(wave.groups), wave.by) for at, wave in enumerate(policy.waves)]
    spare = [FormRow(str(at), "", {}) for at in range(len(waves), ROWS)]
    return [*waves, *spare, FormRow(AGAIN, "", _chosen(policy.again))]


def _chosen(groups: tuple[Group, ...]) -> dict[str, str]:
    return {group.who.value: cell(group) for group in groups}


def cell(group: Group) -> str:
    """Return a group as the value of its cell: "all", "3" (the nearest three), "r2000" (within two kilometres), "u2"
    (two levels up), or several of these one behind the other."""
    marks = {"most": "", "within_m": "r", "levels": "u"}
    return "".join(f"{mark}{value}" for name, mark in marks.items() if (value := getattr(group, name))) or ALL


def choices(who: Who) -> list[str]:
    """Return the values that the form offers for a group beside "not asked"."""
    up = [f"u{level}" for level in LEVELS] if who in LEVELLED else []
    counts = [str(count) for count in COUNTS] if who in COUNTED else []
    near = [f"r{metres}" for metres in RADII] if who in COUNTED and who not in LISTS else []
    return [ALL, *up, *counts, *near]


def read(form: Form, stored: Policy = POLICIES[DEFAULT]) -> Policy:
    """Return the policy that a form describes. Values that the form does not ask for stay as in `stored`: numbers that
    a page of another version did not show, and everything that a newer version has written.

    Raises BadPolicy for nobody at first, nobody again, waves out of order, or a number out of its bounds; each of these
    would leave a panic unanswered.
    """
    waves = tuple(_waves(form, stored))
    again = _groups(form, AGAIN)
    if not waves or waves[0].after != 0:
        raise BadPolicy("no_first")
    if not again:
        raise BadPolicy("no_again")
    if any(later.after <= wave.after for wave, later in pairwise(waves)):
        raise BadPolicy("order")
    numbers = {name: _whole(form.get(name, str(getattr(stored, name))), whole) for name, whole in FIELDS.items()}
    return Policy(waves, again, **numbers, kept=stored.kept)


def _waves(form: Form, stored: Policy) -> Iterator[Wave]:
    """Yield the rows that ask anybody; each keeps the unknown parts of the stored wave that it was shown for."""
    before = {str(at): wave for at, wave in enumerate(stored.waves)}
    for row in _rows_in(form):
        if groups := _groups(form, row):
            was = before.get(row)
            kept: Kept = was.kept if was is not None else {}
            by = _by(form.get(f"{row}.by", was.by if was is not None else By.BOTH))
            yield Wave(_whole(form.get(f"{row}.after", ""), AFTER), groups, by, kept)


def _by(typed: str) -> By:
    if typed not in tuple(By):
        raise BadPolicy("number")
    return By(typed)


def _rows_in(form: Form) -> list[str]:
    """Return the rows of waves that were sent. A policy with more waves than ROWS keeps them all."""
    sent = {name.partition(".")[0] for name in form if name.endswith(".after")}
    return sorted((name for name in sent if name.isdecimal()), key=int)


def _groups(form: Form, row: str) -> tuple[Group, ...]:
    asked = ((who, form.get(f"{row}.{who.value}", "")) for who in groups_of(row))
    return tuple(_group(who, value) for who, value in asked if value)


def _group(who: Who, value: str) -> Group:
    found = CELL.fullmatch(value)
    if found is None:
        raise BadPolicy("number")
    numbers = {name: _whole(typed, BOUNDS[name]) for name, typed in found.groupdict().items() if typed is not None}
    return Group(who, **numbers)


def _whole(typed: str, bounds: Whole) -> int:
    if not (typed.isascii() and typed.isdecimal() and bounds.allows(int(typed))):
        raise BadPolicy("number")
    return int(typed)
