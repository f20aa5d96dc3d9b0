"""Units and their policies: an admin sets who is asked when, and can try it before storing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.core.places.spots import plausible
from gateway.core.policy import FIELDS, POLICIES, Policy, dumps, label, policy_of
from gateway.identity import audit_log
from gateway.incidents.recipients import Point
from gateway.models import policy_rule
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin import policy_form, preview, scope
from gateway.web.console.admin.policy_form import BadPolicy
from gateway.web.console.admin.scope import say
from gateway.web.console.words import t

page = Blueprint("admin_units", __name__, url_prefix="/admin/units")
OWN = "own"  # the choice of an own policy, beside the named ones
PREVIEW = "preview"  # the button that only shows


@dataclass(frozen=True)
class Choice:
    """The form's values: the name of a policy, its waves if it is an own one, and whether volunteers are asked."""

    name: str
    policy: Policy
    volunteers: bool


@page.get("")
@allow(ADMIN)
def show() -> str:
    with reading() as uow:
        return render_template("admin_units.html", rows=scope.units(uow), named=POLICIES)


@page.get("/<int:unit_id>")
@allow(ADMIN)
def show_unit(unit_id: int) -> str:
    """Show one unit's waves as a form, with the people whom a panic would alert now, at its position or at `lat`,
    `lon`."""
    with reading() as uow:
        unit = scope.unit(uow, unit_id)
        name = OWN if unit.waves or unit.policy not in POLICIES else unit.policy
        kept = Choice(name, policy_rule.policy_for(uow.db, unit, uow.now()), unit.volunteers)
        return _render(uow, unit, kept, place_in(request.args) or _place(unit))


@page.post("/<int:unit_id>")
@allow(ADMIN)
def change(unit_id: int) -> ResponseReturnValue:
    """Store the policy, or with `do=preview` only show whom it would alert.

    An invalid policy is explained, not stored.
    """
    here = url_for("admin_units.show_unit", unit_id=unit_id)
    try:
        if request.form.get("do") == PREVIEW:
            with reading() as uow:
                unit = scope.unit(uow, unit_id)
                return _render(uow, unit, _chosen(unit), place_in(request.form) or _place(unit), unsaved=True)
        with writing() as uow:
            unit = scope.unit(uow, unit_id)
            _keep(uow, unit, _chosen(unit))
    except BadPolicy as error:
        return say(f"admin_policy.{error}", here)
    return say("do.done", here)


def _chosen(unit: Unit) -> Choice:
    """Return what the form says about this unit; values that the form does not ask for stay as the unit has them.
    Raises BadPolicy."""
    name, shown = request.form.get("policy", ""), request.form.get("shown", "")
    if name not in POLICIES:
        own = policy_form.read(request.form, policy_of(unit.policy, unit.waves))
        return Choice(OWN, own, bool(request.form.get("volunteers")))
    if shown in POLICIES and policy_form.read(request.form, POLICIES[shown]) != POLICIES[shown]:
        raise BadPolicy("edited")  # the table was changed, which a named policy would silently throw away
    return Choice(name, POLICIES[name], bool(request.form.get("volunteers")))


def _keep(uow: UnitOfWork, unit: Unit, chosen: Choice) -> None:
    before = f"{unit.policy} {unit.waves or ''} {unit.volunteers}"
    if chosen.name == OWN:
        unit.waves = dumps(chosen.policy)
    else:
        unit.policy, unit.waves = chosen.name, None
    unit.volunteers = chosen.volunteers
    after = f"{unit.policy} {unit.waves or ''} {unit.volunteers}"
    if after != before:
        audit_log.record(uow, me().name, "unit.policy", unit.code, f"{before} -> {after}")


def _place(unit: Unit) -> Point | None:
    return (unit.lat, unit.lon) if unit.lat is not None and unit.lon is not None else None


def place_in(typed: Mapping[str, str]) -> Point | None:
    """Return `lat` and `lon` in degrees WGS 84; None if they are no place."""
    try:
        lat, lon = float(typed.get("lat", "")), float(typed.get("lon", ""))
    except ValueError:
        return None
    return (lat, lon) if plausible(lat, lon) else None


def _render(uow: UnitOfWork, unit: Unit, chosen: Choice, point: Point | None, *, unsaved: bool = False) -> str:
    return render_template(
        "admin_unit.html",
        unit=unit,
        chosen=chosen,
        named=[*POLICIES, OWN],
        rows=policy_form.rows(chosen.policy),
        numbers=[(name, label(name), whole, getattr(chosen.policy, name)) for name, whole in FIELDS.items()],
        groups_of=policy_form.groups_of,
        counts=_counts,
        point=point,
        preview=preview.of(uow, me(), unit, chosen.policy, point),
        unsaved=unsaved,
    )


def _counts(who: str, chosen: str) -> list[tuple[str, str]]:
    """Return the choices of a cell as values and labels; a number that the form does not offer itself stays."""
    if who not in policy_form.COUNTED:
        return [("", "–"), (policy_form.ALL, t("admin_policy.yes"))]
    numbers = sorted({*map(str, policy_form.COUNTS), *([chosen] if chosen.isdecimal() else [])}, key=int)
    return [("", "–"), (policy_form.ALL, t("admin_policy.all")), *((number, number) for number in numbers)]
