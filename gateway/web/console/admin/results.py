"""The results for chiefs: the report's figures as a page, and as a file to pass on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from gateway.identity import confidants
from gateway.models import unit as units
from gateway.models.incident import Incident
from gateway.models.unit import Unit
from gateway.operations.results import results as reports
from gateway.operations.results import words
from gateway.operations.results.formats import FORMATS, file_name
from gateway.operations.results.plots import PLOTS
from gateway.operations.results.results import BadPeriod, Period, Results
from gateway.operations.results.sections import GROUPS
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import allow, me, reading
from gateway.web.console.admin import scope
from gateway.web.console.words import language

page = Blueprint("admin_results", __name__, url_prefix="/admin/results")
FILES = ("pdf", "csv", "json")
SHORTLIST = 5  # of the misses are shown at once
LENGTHS = (7, 30, 365)  # periods in days that one click chooses


@dataclass(frozen=True)
class Wish:
    """The unit and the period that the form asks for.

    With a `fault` (a key of `console.results`) there is no period.
    """

    unit: Unit
    first: str
    last: str
    period: Period | None
    fault: str = ""


@page.get("")
@allow()
def show() -> ResponseReturnValue:
    """Show the report.

    `unit` (a code), `from` and `to` (ISO dates) choose; everybody who may see the unit may see it.
    """
    with reading() as uow:
        wish = _wish(uow)
        found = _read(uow, wish.unit, wish.period) if wish.period is not None else None
        choices, today = scope.units(uow), reports.today(uow, wish.unit)
    starts = {days: today - timedelta(days=days - 1) for days in LENGTHS}
    status = 400 if wish.fault else 200
    shown = {
        "wish": wish,
        "report": found,
        "units": choices,
        "today": today,
        "starts": starts,
        "files": FILES,
        "shortlist": SHORTLIST,
    }
    return render_template("admin_results.html", groups=GROUPS, words=words, plots=PLOTS, **shown), status


@page.get("/<any(csv, json, pdf):form>")
@allow()
def download(form: str) -> ResponseReturnValue:
    """Answer the same report as a file."""
    with reading() as uow:
        wish = _wish(uow)
        if wish.period is None:
            abort(400)
        found = _read(uow, wish.unit, wish.period)
    kind = FORMATS[form]
    answer = Response(kind.write(found, language()), mimetype=kind.mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=file_name(found, form))
    return answer


def _read(uow: UnitOfWork, unit: Unit, period: Period) -> Results:
    return reports.read(uow, unit, period, confidants.hidden(uow, me(), select(Incident.phone)))


def _wish(uow: UnitOfWork) -> Wish:
    unit = _unit(uow, request.args.get("unit", "").strip())
    first, last = (request.args.get(name, "").strip() for name in ("from", "to"))
    try:
        period = reports.read_period(first, last, reports.today(uow, unit))
    except BadPeriod as error:
        return Wish(unit, first, last, None, str(error))
    return Wish(unit, period.first.isoformat(), period.last.isoformat(), period)


def _unit(uow: UnitOfWork, code: str) -> Unit:
    """Return the chosen unit, else the user's own, else the topmost; answer 404 for a unit that is not this user's."""
    own = uow.db.get(Unit, me().unit_id) if me().unit_id is not None else units.topmost(uow.db)
    unit = units.by_code(uow.db, code) if code else own
    if unit is None or not me().sees(unit.id):
        abort(404)
    return unit
