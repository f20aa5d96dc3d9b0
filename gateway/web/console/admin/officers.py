"""Officers: the list of those who can be alerted; an admin puts them on or off duty, suspends or restores them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Select, or_, select

from gateway.core.pressed import WAITS
from gateway.identity import audit_log, pins
from gateway.models import heard_phone
from gateway.models import opt_out as opt_outs
from gateway.models.officer import Officer, is_retired
from gateway.models.unit import Unit
from gateway.register import phone_checks
from gateway.responses import officer_replies
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin import scope
from gateway.web.console.admin.listing import listed
from gateway.web.console.admin.scope import below, like, say

PIN = re.compile(r"[0-9]{4,8}")
page = Blueprint("admin_officers", __name__, url_prefix="/admin/officers")


def _set(name: str, value: bool) -> Callable[[Officer], bool]:
    """Return a change that sets one yes/no field and returns whether it differed."""

    def change(row: Officer) -> bool:
        before = getattr(row, name)
        setattr(row, name, value)
        return bool(before != value)

    return change


def _duty(on: bool) -> Callable[[Officer], bool]:
    def change(row: Officer) -> bool:
        before = row.on_duty
        row.set_duty(on)
        return before is not on

    return change


SORTED_BY = {"unit": Unit.name, "number": Officer.phone, "duty": Officer.on_duty, "name": Officer.name}
CHANGES: Mapping[str, Callable[[Officer], bool]] = {
    "duty_on": _duty(True),
    "duty_off": _duty(False),
    "suspend": _set("suspended", True),
    "restore": _set("suspended", False),
}


@page.get("")
@allow(ADMIN)
def show() -> str:
    """Show this admin's officers. `q` searches names and numbers; `which=retired` shows those taken off the list."""
    words, retired = request.args.get("q", ""), request.args.get("which") == "retired"
    with reading() as uow:
        listing = listed(uow, _search(words, retired), SORTED_BY, "unit")
        rows = listing.rows
        names = {unit.id: unit.name for unit in scope.units(uow)}
        heard = heard_phone.of(uow.db, [row.phone for row in rows])
        stopped = opt_outs.lines_of(uow.db, {row.phone for row in rows})
    facts = {"listing": listing, "retired": retired, "names": names, "heard": heard, "stopped": stopped}
    return render_template("admin_officers.html", **facts, words=words, waits=WAITS)


def _search(words: str, retired: bool) -> Select[Officer]:
    query = below(select(Officer).join(Unit, Unit.id == Officer.unit_id), Officer.unit_id)
    query = query.where(is_retired() if retired else ~is_retired())
    if words.strip():
        digits = "".join(char for char in words if char.isdigit()).removeprefix("0")
        by_phone = [Officer.phone.contains(digits)] if digits else []
        named = (column.ilike(like(words), escape="\\") for column in (Officer.name, Officer.rank, Unit.name))
        query = query.where(or_(*named, *by_phone))
    return query


@page.post("/<int:officer_id>/pin")
@allow(ADMIN)
def set_pin(officer_id: int) -> ResponseReturnValue:
    """Set the PIN that proves an officer's answers; only its hash is kept."""
    pin, back = request.form.get("pin", "").strip(), url_for("admin_officers.show", q=request.form.get("q") or None)
    with reading() as uow:
        scope.found(uow, Officer, officer_id)
    if not PIN.fullmatch(pin):
        return say("admin_officers.pin_wrong", back)
    hashed = pins.hash_pin(pin)
    with writing() as uow:
        row = scope.found(uow, Officer, officer_id)
        row.pin_hash, row.wrong_pins, row.wrong_pin_at = hashed, 0, None
        audit_log.record(uow, me().name, "officer.pin", row.phone)
    return say("do.done", back)


@page.post("/<int:officer_id>/test")
@allow(ADMIN)
def test_phone(officer_id: int) -> ResponseReturnValue:
    """Text this officer a word to send back and ring them for a key, so that the phone is proven by its human."""
    with writing() as uow:
        row = scope.found(uow, Officer, officer_id)
        asked = phone_checks.ask(uow, row.phone, row.language)
        if asked:
            audit_log.record(uow, me().name, "officer.test", row.phone)
    back = url_for("admin_officers.show", q=request.form.get("q") or None)
    return say("admin_officers.tested" if asked else "admin_officers.not_tested", back)


@page.post("/<int:officer_id>/<change>")
@allow(ADMIN)
def alter(officer_id: int, change: str) -> ResponseReturnValue:
    """Put an officer on or off duty, suspend or restore.

    A suspended officer is not alerted, and their answers have no effect.
    """
    if change not in CHANGES:
        abort(404)
    with writing() as uow:
        row = scope.found(uow, Officer, officer_id)
        if CHANGES[change](row):
            audit_log.record(uow, me().name, f"officer.{change}", row.phone)
            if change == "suspend":
                officer_replies.release(uow, row)
    return say("do.done", url_for("admin_officers.show", q=request.form.get("q") or None))
