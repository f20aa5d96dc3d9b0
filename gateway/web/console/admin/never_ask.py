"""A part of the citizen's page that only takes: whom the citizen names as those who must never know of their calls."""

from __future__ import annotations

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from gateway.register import never_ask
from gateway.web.console.access import ADMIN, allow, me, writing
from gateway.web.console.admin.citizens import found
from gateway.web.console.admin.scope import say

page = Blueprint("admin_never_ask", __name__, url_prefix="/admin/citizens/<int:citizen_id>/never-ask")


@page.post("")
@allow(ADMIN)
def change(citizen_id: int) -> ResponseReturnValue:
    """Name one person, strike one, or empty the list (`action`). Nothing of the list is shown, before or after."""
    action, back = request.form.get("action", ""), url_for("admin_citizen.show", citizen_id=citizen_id)
    if action not in never_ask.ACTIONS:
        abort(404)
    try:
        with writing() as uow:
            never_ask.change(uow, found(uow, citizen_id), action, request.form.get("whom", ""), me())
    except never_ask.BadName as why:
        return say(f"profile.not_{why.key}", back)
    return say("profile.never_ask_kept", back)
