"""The users of the console. No admin can give more rights than their own, or change their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.identity import audit_log, logins, users
from gateway.identity.users import BadUser
from gateway.models.user import ROLES, User
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin import scope
from gateway.web.console.admin.scope import say
from gateway.web.console.words import language

page = Blueprint("admin_users", __name__, url_prefix="/admin/users")
# returns whether the authenticator has a new secret, which the page shows once
Change = Callable[[UnitOfWork, User], bool]


@page.get("")
@allow(ADMIN)
def show() -> str:
    with reading() as uow:
        return _render(uow)


@page.post("")
@allow(ADMIN)
def add() -> ResponseReturnValue:
    """Add a user. The answer shows the secret for the authenticator once; no other page shows it."""
    name, code = request.form.get("name", ""), request.form.get("unit", "")
    try:
        with writing() as uow:
            _check_unit(uow, code)
            password, role = request.form.get("password", ""), request.form.get("role", "")
            user = users.add(uow, name, password, role, code or None)
            audit_log.record(uow, me().name, "user.add", user.name, f"{role} {code}")
            return _render(uow, keyed=user, told="added")
    except BadUser as error:
        return _refuse(error)


def _check_unit(uow: UnitOfWork, code: str) -> None:
    """Answer 403 for a unit that is not this admin's: no admin can give more rights than their own."""
    mine = {unit.code for unit in scope.units(uow)}
    if code not in mine and not (scope.sees_all() and not code):
        abort(403)


@page.post("/<int:user_id>/<change>")
@allow(ADMIN)
def alter(user_id: int, change: str) -> ResponseReturnValue:
    """Do one change of CHANGES. If it makes a new secret, the answer shows it once."""
    if change not in CHANGES:
        abort(404)
    if user_id == me().id:
        return say("admin_users.not_yourself", url_for("admin_users.show"))
    try:
        with writing() as uow:
            user = scope.found(uow, User, user_id)
            if CHANGES[change](uow, user):
                return _render(uow, keyed=user, told="keyed")
    except BadUser as error:
        return _refuse(error)
    return say("do.done", url_for("admin_users.show"))


# --- what can be changed ----------------------------------------------------------------------------------------


def _suspend(uow: UnitOfWork, user: User) -> bool:
    users.set_suspended(uow, user.id, True)
    return _record(uow, "suspend", user)


def _restore(uow: UnitOfWork, user: User) -> bool:
    users.set_suspended(uow, user.id, False)
    return _record(uow, "restore", user)


def _give_password(uow: UnitOfWork, user: User) -> bool:
    users.set_password(uow, user.id, request.form.get("password", ""))
    return _record(uow, "password", user)


def _unlock(uow: UnitOfWork, user: User) -> bool:
    users.unlock(uow, user.id)
    return _record(uow, "unlock", user)


def _renew_secret(uow: UnitOfWork, user: User) -> bool:
    users.renew_secret(uow, user.id)
    _record(uow, "secret", user)
    return True


def _set_office(uow: UnitOfWork, user: User) -> bool:
    code, before = request.form.get("unit", ""), _office(user)
    _check_unit(uow, code)
    new = users.set_office(uow, user.id, request.form.get("role", ""), code or None)
    _record(uow, "office", user, f"{before} -> {_office(user)}")
    return new


def _office(user: User) -> str:
    return f"{user.role} {user.unit.code if user.unit is not None else ''}".strip()


def _record(uow: UnitOfWork, what: str, user: User, detail: str = "") -> bool:
    audit_log.record(uow, me().name, f"user.{what}", user.name, detail)
    return False


CHANGES: Mapping[str, Change] = {
    "suspend": _suspend,
    "restore": _restore,
    "password": _give_password,
    "unlock": _unlock,
    "secret": _renew_secret,
    "office": _set_office,
}


# --- the page ---------------------------------------------------------------------------------------------------


def _refuse(error: BadUser) -> ResponseReturnValue:
    with reading() as uow:
        return _render(uow, why=error.say(language())), 409


def _render(uow: UnitOfWork, keyed: User | None = None, told: str = "", why: str = "") -> str:
    """Return the list; `keyed` is the user whose secret it shows now, under the sentence `told`."""
    rows = users.everyone(uow, me().scope)
    return render_template(
        "admin_users.html",
        rows=rows,
        locked={row.id for row in rows if logins.is_locked(row, uow.now())},
        units=scope.units(uow),
        sees_all=scope.sees_all(),
        roles=ROLES,
        least=users.LEAST,
        keyed=keyed,
        told=told,
        otpauth=users.otpauth(keyed) if keyed is not None else "",
        why=why,
    )
