"""The page of leaflets and cards: what is handed out, as PDF files to print."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue

from gateway.core.languages import CODES
from gateway.models import unit as units
from gateway.models.unit import Unit
from gateway.operations.leaflets import ways
from gateway.operations.leaflets.sheets import SHEETS, NoNumber, make
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import ADMIN, allow, house, me, reading
from gateway.web.console.admin import scope
from gateway.web.console.words import language

page = Blueprint("admin_leaflets", __name__, url_prefix="/admin/leaflets")


@page.get("")
@allow(ADMIN)
def show() -> ResponseReturnValue:
    """Show the sheets. `unit` (a code) and `language` choose whose numbers they tell, and in which language."""
    with reading() as uow:
        unit, choices = _unit(uow), scope.units(uow)
        found = ways.read(uow, unit)
    shown = {"unit": unit, "units": choices, "ways": found, "codes": CODES, "chosen": _language()}
    return render_template("admin_leaflets.html", sheets=SHEETS, **shown)


@page.get("/<sheet>.pdf")
@allow(ADMIN)
def download(sheet: str) -> ResponseReturnValue:
    """Answer one sheet as a file. The small card's name says nothing of what it is."""
    if sheet not in SHEETS:
        abort(404)
    with reading() as uow:
        unit = _unit(uow)
        found = ways.read(uow, unit)
    try:
        made = make(sheet, found, _language(), f"{house().settings.public_url}/monitor")
    except NoNumber:
        abort(404)
    answer = Response(made, mimetype="application/pdf")
    title = "card" if SHEETS[sheet].counter else f"siaga-{sheet}-{_language()}"
    answer.headers.set("Content-Disposition", "attachment", filename=f"{title}.pdf")
    return answer


def _language() -> str:
    wanted = request.args.get("language", "")
    return wanted if wanted in CODES else language()


def _unit(uow: UnitOfWork) -> Unit:
    """Return the chosen unit, else the user's own, else the topmost; answer 404 for a unit that is not this user's."""
    code = request.args.get("unit", "").strip()
    own = uow.db.get(Unit, me().unit_id) if me().unit_id is not None else units.topmost(uow.db)
    unit = units.by_code(uow.db, code) if code else own
    if unit is None or not me().sees(unit.id):
        abort(404)
    return unit
