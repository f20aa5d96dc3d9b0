"""The administrator's pages: who may ask, who comes, in which order, and whether the lines work."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template

from gateway.web.console import admin_audit, admin_citizens, admin_officers, admin_units, admin_users
from gateway.web.console.access import ADMIN, allow, reading

page = Blueprint("admin", __name__, url_prefix="/admin")
PAGES = (page, admin_citizens.page, admin_officers.page, admin_units.page, admin_users.page, admin_audit.page)
SECTIONS = {  # what stands in the menu: a sentence's key and where it leads
    "admin.applications": "admin_citizens.show_applications",
    "admin.citizens": "admin_citizens.show_citizens",
    "admin.officers": "admin_officers.show",
    "admin.units": "admin_units.show",
    "admin.users": "admin_users.show",
    "admin.audit": "admin_audit.show",
}


@page.get("")
@allow(ADMIN)
def show() -> str:
    """What waits for this admin, and the way to everything else."""
    with reading() as desk:
        waiting = admin_citizens.waiting(desk)
    return render_template("admin_overview.html", waiting=waiting)


def register(app: Flask) -> None:
    for one in PAGES:
        app.register_blueprint(one)
    app.context_processor(lambda: {"admin_sections": SECTIONS})
