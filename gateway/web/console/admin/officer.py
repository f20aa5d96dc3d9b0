"""One officer as a form: added, changed, given another number, moved, retired and brought back, with the history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.core.sentences.refusal import Refusal
from gateway.models.officer import Officer
from gateway.register import officers
from gateway.register.imports.lookup import Reach
from gateway.register.officers import BadOfficer
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin import audit, scope
from gateway.web.console.admin.citizen import explain
from gateway.web.console.admin.scope import say
from gateway.web.console.words import language

page = Blueprint("admin_officer", __name__, url_prefix="/admin/officers")


@page.get("/new")
@allow(ADMIN)
def show_new() -> str:
    with reading() as uow:
        return _render(uow, None, {"language": language()})


@page.post("/new")
@allow(ADMIN)
def add() -> ResponseReturnValue:
    typed = _typed()
    with writing() as uow:
        try:
            officer = officers.add(uow, typed, me().name, Reach(me().scope))
        except BadOfficer as error:
            return _render(uow, None, typed, error.reasons), 409
        return say("staff.added", _at(officer))


@page.get("/<int:officer_id>")
@allow(ADMIN)
def show(officer_id: int) -> str:
    with reading() as uow:
        officer = scope.found(uow, Officer, officer_id)
        return _render(uow, officer, officers.told(uow, officer))


@page.post("/<int:officer_id>")
@allow(ADMIN)
def change(officer_id: int) -> ResponseReturnValue:
    """Store the form; for a retired officer that also brings them back."""
    typed = _typed()
    with writing() as uow:
        officer = scope.found(uow, Officer, officer_id)
        try:
            changed = officers.change(uow, officer, typed, me().name, Reach(me().scope))
        except BadOfficer as error:
            uow.db.expire(officer)
            return _render(uow, officer, typed, error.reasons), 409
        return say("staff.kept" if changed else "staff.same", _at(officer))


@page.post("/<int:officer_id>/retire")
@allow(ADMIN)
def retire(officer_id: int) -> ResponseReturnValue:
    """Take the officer off the list. The page asks for the tick first."""
    with writing() as uow:
        officer = scope.found(uow, Officer, officer_id)
        if "sure" not in request.form or officer.retired:
            return say("staff.tick_first", _at(officer))
        officers.retire(uow, officer, me().name)
    return say("staff.retired", url_for("admin_officers.show"))


def _typed() -> dict[str, str]:
    return {name: request.form.get(name, "").strip() for name in officers.TOLD}


def _at(officer: Officer) -> str:
    return url_for("admin_officer.show", officer_id=officer.id)


def _render(uow: UnitOfWork, officer: Officer | None, typed: Mapping[str, str], wrong: Sequence[Refusal] = ()) -> str:
    return render_template(
        "admin_officer.html",
        officer=officer,
        told=typed,
        units=scope.units(uow),
        trail=audit.of_subject(uow, officer.phone) if officer is not None else (),
        wrong=[(why.about, explain(why)) for why in wrong],
    )
