"""Reports without emergency: desks and admins read them, answer by a text, or raise them as incidents."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Flask, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from gateway.models.report import Report
from gateway.monitor import board, reports
from gateway.monitor.reports import MOST, CannotAnswer, Wanted
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import ADMIN, DESK, allow, me, reading, writing
from gateway.web.console.admin.scope import say

page = Blueprint("admin_reports", __name__, url_prefix="/admin/reports")
ALL = "all"


@page.get("")
@allow(ADMIN, DESK)
def show() -> str:
    """Show this desk's reports, the newest first: unread ones, or all with `which=all`. `q` is a name or number."""
    wanted = _wanted()
    with reading() as uow:
        rows = reports.listed(uow, me(), wanted)
    older = url_for("admin_reports.show", **{**_shown(), "before": rows[-1].id}) if len(rows) == MOST else ""
    return render_template("admin_reports.html", rows=rows, wanted=wanted, older=older, shown=_shown())


def _wanted() -> Wanted:
    before = request.args.get("before", "")
    return Wanted(
        unread=request.args.get("which") != ALL,
        words=request.args.get("q", ""),
        before=int(before) if before.isascii() and before.isdigit() and len(before) < 10 else None,
    )


def _shown() -> dict[str, Any]:
    """Return the filter in the page's address, so that an action leads back to the same list."""
    return {name: request.args[name] for name in ("which", "q") if request.args.get(name)}


@page.post("/<int:report_id>/<action>")
@allow(ADMIN, DESK)
def settle(report_id: int, action: str) -> ResponseReturnValue:
    """Mark a report as read (`seen`), answer its sender (`answer`), or make it an incident (`emergency`)."""
    if action not in ACTIONS:
        abort(404)
    back = url_for("admin_reports.show", **_shown())
    try:
        with writing() as uow:
            report = reports.lock(uow, me(), report_id)
            to = ACTIONS[action](uow, report) if report is not None else ""
    except CannotAnswer as why:
        return say(f"reports.cannot_{why}", back)
    if report is None:
        return say("reports.gone", back)
    return say(f"reports.done_{action}", to or back)


def _seen(uow: UnitOfWork, report: Report) -> str:
    reports.note_read(uow, me(), report, request.form.get("note", ""))
    return ""


def _answer(uow: UnitOfWork, report: Report) -> str:
    reports.answer(uow, me(), report, request.form.get("words", ""))
    return ""


def _emergency(uow: UnitOfWork, report: Report) -> str:
    incident = reports.raise_alarm(uow, me(), report)
    return url_for("incident.show", code=incident.code) if board.sees(uow, me(), incident) else ""


ACTIONS: Mapping[str, Callable[[UnitOfWork, Report], str]] = {"seen": _seen, "answer": _answer, "emergency": _emergency}


def waiting() -> int:
    """Return how many reports nobody has read; the menu of every page shows it."""
    if not current_user.is_authenticated or not me().may_act:
        return 0
    with reading() as uow:
        return reports.count_unseen(uow, me())


def register(app: Flask) -> None:
    app.context_processor(lambda: {"reports_waiting": waiting})
