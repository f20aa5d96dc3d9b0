"""What all admin pages share: only what is below the admin's own unit, and the way back to a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from flask import abort, flash, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from gateway.models.citizen import Citizen
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.models.user import User
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import me
from gateway.web.console.words import t

MOST = 100  # rows on a page; a search narrows them
Query = TypeVar("Query", bound=Select[Any])
Owned = TypeVar("Owned", Citizen, Officer, User)


def below(query: Query, unit_id: InstrumentedAttribute[Any]) -> Query:
    """Only what belongs to this admin's units; what belongs to none is for an admin of all."""
    return query if me().scope is None else query.where(unit_id.in_(me().scope or ()))


def found(uow: UnitOfWork, kind: type[Owned], row_id: int) -> Owned:
    """The row, if it is this admin's; 404 for any other."""
    row = uow.db.get(kind, row_id)
    if row is None or not me().sees(row.unit_id):
        abort(404)
    return row


def unit(uow: UnitOfWork, unit_id: int) -> Unit:
    """The unit, if it is this admin's own or below it; 404 for any other."""
    row = uow.db.get(Unit, unit_id)
    if row is None or not me().sees(row.id):
        abort(404)
    return row


def chosen_unit(uow: UnitOfWork, typed: str) -> int | None:
    """The id of the unit that a form's list gave, None where none was chosen; 404 for what is not this admin's to
    give."""
    if not typed.strip():
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):  # what a database holds, and no more
        abort(404)
    return unit(uow, int(typed)).id


def units(uow: UnitOfWork) -> Sequence[Unit]:
    """This admin's units, by name."""
    return uow.db.scalars(below(select(Unit), Unit.id).order_by(Unit.name)).all()


def sees_all() -> bool:
    """Whether this admin's office is the whole gateway."""
    return me().scope is None


def like(words: str) -> str:
    """The words as a LIKE pattern (escape character `\\`): whatever contains them."""
    plain = words.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{plain}%"


def say(key: str, back: str) -> ResponseReturnValue:
    """Back to a page, with a sentence across it."""
    flash(t(key))
    return redirect(back, 303)
