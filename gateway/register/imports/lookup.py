"""Find the units that a row names, and refuse our own numbers and rows of units that are not the importing admin's."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from gateway.models.unit import Unit
from gateway.register.imports.outcome import Refused
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


def unit_id(codes: dict[str, int], code: str | None) -> int | None:
    """Return the id of the unit with this code; None for no code. Raises Refused for an unknown code."""
    if code is None:
        return None
    if code not in codes:
        raise Refused("no_unit", "unit", code=code)
    return codes[code]


def own_number(uow: UnitOfWork, phone: str) -> None:
    """Raises Refused for a number of our own lines, which we never answer and never ring."""
    if uow.lines.is_own(phone):
        raise Refused("own_line", "phone")
