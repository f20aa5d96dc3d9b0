"""Enter an applicant at the desk, or give a number to a new holder. Both then wait to be verified."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.core.languages import CODES
from gateway.core.sentences import phrases
from gateway.core.sentences.refusal import Refusal
from gateway.models import citizen as citizens
from gateway.models.citizen import Citizen
from gateway.register import decisions, profiles
from gateway.register.applications import Given
from gateway.register.imports import fields
from gateway.register.imports.citizens import READERS
from gateway.register.imports.lookup import strangers_only
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin import scope
from gateway.web.console.admin.citizen import explain
from gateway.web.console.admin.citizens import found, is_mine
from gateway.web.console.admin.scope import say
from gateway.web.console.words import language

page = Blueprint("admin_numbers", __name__, url_prefix="/admin/citizens")
GIVEN = ("name", "national_id", "address")


@page.get("/new")
@allow(ADMIN)
def show_new() -> str:
    with reading() as uow:
        return _render(uow)


@page.post("/new")
@allow(ADMIN)
def add() -> ResponseReturnValue:
    """Store the application of a person at the desk; for a known number, lead to its holder."""
    with writing() as uow:
        unit_id = scope.chosen_unit(uow, request.form.get("unit", ""))
        told, wrong = _read(uow, unit_id)
        known = citizens.current(uow.db, told.get("phone", ""))
        if known is not None:
            return _lead_to(known, "numbers.known") if is_mine(known) else say("numbers.elsewhere", request.path)
        if wrong:
            return _render(uow, wrong), 409
        row = profiles.enter(uow, told["phone"], _given(told), told["language"], me().name, unit_id)
        return _lead_to(row, "numbers.added")


def _read(uow: UnitOfWork, unit_id: int | None) -> tuple[dict[str, Any], Sequence[Refusal]]:
    readers = {"phone": fields.number(uow.settings.default_region), **READERS}
    typed = {name: request.form.get(name, "").strip() for name in ("phone", "language", *GIVEN)}
    told, wrong = fields.read(readers, typed, needed=("phone", "name", "language"))
    wrong += strangers_only(uow)(told)
    if not request.form.get("consent"):
        wrong.append(Refusal("consent", "consent"))
    if unit_id is None and not scope.sees_all():
        wrong.append(Refusal("unit_needed", "unit"))
    return told, wrong


def _given(told: Mapping[str, Any]) -> Given:
    return Given(*(told.get(name, "") for name in GIVEN))


def _lead_to(row: Citizen, key: str) -> ResponseReturnValue:
    return say(key, url_for("admin_citizen.show", citizen_id=row.id))


@page.post("/<int:citizen_id>/reassign")
@allow(ADMIN)
def reassign(citizen_id: int) -> ResponseReturnValue:
    """Give the number to a new holder, who then waits to be verified; the former holder keeps the history."""
    back, reason = url_for("admin_citizen.show", citizen_id=citizen_id), request.form.get("reason", "").strip()
    told, wrong = fields.read(READERS, {name: request.form.get(name, "").strip() for name in GIVEN}, needed=("name",))
    if wrong or not reason:
        return say("numbers.incomplete", back)
    with writing() as uow:
        row = found(uow, citizen_id)
        if row.state in (citizens.PENDING, citizens.REPLACED):
            return say("admin_citizens.decided", back)
        return _lead_to(decisions.reassign(uow, row.phone, _given(told), me().name, reason), "numbers.reassigned")


def _render(uow: UnitOfWork, wrong: Sequence[Refusal] = ()) -> str:
    return render_template(
        "admin_citizen_new.html",
        units=scope.units(uow),
        unit_id=request.form.get("unit", str(me().unit_id or "")),
        sees_all=scope.sees_all(),
        consents={code: phrases.say("consent.text", code) for code in CODES},
        told=request.form,
        chosen=request.form.get("language", language()),
        wrong=[(why.about, explain(why)) for why in wrong],
    )
