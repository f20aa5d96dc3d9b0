"""The page where lists are taken out as files. A list of people asks for the authenticator's code and a reason."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from gateway.identity import logins
from gateway.register import exports, tables
from gateway.register.exports import EXPORTS, GUARDED, Taker
from gateway.web.console.access import ADMIN, allow, house, me, writing

page = Blueprint("admin_exports", __name__, url_prefix="/admin/exports")


@page.get("")
@allow(ADMIN)
def show() -> str:
    return _render()


@page.post("/<kind>")
@allow(ADMIN)
def take(kind: str) -> ResponseReturnValue:
    """Answer one list as a file. `ending` is csv or xlsx; a guarded list needs a `reason` and a `code`."""
    ending, reason = request.form.get("ending", ""), request.form.get("reason", "").strip()
    if kind not in EXPORTS or ending not in tables.WRITERS:
        abort(404)
    if kind in GUARDED and not reason:
        return _render("reason"), 409
    if kind in GUARDED and not logins.is_still(house().open_uow, me().id, request.form.get("code", "")):
        return _render("code"), 409
    with writing() as uow:
        table = exports.take(uow, kind, Taker(me().name, me().scope, me()), reason[:200])
        answer = Response(tables.in_bytes(table, ending), mimetype=tables.MIME[ending])
    answer.headers["Content-Disposition"] = f"attachment; filename=siaga-{kind}.{ending}"
    return answer


def _render(why: str = "") -> str:
    return render_template("admin_exports.html", kinds=EXPORTS, guarded=GUARDED, endings=tuple(tables.WRITERS), why=why)
