"""The administrator's pages: who may ask, who comes, in which order, and whether the lines work."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, render_template, request
from sqlalchemy import select

from gateway.models import report as report_rows
from gateway.models.worker import LineHealth
from gateway.register import coverage
from gateway.web.console.access import ADMIN, DESK, VIEWER, allow, me, reading
from gateway.web.console.admin import (
    areas,
    audit,
    citizen,
    citizens,
    imports,
    lines,
    numbers,
    officers,
    phrases,
    reports,
    results,
    scope,
    shifts,
    units,
    users,
)

page = Blueprint("admin", __name__, url_prefix="/admin")
PAGES = (
    page,
    citizens.page,
    numbers.page,
    citizen.page,
    officers.page,
    shifts.page,
    units.page,
    areas.page,
    users.page,
    imports.page,
    lines.page,
    phrases.page,
    audit.page,
    reports.page,
    results.page,
)
SECTIONS = {  # what stands in the menu: a sentence's key and where it leads
    "admin.applications": "admin_citizens.show_applications",
    "admin.citizens": "admin_citizens.show_citizens",
    "admin.officers": "admin_officers.show",
    "admin.shifts": "admin_shifts.show",
    "admin.units": "admin_units.show",
    "admin.areas": "admin_areas.show",
    "admin.reports": "admin_reports.show",
    "admin.results": "admin_results.show",
    "admin.users": "admin_users.show",
    "admin.imports": "admin_imports.show",
    "admin.lines": "admin_lines.show",
    "admin.phrases": "admin_phrases.show",
    "admin.audit": "admin_audit.show",
}
FOR_ALL = {"admin.imports", "admin.phrases"}  # only an admin of all units is led there
FOR_OTHERS = {"admin.reports": {DESK}, "admin.results": {DESK, VIEWER}}  # where those are led who are no admin

LEADS = {  # what the first page counts, and where each is seen to
    "applications": "admin_citizens.show_applications",
    "reports": "admin_reports.show",
    "holes": "admin_shifts.show",
    "nobody": "admin_officers.show",
    "lines": "admin_lines.show",
}
PRIVATE = ("/admin", "/incidents", "/monitor/board")  # the beginnings of whatever tells of people


@page.get("")
@allow(ADMIN)
def show() -> str:
    """What waits for this admin, what is wrong, and the way to everything else."""
    with reading() as uow:
        todo = {
            "applications": citizens.waiting(uow),
            "reports": report_rows.count_unseen(uow.db, me().scope),
            "holes": sum(bool(one.holes) for one in coverage.covers(uow, scope.units(uow))),
            "nobody": len(coverage.unmanned(uow, scope.units(uow))),
            "lines": sum(row.is_bad for row in uow.db.scalars(select(LineHealth))),
        }
    return render_template("admin_overview.html", todo=todo, leads=LEADS)


def register(app: Flask) -> None:
    for one in PAGES:
        app.register_blueprint(one)
    reports.register(app)
    app.context_processor(lambda: {"admin_sections": sections})
    app.after_request(_keep_out_of_caches)


def sections() -> dict[str, str]:
    """The menu of whoever is logged in."""
    if not me().is_admin:
        return {key: SECTIONS[key] for key in SECTIONS if me().role in FOR_OTHERS.get(key, ())}
    return {key: leads for key, leads in SECTIONS.items() if key not in FOR_ALL or scope.sees_all()}


def _keep_out_of_caches(answer: Response) -> Response:
    """Names and identities must not be found in a shared browser by going back."""
    if request.path.startswith(PRIVATE):
        answer.headers["Cache-Control"] = "no-store"
    return answer
