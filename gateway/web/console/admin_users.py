"""Who may log in: add, suspend, restore, give a new password. Only for units that the admin has."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway import audits, users
from gateway.desk import Desk
from gateway.models.user import ROLES, User
from gateway.users import BadUser
from gateway.web.console import admin_desk
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin_desk import say

page = Blueprint("admin_users", __name__, url_prefix="/admin/users")


@page.get("")
@allow(ADMIN)
def show() -> str:
    with reading() as desk:
        return _render(desk)


@page.post("")
@allow(ADMIN)
def add() -> ResponseReturnValue:
    """A new user. The secret for the authenticator is shown once, on the answer, and never again."""
    name, code = request.form.get("name", ""), request.form.get("unit", "")
    try:
        with writing() as desk:
            _check_unit(desk, code)
            password, role = request.form.get("password", ""), request.form.get("role", "")
            user = users.add(desk, name, password, role, code or None)
            audits.record(desk, me().name, "user.add", user.name, f"{role} {code}")
            return _render(desk, added=user)
    except BadUser as error:
        with reading() as desk:
            return _render(desk, why=str(error)), 409


def _check_unit(desk: Desk, code: str) -> None:
    """403 for a unit that is not this admin's: nobody gives away more than they have."""
    mine = {unit.code for unit in admin_desk.units(desk)}
    if code not in mine and not (admin_desk.sees_all() and not code):
        abort(403)


@page.post("/<int:user_id>/<change>")
@allow(ADMIN)
def alter(user_id: int, change: str) -> ResponseReturnValue:
    """Suspend or restore; either ends whatever log-ins this user has."""
    if change not in ("suspend", "restore"):
        abort(404)
    back = url_for("admin_users.show")
    if user_id == me().id:
        return say("admin_users.not_yourself", back)
    with writing() as desk:
        user = admin_desk.found(desk, User, user_id)
        users.set_suspended(desk, user.id, change == "suspend")
        audits.record(desk, me().name, f"user.{change}", user.name)
    return say("do.done", back)


@page.post("/<int:user_id>/password")
@allow(ADMIN)
def give_password(user_id: int) -> ResponseReturnValue:
    """A new password for whoever forgot theirs; every log-in with the old one ends."""
    back = url_for("admin_users.show")
    try:
        with writing() as desk:
            user = admin_desk.found(desk, User, user_id)
            users.set_password(desk, user.id, request.form.get("password", ""))
            audits.record(desk, me().name, "user.password", user.name)
    except BadUser:
        return say("admin_users.short", back)
    return say("do.done", back)


def _render(desk: Desk, added: User | None = None, why: str = "") -> str:
    return render_template(
        "admin_users.html",
        rows=users.everyone(desk, me().scope),
        units=admin_desk.units(desk),
        sees_all=admin_desk.sees_all(),
        roles=ROLES,
        least=users.LEAST,
        added=added,
        otpauth=users.otpauth(added) if added is not None else "",
        why=why,
    )
