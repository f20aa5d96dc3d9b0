"""The page of the audit trail, the newest row first: who did or saw what."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template, request
from sqlalchemy import Select, select

from gateway.identity import audit_log, confidants, users
from gateway.identity.audit_acts import GROUPS
from gateway.models.audit import Audit
from gateway.models.citizen import Citizen
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import ADMIN, allow, me, reading
from gateway.web.console.admin import audit_links
from gateway.web.console.admin.scope import MOST, sees_all

page = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")


@page.get("")
@allow(ADMIN)
def show() -> str:
    """Show the trail. `who`, `what` and `subject` filter it; `before` is the last id of the page before.

    `what` is an act or a group of acts (`audit_acts`).

    `verify=1` checks the whole trail, which takes longer the longer it is. An admin of a unit sees the rows of its
    users.
    """
    with reading() as uow:
        read = uow.db.scalars(_asked(uow)).all()
        rows, older = _without_secrets(uow, read), read[-1].id if len(read) == MOST else 0
        links = audit_links.of(uow, rows)
        faults = audit_log.verify(uow) if request.args.get("verify") and sees_all() else None
    asked = {name: request.args.get(name, "") for name in ("who", "what", "subject")}
    facts = {"rows": rows, "links": links, "older": older, "faults": faults}
    return render_template("admin_audit.html", **facts, asked=asked, groups=GROUPS, sees_all=sees_all())


def of_subject(uow: UnitOfWork, subject: str, most: int = 20) -> list[Audit]:
    """Return the newest rows about a number or a code that this admin may see."""
    return _without_secrets(uow, uow.db.scalars(_mine(uow).where(Audit.subject == subject).limit(most)).all())


def _without_secrets(uow: UnitOfWork, rows: Sequence[Audit]) -> list[Audit]:
    """Return the rows without those of others about a call, or the sealed list, of which this admin must not know."""
    subjects = {row.subject for row in rows}
    calls = dict(uow.db.execute(select(Incident.code, Incident.phone).where(Incident.code.in_(subjects))).all())
    numbers = select(Citizen.phone).where(Citizen.phone.in_(subjects | set(calls.values())))
    hidden = confidants.hidden(uow, me(), numbers)
    return [row for row in rows if row.who == me().name or calls.get(row.subject, row.subject) not in hidden]


def _mine(uow: UnitOfWork) -> Select[Audit]:
    """Select the rows of this admin's users, the newest first."""
    query = select(Audit).order_by(Audit.id.desc())
    return query if sees_all() else query.where(Audit.who.in_([user.name for user in users.everyone(uow, me().scope)]))


def _asked(uow: UnitOfWork) -> Select[Audit]:
    query = _mine(uow).limit(MOST)
    for name in ("who", "subject"):
        if typed := request.args.get(name, "").strip():
            query = query.where(getattr(Audit, name).contains(typed, autoescape=True))
    if what := request.args.get("what", "").strip():
        query = query.where(Audit.what.in_(GROUPS.get(what, (what,))))
    before = request.args.get("before", "")
    return query.where(Audit.id < int(before)) if before.isdecimal() and len(before) < 19 else query
