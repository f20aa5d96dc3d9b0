"""Applications to verify, and everybody on the register: who they are, and what was decided of them.

A list shows names and numbers. Identity number and address are on a citizen's own page, and each look is audited.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, or_, select

from gateway import register
from gateway.core import phrases
from gateway.desk import Desk
from gateway.models import citizen as citizens
from gateway.models.citizen import Citizen, Person
from gateway.register import REFUSE, RESTORE, SUSPEND, VERIFY
from gateway.web.console import admin_desk
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin_desk import MOST, below, like, say
from gateway.web.console.words import language

page = Blueprint("admin_citizens", __name__, url_prefix="/admin")
SHOWN = (citizens.PENDING, citizens.VERIFIED, citizens.SUSPENDED, citizens.REFUSED, citizens.LEFT)
DECISIONS = {decision.name: decision for decision in (VERIFY, REFUSE, SUSPEND, RESTORE)}
DECIDE: Mapping[str, Callable[[Desk, str, str, str], Citizen]] = {
    "verify": register.verify,
    "refuse": register.refuse,
    "suspend": register.suspend,
    "restore": register.restore,
}
NEED_A_REASON = ("refuse", "suspend")


@page.get("/applications")
@allow(ADMIN)
def show_applications() -> str:
    """Who waits to be verified, the longest first."""
    with reading() as desk:
        query = below(select(Citizen), Citizen.unit_id).where(Citizen.state == citizens.PENDING)
        rows = desk.db.scalars(query.order_by(Citizen.applied_at).limit(MOST)).all()
    return render_template("admin_applications.html", rows=rows)


@page.get("/citizens")
@allow(ADMIN)
def show_citizens() -> str:
    """The register, by name; `q` searches names and numbers, `state` narrows to one state."""
    words, state = request.args.get("q", ""), request.args.get("state", "")
    with reading() as desk:
        rows = _search(desk, words, state)
        strikes = register.strikes(desk, [row.id for row in rows])
    return render_template(
        "admin_citizens.html", rows=rows, strikes=strikes, words=words, state=state, states=SHOWN, most=MOST
    )


def _search(desk: Desk, words: str, state: str) -> Sequence[Citizen]:
    query = below(select(Citizen).join(Citizen.person), Citizen.unit_id)
    query = query.where(Citizen.state == state) if state in SHOWN else query.where(Citizen.state.in_(SHOWN))
    if words.strip():
        by_name = Person.name.ilike(like(words), escape="\\")
        digits = "".join(char for char in words if char.isdigit()).removeprefix("0")
        by_phone = [Citizen.phone.contains(digits)] if digits else []
        query = query.where(or_(by_name, *by_phone))
    return desk.db.scalars(query.order_by(Person.name, Citizen.id).limit(MOST)).all()


@page.get("/citizens/<int:citizen_id>")
@allow(ADMIN)
def show_citizen(citizen_id: int) -> str:
    """One citizen with their identity, for whoever compares it with the card; the look is written into the trail."""
    with writing() as desk:
        row = admin_desk.found(desk, Citizen, citizen_id)
        return render_template(
            "admin_citizen.html",
            row=row,
            identity=(identity := register.look_at_identity(desk, row, me().name)),
            doubts=[phrases.say(f"nik.{doubt}", language()) for doubt in identity.doubts],
            strikes=register.strikes(desk, [row.id]).get(row.id, 0),
            units=admin_desk.units(desk),
            may=_open_to(row.state),
        )


def _open_to(state: str) -> Collection[str]:
    """The names of what can be decided of somebody in this state."""
    return {name for name, decision in DECISIONS.items() if state in decision.of}


@page.post("/citizens/<int:citizen_id>/<decision>")
@allow(ADMIN)
def decide(citizen_id: int, decision: str) -> ResponseReturnValue:
    """Verify, refuse, suspend or restore; the first with the unit and the quiet that the desk has seen to."""
    if decision not in DECIDE:
        abort(404)
    back, reason = url_for("admin_citizens.show_citizen", citizen_id=citizen_id), request.form.get("reason", "").strip()
    if decision in NEED_A_REASON and not reason:
        return say("admin_citizens.needs_reason", back)
    try:
        with writing() as desk:
            row = admin_desk.found(desk, Citizen, citizen_id)
            if decision == "verify":
                _settle(desk, row)
            DECIDE[decision](desk, row.phone, me().name, reason)
    except (register.WrongState, register.NotOnTheRegister):
        return say("admin_citizens.decided", back)
    waiting = url_for("admin_citizens.show_applications")
    return say(f"admin_citizens.done_{decision}", waiting if decision in ("verify", "refuse") else back)


def _settle(desk: Desk, row: Citizen) -> None:
    """Before they hear that they are verified: whose they are, and whether their phone must stay dark."""
    chosen = request.form.get("unit", "")
    if chosen.isdigit():
        row.unit_id = admin_desk.unit(desk, int(chosen)).id
    if request.form.get("quiet"):
        row.quiet, row.ring_back = True, False


def waiting(desk: Desk) -> int:
    """How many of this admin's applications wait."""
    query = below(select(func.count(Citizen.id)), Citizen.unit_id).where(Citizen.state == citizens.PENDING)
    return desk.db.scalar(query) or 0
