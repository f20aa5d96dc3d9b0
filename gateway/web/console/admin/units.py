"""Units and their policies: an admin sets who is asked when, and can try it before storing it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import or_, select

from gateway.core.places.spots import plausible
from gateway.core.policy import FIELDS, POLICIES, By, Policy, Who, label
from gateway.core.policy_choice import Slot
from gateway.identity import audit_log
from gateway.incidents.whereabouts import Point
from gateway.models.unit import RETIRED, Unit
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin import policy_form, policy_slots, preview, scope
from gateway.web.console.admin.listing import listed
from gateway.web.console.admin.policy_form import BadPolicy
from gateway.web.console.admin.policy_slots import Written
from gateway.web.console.admin.scope import say
from gateway.web.console.words import t

page = Blueprint("admin_units", __name__, url_prefix="/admin/units")
SORTED_BY = {"name": Unit.name, "kind": Unit.kind, "desk": Unit.phone, "code": Unit.code}
INHERIT = "inherit"  # the choice of none: the units above decide
OWN = "own"  # the choice of an own policy, beside the named ones
PREVIEW = "preview"  # the button that only shows


@dataclass(frozen=True)
class Choice:
    """The form's values: which rule of the unit it is, the name of a policy, its waves, and whether volunteers are
    asked."""

    slot: Slot
    name: str
    policy: Policy
    volunteers: bool


@page.get("")
@allow(ADMIN)
def show() -> str:
    """Show this admin's units. `q` searches names, codes and numbers; `which=retired` shows those taken off."""
    words, retired = request.args.get("q", ""), request.args.get("which") == "retired"
    query = scope.below(select(Unit), Unit.id)
    query = query.where(Unit.kind == RETIRED if retired else Unit.kind != RETIRED)
    if words.strip():
        columns = (Unit.name, Unit.code, Unit.phone)
        query = query.where(or_(*(column.ilike(scope.like(words), escape="\\") for column in columns)))
    with reading() as uow:
        listing = listed(uow, query, SORTED_BY, "name")
        policies = {row.id: _name_of(Written(row.policy, row.waves)) for row in listing.rows}
    return render_template("admin_units.html", listing=listing, policies=policies, words=words, retired=retired)


@page.get("/<int:unit_id>")
@allow(ADMIN)
def show_unit(unit_id: int) -> ResponseReturnValue:
    """Show one unit's waves as a form, with the people whom a panic would alert now, at its position or at `lat`,
    `lon`. `kind`, `from` and `to` name a rule for some incidents only."""
    with reading() as uow:
        unit = scope.unit(uow, unit_id)
        try:
            slot = policy_slots.slot_in(request.args)
        except BadPolicy as error:
            return say(f"admin_policy.{error}", url_for("admin_units.show_unit", unit_id=unit_id))
        written = policy_slots.written(uow, unit, slot)
        policy = written.policy if written.says else policy_slots.inherited(uow, unit, slot)
        kept = Choice(slot, _name_of(written), policy, unit.volunteers)
        return _render(uow, unit, kept, place_in(request.args) or _place(unit))


def _name_of(written: Written) -> str:
    if not written.says:
        return INHERIT
    return OWN if written.own or written.name not in POLICIES else written.name


@page.post("/<int:unit_id>")
@allow(ADMIN)
def change(unit_id: int) -> ResponseReturnValue:
    """Store the policy, or with `do=preview` only show whom it would alert.

    An invalid policy is explained, not stored.
    """
    here = url_for("admin_units.show_unit", unit_id=unit_id)
    try:
        slot = policy_slots.slot_in(request.form)
        here = f"{here}?{urlencode(policy_slots.address(slot))}".rstrip("?")
        if request.form.get("do") == PREVIEW:
            with reading() as uow:
                unit = scope.unit(uow, unit_id)
                chosen = _chosen(uow, unit, slot)
                return _render(uow, unit, chosen, place_in(request.form) or _place(unit), unsaved=True)
        with writing() as uow:
            unit = scope.unit(uow, unit_id)
            _keep(uow, unit, _chosen(uow, unit, slot))
    except BadPolicy as error:
        return say(f"admin_policy.{error}", here)
    return say("do.done", here)


def _chosen(uow: UnitOfWork, unit: Unit, slot: Slot) -> Choice:
    """Return what the form says about this unit; values that the form does not ask for stay as the unit has them.
    Raises BadPolicy."""
    name, shown = request.form.get("policy", ""), request.form.get("shown", "")
    written, volunteers = policy_slots.written(uow, unit, slot), bool(request.form.get("volunteers"))
    above = policy_slots.inherited(uow, unit, slot)
    fixed = POLICIES | {INHERIT: above}
    if name not in fixed:
        own = policy_form.read(request.form, written.policy if written.says else above)
        return Choice(slot, OWN, own, volunteers)
    if shown in fixed and policy_form.read(request.form, fixed[shown]) != fixed[shown]:
        raise BadPolicy("edited")  # the table was changed, which a named policy would silently throw away
    return Choice(slot, name, fixed[name], volunteers)


def _keep(uow: UnitOfWork, unit: Unit, chosen: Choice) -> None:
    was = policy_slots.written(uow, unit, chosen.slot)
    before = f"{was.name} {was.own or ''} {unit.volunteers}"
    names = {OWN: policy_slots.own(chosen.policy, was.name), INHERIT: Written()}
    new = names.get(chosen.name, Written(chosen.name))
    after = f"{new.name} {new.own or ''} {chosen.volunteers}"
    policy_slots.write(uow, unit, chosen.slot, new)
    unit.volunteers = chosen.volunteers
    if after != before:
        at = f"{policy_slots.named(chosen.slot)}: " if chosen.slot != Slot() else ""
        audit_log.record(uow, me().name, "unit.policy", unit.code, f"{at}{before} -> {after}")


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
    shown = preview.of(uow, me(), unit, chosen.policy, point)
    return render_template(
        "admin_unit.html",
        unit=unit,
        chosen=chosen,
        named=[INHERIT, *POLICIES, OWN],
        rows=policy_form.rows(chosen.policy),
        numbers=[(name, label(name), whole, getattr(chosen.policy, name)) for name, whole in FIELDS.items()],
        groups_of=policy_form.groups_of,
        counts=_counts,
        ways=tuple(By),
        point=point,
        preview=shown,
        applies=policy_slots.where(policy_slots.applies(uow, shown.answers or unit, chosen.slot)),
        slot=policy_slots.named(chosen.slot),
        address=policy_slots.address(chosen.slot),
        slots=[(policy_slots.address(one), policy_slots.named(one)) for one in policy_slots.of_unit(uow, unit)],
        kinds=policy_slots.KINDS,
        unsaved=unsaved,
    )


def _counts(who: str, chosen: str) -> list[tuple[str, str]]:
    """Return the choices of a cell as values and labels; a value that the form does not offer itself stays."""
    offered = policy_form.choices(Who(who))
    if chosen and chosen not in offered:
        offered.append(chosen)
    return [("", "–"), *((value, _label(who, value)) for value in offered)]


def _label(who: str, value: str) -> str:
    """Return a cell's value as people read it: "3", "≤ 2 km", "↑ 2"."""
    if value == policy_form.ALL:
        return t("admin_policy.all" if who in policy_form.COUNTED else "admin_policy.yes")
    found = policy_form.CELL.fullmatch(value)
    most, metres, levels = found.groups() if found is not None else (value, None, None)
    parts = (most, metres and f"≤ {int(metres) / 1000:g} km", levels and f"↑ {levels}")
    return " ".join(filter(None, parts))
