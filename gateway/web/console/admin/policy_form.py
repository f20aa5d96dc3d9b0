"""A policy as a small form: one row per wave, one column per group of people, and the timers below."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from gateway.core.policy import AFTER, DEFAULT, FIELDS, MOST, POLICIES, Group, Kept, Policy, Wave, Who, Whole

ROWS = 5  # waves that the form offers
AGAIN = "again"  # the row after the last wave
ALL = "all"
# groups of which the form can choose a number of the nearest
COUNTED = (Who.NEAREST, Who.UNIT, Who.NEIGHBOURS, Who.POLRES)
COUNTS = (1, 2, 3, 5, 10, 20, 50)
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
    kept: dict[str, Kept] = {str(at): wave.kept for at, wave in enumerate(stored.waves)}
    for row in _rows_in(form):
        if groups := _groups(form, row):
            yield Wave(_whole(form.get(f"{row}.after", ""), AFTER), groups, kept=kept.get(row, {}))


def _rows_in(form: Form) -> list[str]:
    """Return the rows of waves that were sent. A policy with more waves than ROWS keeps them all."""
    sent = {name.partition(".")[0] for name in form if name.endswith(".after")}
    return sorted((name for name in sent if name.isdecimal()), key=int)


def _groups(form: Form, row: str) -> tuple[Group, ...]:
    asked = ((who, form.get(f"{row}.{who.value}", "")) for who in groups_of(row))
    return tuple(Group(who, None if most == ALL else _whole(most, MOST)) for who, most in asked if most)


def _whole(typed: str, bounds: Whole) -> int:
    if not (typed.isascii() and typed.isdecimal() and bounds.allows(int(typed))):
        raise BadPolicy("number")
    return int(typed)
