"""The numbers, the keyword and the sender of a unit, as a form."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.core.sentences.refusal import Refusal
from gateway.models import unit as units
from gateway.models.unit import Unit
from gateway.register import unit_contact
from gateway.register.imports import fields
from gateway.register.imports.lookup import Reach
from gateway.register.unit_contact import BadContact, Contact
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin import scope
from gateway.web.console.admin.citizen import explain
from gateway.web.console.admin.scope import say

page = Blueprint("admin_unit_contact", __name__, url_prefix="/admin/units")


@page.get("/<int:unit_id>/contact")
@allow(ADMIN)
def show(unit_id: int) -> str:
    with reading() as uow:
        unit = scope.unit(uow, unit_id)
        kept = unit_contact.of_unit(uow, unit)
        typed = {"numbers": "\n".join(kept.numbers), "keyword": kept.keyword, "sender": kept.sender}
        return _render(uow, unit, typed)


@page.post("/<int:unit_id>/contact")
@allow(ADMIN)
def change(unit_id: int) -> ResponseReturnValue:
    """Store the form; what cannot be stored is shown again with the reasons."""
    typed = {name: request.form.get(name, "").strip() for name in ("numbers", "keyword", "sender")}
    with writing() as uow:
        unit = scope.unit(uow, unit_id)
        number = fields.number(uow.settings.default_region)
        listed = {"numbers": "|".join(typed["numbers"].splitlines())}
        told, wrong = fields.read({"numbers": fields.several(number)}, listed)
        if wrong:
            return _render(uow, unit, typed, wrong), 409
        try:
            contact = Contact(told.get("numbers", ()), typed["keyword"], typed["sender"])
            changed = unit_contact.change(uow, unit, contact, me().name, Reach(me().scope))
        except BadContact as error:
            return _render(uow, unit, typed, error.reasons), 409
    return say("unit_contact.kept" if changed else "unit_contact.same", url_for(".show", unit_id=unit_id))


def _render(uow: UnitOfWork, unit: Unit, typed: dict[str, str], wrong: Sequence[Refusal] = ()) -> str:
    above = next((step for step in units.chain(uow.db, unit)[1:] if step.sender), None)
    return render_template(
        "admin_unit_contact.html",
        unit=unit,
        typed=typed,
        above=above,
        wrong=[(why.about, explain(why)) for why in wrong],
    )
