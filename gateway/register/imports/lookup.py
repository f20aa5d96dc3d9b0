"""Check the units that a row names, and refuse our own numbers and rows of units that are not the importing admin's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from gateway.models.unit import Unit
from gateway.register.imports.outcome import Refused
from gateway.register.imports.sheets import Check
from gateway.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Reach:
    """The units (ids) whose rows a file may add and change: those of the admin who brings it; None: all."""

    scope: frozenset[int] | None = None

    def holds(self, unit_id: int | None) -> bool:
        """Return whether a row of this unit may be changed. A row of no unit is for an admin of every unit."""
        return self.scope is None or (unit_id is not None and unit_id in self.scope)

    def check(self, unit_id: int | None, about: str = "unit") -> None:
        """Raises Refused for a row of a unit that is not the admin's, and for a row that names no unit."""
        if not self.holds(unit_id):
            raise Refused("not_yours", about) if unit_id is not None else Refused("unit_needed", about)


EVERYWHERE = Reach()


def units_by_code(uow: UnitOfWork) -> dict[str, int]:
    """Return every unit's id by its code."""
    return dict(uow.db.execute(select(Unit.code, Unit.id)).all())


def known_units(codes: Mapping[str, int], *columns: str) -> Check:
    """Return a check that the units which a row names in these columns are there."""

    def check(values: Mapping[str, Any]) -> Iterator[Refused]:
        named = ((column, values[column]) for column in columns if column in values)
        return (Refused("no_unit", column, code=code) for column, code in named if code not in codes)

    return check


def strangers_only(uow: UnitOfWork) -> Check:
    """Return a check that a row's `phone` is none of our own lines, which we never answer and never ring."""
    is_own = uow.lines.is_own
    return lambda values: [Refused("own_line", "phone")] if is_own(values.get("phone", "")) else []
