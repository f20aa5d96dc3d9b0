"""One unit as a form: added, changed, moved below another, retired and brought back, with the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.core import defaults
from gateway.core.sentences.refusal import Refusal
from gateway.models.unit import KINDS, RETIRED, Unit
from gateway.register import unit_list
from gateway.register.imports.lookup import Reach
from gateway.register.unit_list import BadUnit
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin import audit, scope
from gateway.web.console.admin.citizen import explain
from gateway.web.console.admin.scope import say

page = Blueprint("admin_unit_form", __name__, url_prefix="/admin/units")


@page.get("/new")
@allow(ADMIN)
def show_new() -> str:
    with reading() as uow:
        return _render(uow, None, {"timezone": me().timezone or defaults.TIMEZONE, "kind": "polsek"})


@page.post("/new")
@allow(ADMIN)
def add() -> ResponseReturnValue:
    typed = _typed("code")
    with writing() as uow:
        try:
            unit = unit_list.add(uow, typed, me().name, Reach(me().scope))
        except BadUnit as error:
            return _render(uow, None, typed, error.reasons), 409
        return say("staff.added", _at(unit))


@page.get("/<int:unit_id>/form")
@allow(ADMIN)
def show(unit_id: int) -> str:
    with reading() as uow:
        unit = scope.unit(uow, unit_id)
        return _render(uow, unit, unit_list.told(uow, unit))


@page.post("/<int:unit_id>/form")
@allow(ADMIN)
def change(unit_id: int) -> ResponseReturnValue:
    """Store the form; for a retired unit that also brings it back."""
    typed = _typed()
    with writing() as uow:
        unit = scope.unit(uow, unit_id)
        try:
            changed = unit_list.change(uow, unit, typed, me().name, Reach(me().scope))
        except BadUnit as error:
            return _render(uow, unit, typed, error.reasons), 409
        return say("staff.kept" if changed else "staff.same", _at(unit))


@page.post("/<int:unit_id>/retire")
@allow(ADMIN)
def retire(unit_id: int) -> ResponseReturnValue:
    """Take the unit off the lists. The page asks for the tick first."""
    with writing() as uow:
        unit = scope.unit(uow, unit_id)
        if "sure" not in request.form or unit.kind == RETIRED:
            return say("staff.tick_first", _at(unit))
        try:
            unit_list.retire(uow, unit, me().name)
        except BadUnit as error:
            return _render(uow, unit, unit_list.told(uow, unit), error.reasons), 409
    return say("staff.retired", url_for("admin_units.show"))


def _typed(*more: str) -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in (*more, *unit_list.TOLD)}


def _at(unit: Unit) -> str:
    return url_for("admin_unit_form.show", unit_id=unit.id)


def _render(uow: UnitOfWork, unit: Unit | None, typed: Mapping[str, str], wrong: Sequence[Refusal] = ()) -> str:
    above = unit_list.told(uow, unit)["parent"] if unit is not None else ""
    return render_template(
        "admin_unit_form.html",
        unit=unit,
        told=typed,
        above=above,
        units=[one for one in scope.units(uow) if unit is None or one.id != unit.id],
        kinds=KINDS,
        sees_all=scope.sees_all(),
        trail=audit.of_subject(uow, unit.code) if unit is not None else (),
        wrong=[(why.about, explain(why)) for why in wrong],
    )
