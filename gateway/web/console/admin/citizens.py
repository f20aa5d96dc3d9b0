"""Applications to verify, and the whole register: lists of names and numbers, without identity numbers.

A citizen of a unit belongs to that unit's admins. An application without a unit is shown to every admin, because
otherwise nobody would see it; an admin who verifies it chooses one of their own units.
"""

from __future__ import annotations

from typing import Any, TypeVar

from flask import Blueprint, abort, render_template, request
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from gateway.core import nik
from gateway.models import citizen as citizens
from gateway.models import sealing
from gateway.models.citizen import Citizen, Person
from gateway.register import decisions
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import ADMIN, allow, me, reading
from gateway.web.console.admin import scope
from gateway.web.console.admin.listing import listed
from gateway.web.console.admin.scope import like

page = Blueprint("admin_citizens", __name__, url_prefix="/admin")
SHOWN = (citizens.PENDING, citizens.VERIFIED, citizens.SUSPENDED, citizens.REFUSED, citizens.LEFT)
SORTED_BY = {"name": Person.name, "number": Citizen.phone, "state": Citizen.state, "id": Citizen.id}
APPLIED_BY = {"applied": Citizen.applied_at, "name": Person.name, "number": Citizen.phone, "id": Citizen.id}
Query = TypeVar("Query", bound=Select[Any])


@page.get("/applications")
@allow(ADMIN)
def show_applications() -> str:
    """Show the applications, the oldest first. `q` is of a name, a number or a whole identity number."""
    words = request.args.get("q", "")
    with reading() as uow:
        listing = listed(uow, _applied(words), APPLIED_BY, "applied")
        names = {unit.id: unit.name for unit in scope.units(uow)}
    return render_template("admin_applications.html", listing=listing, words=words, unit_names=names)


@page.get("/citizens")
@allow(ADMIN)
def show_citizens() -> str:
    """Show the register by name. `q` searches names and numbers, `state` filters by state."""
    words, state = request.args.get("q", ""), request.args.get("state", "")
    with reading() as uow:
        listing = listed(uow, _search(words, state), SORTED_BY, "name")
        strikes = decisions.strikes(uow, [row.id for row in listing.rows])
        review = [(row, many) for row, many in decisions.to_review(uow) if is_mine(row)]
    return render_template(
        "admin_citizens.html", listing=listing, strikes=strikes, review=review, words=words, state=state, states=SHOWN,
    )  # fmt: skip


def _search(words: str, state: str) -> Select[Citizen]:
    query = select(Citizen).join(Citizen.person).where(_mine())
    query = query.where(Citizen.state == state) if state in SHOWN else query.where(Citizen.state.in_(SHOWN))
    return query.where(_called(words)) if words.strip() else query


def _called(words: str) -> ColumnElement[bool]:
    by_name = Person.name.ilike(like(words), escape="\\")
    digits = "".join(char for char in words if char.isdigit()).removeprefix("0")
    return or_(by_name, *([Citizen.phone.contains(digits)] if digits else []))


def _applied(words: str) -> Select[Citizen]:
    """Select the applications of this admin; `words` are of a name, a number or a whole identity number."""
    query = select(Citizen).join(Citizen.person).where(Citizen.state == citizens.PENDING, _mine())
    if not words.strip():
        return query
    prints = sealing.fingerprints(nik.tidy(words))
    return query.where(or_(_called(words), Person.national_id_hash.in_(prints)))


def next_waiting(uow: UnitOfWork, after: int) -> int | None:
    """Return the id of the application of this admin that follows this one, the oldest first and round again."""
    query = select(Citizen.id).where(Citizen.state == citizens.PENDING, Citizen.id != after, _mine())
    applied = select(Citizen.applied_at).where(Citizen.id == after).scalar_subquery()
    return uow.db.scalar(query.order_by(Citizen.applied_at < applied, Citizen.applied_at, Citizen.id).limit(1))


def waiting(uow: UnitOfWork) -> int:
    """Return how many applications wait for this admin."""
    return uow.db.scalar(select(func.count(Citizen.id)).where(Citizen.state == citizens.PENDING, _mine())) or 0


# --- whose they are ---------------------------------------------------------------------------------------------


def _mine() -> ColumnElement[bool]:
    scope = me().scope
    if scope is None:
        return true()
    nobodys = and_(Citizen.unit_id.is_(None), Citizen.state == citizens.PENDING)
    return or_(Citizen.unit_id.in_(scope), nobodys)


def is_mine(row: Citizen) -> bool:
    """Return whether the logged-in admin may decide about this citizen."""
    return me().sees(row.unit_id) or (row.unit_id is None and row.state == citizens.PENDING)


def found(uow: UnitOfWork, citizen_id: int) -> Citizen:
    """Return the citizen if it is this admin's; answer 404 for any other."""
    row = uow.db.get(Citizen, citizen_id)
    if row is None or not is_mine(row):
        abort(404)
    return row
