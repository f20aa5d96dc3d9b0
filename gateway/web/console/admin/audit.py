"""The page of the audit trail, the newest row first: who did or saw what."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from sqlalchemy import Select, select

from gateway.identity import audit_log, users
from gateway.models.audit import Audit
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import ADMIN, allow, me, reading
from gateway.web.console.admin.scope import MOST, sees_all

page = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")


@page.get("")
@allow(ADMIN)
def show() -> str:
    """Show the trail. `who`, `what` and `subject` filter it; `before` is the last id of the page before.

    `verify=1` checks the whole trail, which takes longer the longer it is. An admin of a unit sees the rows of its
    users.
    """
    with reading() as uow:
        rows = uow.db.scalars(_asked(uow)).all()
        faults = audit_log.verify(uow) if request.args.get("verify") and sees_all() else None
    asked = {name: request.args.get(name, "") for name in ("who", "what", "subject")}
    return render_template("admin_audit.html", rows=rows, asked=asked, faults=faults, most=MOST, sees_all=sees_all())


def _asked(uow: UnitOfWork) -> Select[Audit]:
    query = select(Audit).order_by(Audit.id.desc()).limit(MOST)
    if not sees_all():
        query = query.where(Audit.who.in_([user.name for user in users.everyone(uow, me().scope)]))
    for name in ("who", "what", "subject"):
        if typed := request.args.get(name, "").strip():
            query = query.where(getattr(Audit, name).contains(typed, autoescape=True))
    before = request.args.get("before", "")
    return query.where(Audit.id < int(before)) if before.isdecimal() and len(before) < 19 else query
