"""Areas on the map: the page shows which unit answers where, and lets an admin draw one unit's areas anew.

The page shows what a drawing would change before it is stored, as imports do. Positions are degrees WGS 84.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from gateway.core.sentences.ages import decimal
from gateway.core.sentences.refusal import Refusal
from gateway.identity.callers import Caller
from gateway.incidents.whereabouts import Point
from gateway.location import jurisdiction
from gateway.models.unit import Area, Unit
from gateway.register import coverage
from gateway.register.imports import redraw
from gateway.register.imports.areas import Piece
from gateway.register.imports.outcome import Unusable
from gateway.unit_of_work import UnitOfWork
from gateway.web.console import basemap, maps
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin import scope
from gateway.web.console.admin.preview import fix_at
from gateway.web.console.admin.scope import say
from gateway.web.console.admin.units import place_in
from gateway.web.console.packing import pack, unpack
from gateway.web.console.words import language, t

page = Blueprint("admin_areas", __name__, url_prefix="/admin/areas")
LARGEST_MB = 2
LARGEST = LARGEST_MB * 1024 * 1024  # bytes of a drawing
SEALED = "area"  # the label inside a sealed drawing
FORM = 4 * LARGEST  # bytes of the whole form: encrypting and encoding makes a drawing three quarters larger


@dataclass(frozen=True)
class Row:
    """A unit in the list: the number of its areas, and whether it has none but should have one (`hole`)."""

    unit: Unit
    areas: int
    hole: bool


@dataclass(frozen=True)
class Answer:
    """The unit that answers at a place: the sentence, the unit's name, and a link to try its policy there.

    The link is empty for a unit that is not this admin's.
    """

    says: str
    unit: str
    preview: str


@page.url_value_preprocessor
def allow_files(endpoint: str | None, values: dict[str, object] | None) -> None:
    """Allow a large form before it is read for its token, as for imports."""
    request.max_content_length = request.max_form_memory_size = FORM


@page.app_template_filter("km2")
def square_km(size: float) -> str:
    """Return square kilometres with the reader's decimal sign: two decimals, one from 10 on, none from 100 on."""
    return f"{decimal(round(size, 2 if size < 10 else 1 if size < 100 else 0), language())} km²"


# --- looking ----------------------------------------------------------------------------------------------------------


@page.get("")
@allow(ADMIN)
def show() -> str:
    """Show the map and the list.

    `unit` chooses the unit whose areas to draw; `lat` and `lon` ask which unit answers there.
    """
    chosen = _id(request.args)
    with reading() as uow:
        return _render(uow, scope.unit(uow, chosen) if chosen else None)


def _id(typed: Mapping[str, str]) -> int:
    """Return the chosen unit's id; 0, which no unit has, if none is chosen."""
    text = typed.get("unit", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


@page.get("/at")
@allow(ADMIN)
def show_answer() -> Response:
    """Answer which unit answers at a place, for a click on the map; 400 if the place is impossible."""
    point = place_in(request.args)
    if point is None:
        abort(400)
    with reading() as uow:
        return jsonify(vars(_answer(uow, point)))


def _answer(uow: UnitOfWork, point: Point) -> Answer:
    fix = fix_at(uow, point)
    unit = jurisdiction.responsible(uow, fix, Caller(""))
    if unit is None:
        return Answer(t("admin_areas.nobody"), "", "")
    preview = ""
    if me().sees(unit.id):
        preview = url_for("admin_units.show_unit", unit_id=unit.id, lat=point[0], lon=point[1])
    outside = jurisdiction.is_outside(uow, fix)
    return Answer(t("admin_areas.outside" if outside else "admin_areas.inside", unit=unit.name), unit.name, preview)


def _rows(uow: UnitOfWork) -> list[Row]:
    """Return this admin's units by name, those with a hole first."""
    counts = dict(uow.db.execute(select(Area.unit_id, func.count(Area.id)).group_by(Area.unit_id)).all())
    rows = [
        Row(unit, counts.get(unit.id, 0), bool(counts) and unit.kind in coverage.BEATS and unit.id not in counts)
        for unit in scope.units(uow)
    ]
    return sorted(rows, key=lambda row: not row.hole)


# --- drawing ----------------------------------------------------------------------------------------------------------


@page.post("")
@allow(ADMIN)
def preview() -> ResponseReturnValue:
    """Show what a file or pasted GeoJSON would change in one unit's areas; nothing is stored."""
    with reading() as uow:
        unit, pasted = scope.unit(uow, _id(request.form)), request.form.get("geojson", "")
        try:
            pieces = redraw.read(_drawing(), unit.code)
        except Refusal as why:
            return _render(uow, unit, pasted=pasted, why=why.tell(language())), 409
        change = redraw.compare(uow, unit, pieces)
        sealed = pack(f"{SEALED} {unit.id} {redraw.version(uow, unit)}", json.dumps(pieces).encode())
        return _render(uow, unit, change=change, drawing=_collection(pieces), sealed=sealed)


@page.post("/keep")
@allow(ADMIN)
def keep() -> ResponseReturnValue:
    """Give the unit the areas that were shown, unless somebody else has changed them meanwhile."""
    unit_id, version, pieces = _shown()
    with writing() as uow:
        unit = scope.unit(uow, unit_id)
        fresh = redraw.version(uow, unit) == version
        if fresh:
            redraw.keep(uow, unit, pieces, me().name)
    return say("admin_areas.kept" if fresh else "admin_areas.changed", url_for("admin_areas.show", unit=unit_id))


@page.get("/<int:unit_id>/remove")
@allow(ADMIN)
def ask_to_remove(unit_id: int) -> str:
    """Show which land would be without an area, before the areas are removed."""
    with reading() as uow:
        unit = scope.unit(uow, unit_id)
        return render_template("admin_areas_remove.html", unit=unit, change=redraw.compare(uow, unit, []))


@page.post("/<int:unit_id>/remove")
@allow(ADMIN)
def remove(unit_id: int) -> ResponseReturnValue:
    with writing() as uow:
        redraw.keep(uow, scope.unit(uow, unit_id), [], me().name)
    return say("admin_areas.removed", url_for("admin_areas.show"))


def _drawing() -> str:
    """Return the uploaded text, else the pasted one. Raises Unusable if it is too large for one request."""
    file = request.files.get("file")
    content = (file.stream.read() if file is not None else b"") or request.form.get("geojson", "").encode()
    if len(content) > LARGEST:
        raise Unusable("too_large", most=LARGEST_MB)
    return content.decode("utf-8-sig", "replace")


def _shown() -> tuple[int, str, list[Piece]]:
    """Return the unit's id, the version of its areas, and the drawing that was shown."""
    try:
        label, content = unpack(request.form.get("sealed", ""))
        kind, unit_id, version = label.split(" ")
        if kind != SEALED:
            abort(400)
        return int(unit_id), version, [(name, geometry) for name, geometry in json.loads(content)]
    except ValueError:  # NotOurs too
        abort(400)


def _collection(pieces: Sequence[Piece]) -> dict[str, Any]:
    features = [{"type": "Feature", "properties": {}, "geometry": json.loads(geometry)} for _, geometry in pieces]
    return {"type": "FeatureCollection", "features": features}


def _render(uow: UnitOfWork, unit: Unit | None, **shown: Any) -> str:
    point = place_in(request.args)
    return render_template(
        "admin_areas.html",
        rows=_rows(uow),
        unit=unit,
        point=point,
        asked=request.args,
        answer=_answer(uow, point) if point is not None else None,
        has_map=maps.is_installed(),
        tiles=basemap.address(),
        largest=LARGEST_MB,
        **shown,
    )
