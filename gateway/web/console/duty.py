"""The page of who is on duty: a desk puts officers on and off duty with one press, also one whose LEPAS waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from gateway.identity import audit_log
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import ADMIN, DESK, allow, me, reading, writing
from gateway.web.console.admin import scope

page = Blueprint("duty", __name__, url_prefix="/duty")
CHANGES: Mapping[str, bool] = {"duty_on": True, "duty_off": False}


@page.get("")
@allow(ADMIN, DESK)
def show() -> str:
    """Show the officers of this user's units: those off duty first, because one press undoes a LEPAS."""
    with reading() as uow:
        rows = _officers(uow)
        names = {unit.id: unit.name for unit in scope.units(uow)}
    return render_template("duty.html", rows=rows, names=names)


def _officers(uow: UnitOfWork) -> Sequence[Officer]:
    query = scope.below(select(Officer).join(Unit, Unit.id == Officer.unit_id), Officer.unit_id)
    mine = query.where(Officer.suspended.is_(False))
    return uow.db.scalars(mine.order_by(Officer.on_duty, Unit.name, Officer.name, Officer.id)).all()


@page.post("/<int:officer_id>/<change>")
@allow(ADMIN, DESK)
def alter(officer_id: int, change: str) -> ResponseReturnValue:
    """Put an officer on or off duty; 404 for an officer of another unit."""
    if change not in CHANGES:
        abort(404)
    with writing() as uow:
        row = scope.found(uow, Officer, officer_id)
        if row.on_duty is not CHANGES[change]:
            row.set_duty(CHANGES[change])
            audit_log.record(uow, me().name, f"officer.{change}", row.phone)
    return scope.say("do.done", url_for("duty.show"))
