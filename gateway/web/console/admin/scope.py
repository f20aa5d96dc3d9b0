"""Functions that all admin pages share: limit a page to the admin's own units, and lead back to a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from flask import abort, flash, redirect
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute

from gateway.models.citizen import Citizen
from gateway.models.officer import Officer
from gateway.models.unit import RETIRED, Unit
from gateway.models.user import User
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import me
from gateway.web.console.words import t

MOST = 100  # rows on a page; a search narrows them
Query = TypeVar("Query", bound=Select[Any])
Owned = TypeVar("Owned", Citizen, Officer, User)


def below(query: Query, unit_id: InstrumentedAttribute[Any]) -> Query:
    """Limit the query to this admin's units. Only an admin of all units sees what belongs to no unit."""
    return query if me().scope is None else query.where(unit_id.in_(me().scope or ()))


def found(uow: UnitOfWork, kind: type[Owned], row_id: int) -> Owned:
    """Return the row if it is this admin's; answer 404 for any other."""
    row = uow.db.get(kind, row_id)
    if row is None or not me().sees(row.unit_id):
        abort(404)
    return row


def unit(uow: UnitOfWork, unit_id: int) -> Unit:
    """Return the unit if it is this admin's own or below it; answer 404 for any other."""
    row = uow.db.get(Unit, unit_id)
    if row is None or not me().sees(row.id):
        abort(404)
    return row


def chosen_unit(uow: UnitOfWork, typed: str) -> int | None:
    """Return the id of the unit chosen in a form's list; None if none was chosen.

    Answer 404 for a unit that is not this admin's.
    """
    if not typed.strip():
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 10):  # only ids that the database can hold
        abort(404)
    return unit(uow, int(typed)).id


def units(uow: UnitOfWork) -> Sequence[Unit]:
    """Return this admin's units by name, without retired ones."""
    query = below(select(Unit).where(Unit.kind != RETIRED), Unit.id)
    return uow.db.scalars(query.order_by(Unit.name)).all()


def sees_all() -> bool:
    """Return whether this admin may see every unit."""
    return me().scope is None


def like(words: str) -> str:
    r"""Return a LIKE pattern (escape character `\`) for any text that contains the words."""
    plain = words.strip().replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_")
    return f"%{plain}%"


def say(key: str, back: str) -> ResponseReturnValue:
    """Redirect back to a page that shows the sentence."""
    flash(t(key))
    return redirect(back, 303)
