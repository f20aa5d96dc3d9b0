"""The first page of the administrator: counts of what needs attention, and the menu of all pages."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, render_template, request

from gateway.models import worker as workers
from gateway.monitor import reports as report_rooms
from gateway.register import coverage
from gateway.web.console.access import ADMIN, DESK, VIEWER, allow, me, reading
from gateway.web.console.admin import (
    areas,
    audit,
    citizen,
    citizens,
    exports,
    imports,
    leaflets,
    lines,
    menu,
    never_ask,
    numbers,
    officer,
    officers,
    phrases,
    recordings,
    reports,
    results,
    scope,
    shifts,
    unit_contact,
    unit_form,
    units,
    users,
)

page = Blueprint("admin", __name__, url_prefix="/admin")
PAGES = (
    page,
    citizens.page,
    numbers.page,
    citizen.page,
    never_ask.page,
    officer.page,
    officers.page,
    shifts.page,
    unit_form.page,
    units.page,
    unit_contact.page,
    areas.page,
    users.page,
    exports.page,
    imports.page,
    lines.page,
    phrases.page,
    recordings.page,
    audit.page,
    reports.page,
    results.page,
    leaflets.page,
)
SECTIONS = {  # the menu: the key of each entry's sentence and the page it leads to
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
    "admin.exports": "admin_exports.show",
    "admin.lines": "admin_lines.show",
    "admin.leaflets": "admin_leaflets.show",
    "admin.phrases": "admin_phrases.show",
    "admin.recordings": "admin_recordings.show",
    "admin.audit": "admin_audit.show",
}
FOR_ALL = {"admin.phrases", "admin.recordings"}  # only an admin of all units sees these entries
FOR_OTHERS = {"admin.reports": {DESK}, "admin.results": {DESK, VIEWER}}  # the entries for other roles

LEADS = {  # the counts on the first page and the page to work on each
    "applications": "admin_citizens.show_applications",
    "reports": "admin_reports.show",
    "holes": "admin_shifts.show",
    "nobody": "admin_officers.show",
    "lines": "admin_lines.show",
}
PRIVATE = ("/admin", "/incidents", "/monitor/board")  # paths of pages that show people's data begin with these


@page.get("")
@allow(ADMIN)
def show() -> str:
    """Show what waits for this admin, what is wrong, and the way to everything else."""
    with reading() as uow:
        todo = {
            "applications": citizens.waiting(uow),
            "reports": report_rooms.count_unseen(uow, me()),
            "holes": sum(bool(one.holes) for one in coverage.covers(uow, scope.units(uow))),
            "nobody": len(coverage.unmanned(uow, scope.units(uow))),
            "lines": len({row.line for row in workers.failing(uow.db, uow.lines.names(), uow.now())}),
        }
    return render_template("admin_overview.html", todo=todo, leads=LEADS)


def register(app: Flask) -> None:
    for one in PAGES:
        app.register_blueprint(one)
    reports.register(app)
    app.context_processor(lambda: {"admin_groups": lambda: menu.grouped(sections())})
    app.after_request(_keep_out_of_caches)


def sections() -> dict[str, str]:
    """Return the menu of the logged-in user."""
    if not me().is_admin:
        return {key: SECTIONS[key] for key in SECTIONS if me().role in FOR_OTHERS.get(key, ())}
    return {key: leads for key, leads in SECTIONS.items() if key not in FOR_ALL or scope.sees_all()}


def _keep_out_of_caches(answer: Response) -> Response:
    """Forbid the browser to store pages with names and identities: the next user must not find them by going back."""
    if request.path.startswith(PRIVATE):
        answer.headers["Cache-Control"] = "no-store"
    return answer
