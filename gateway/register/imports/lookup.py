"""Find the units that a row names, and refuse our own numbers."""

from __future__ import annotations

from sqlalchemy import select

from gateway.models.unit import Unit
from gateway.register.imports.outcome import Refused
from gateway.unit_of_work import UnitOfWork


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
