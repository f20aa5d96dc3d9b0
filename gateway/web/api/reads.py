"""The lists and records that other systems read by /api/v1."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Response, abort, url_for
from spectree import Response as Answers
from sqlalchemy import Select, select

from gateway.identity.api_keys import Scope
from gateway.models import unit as units
from gateway.models.base import Base
from gateway.models.incident import Incident
from gateway.models.officer import Officer, is_retired
from gateway.models.place import Place
from gateway.models.unit import Unit
from gateway.monitor import board, dossier, map_layers, outside
from gateway.monitor.card import Card, Whereabouts
from gateway.operations.results import results
from gateway.operations.results.formats import FORMATS
from gateway.unit_of_work import UnitOfWork
from gateway.web.api.door import LANGUAGE, answer, api, description, needs
from gateway.web.api.shapes import Page, Period, Problem, WhichIncidents
from gateway.web.console.access import allow, me, reading
from gateway.web.problems import Unfit

REFUSED = Answers(HTTP_401=Problem, HTTP_403=Problem, HTTP_404=Problem, HTTP_422=Problem, HTTP_503=Problem)
LISTS = ("incidents", "positions", "units", "officers", "places", "statistics")


@api.get("")
@allow()
@description.validate(resp=REFUSED, skip_validation=True)
def index() -> Response:
    """The addresses of this API.

    `description` is the OpenAPI document, `page` the page to try it, `cap` the feed of CAP 1.2 alerts.
    """
    more = {"description": url_for("api.openapi"), "page": url_for("api.try_it"), "cap": url_for("api.cap_feed")}
    return answer({name: url_for(f"api.{name}") for name in LISTS} | more)


@api.get("/incidents")
@needs(Scope.INCIDENTS)
@description.validate(resp=REFUSED)
def incidents(query: WhichIncidents) -> Response:
    """The incidents.

    Without `state` those that are open and those closed within the last hour, in the monitor's order; with it all of
    that state, the newest first, page by page. `now` is our clock.
    """
    with reading() as uow:
        if query.state is None:
            cards, after = board.cards(uow, me(), LANGUAGE), None
        else:
            rows, after = _page(uow, _of_state(uow, query), Incident, query, newest_first=True)
            cards = board.cards_of(uow, me(), LANGUAGE, rows)
        return answer({"now": uow.now(), "incidents": [outside.card(card) for card in cards], "next": after})


def _of_state(uow: UnitOfWork, query: WhichIncidents) -> Select[Incident]:
    found = select(Incident).where(board.ever_visible(uow, me()))
    if query.state != "all":
        found = found.where(Incident.closed_at.is_(None) if query.state == "open" else Incident.closed_at.is_not(None))
    return found if query.since is None else found.where(Incident.opened_at >= query.since)


@api.get("/incidents/<code>")
@needs(Scope.INCIDENTS)
@description.validate(resp=REFUSED)
def incident(code: str) -> Response:
    """One incident.

    The newest with this code: its card, whom it asked and how far each was reached, its whole timeline.
    """
    with reading() as uow:
        return answer({"now": uow.now(), **outside.dossier(_read(uow, code))})


@api.get("/incidents/<code>/timeline")
@needs(Scope.INCIDENTS)
@description.validate(resp=REFUSED)
def timeline(code: str) -> Response:
    """The timeline of one incident, the newest line first."""
    with reading() as uow:
        return answer({"now": uow.now(), "code": code.upper(), "lines": outside.dossier(_read(uow, code))["lines"]})


def _read(uow: UnitOfWork, code: str) -> dossier.Dossier:
    found = dossier.find(uow, me(), code)
    if found is None:
        abort(404)
    return dossier.read(uow, me(), found, LANGUAGE)


@api.get("/positions")
@needs(Scope.INCIDENTS)
@description.validate(resp=REFUSED)
def positions() -> Response:
    """The positions of the incidents on the monitor, as GeoJSON (RFC 7946)."""
    with reading() as uow:
        cards = board.cards(uow, me(), LANGUAGE)
        features = [_feature(card, card.where) for card in cards if card.where is not None]
    told = {"type": "FeatureCollection", "features": features}
    return answer(told, kind="application/geo+json")


def _feature(card: Card, where: Whereabouts) -> dict[str, object]:
    told = {
        "code": card.code,
        "state": card.state,
        "kind": card.kind,
        "unit": card.unit,
        "opened_at": card.opened_at,
        "radius_m": where.radius_m,
        "drill": card.drill,
        "uncertain": card.uncertain,
        "do_not_contact": not card.may_call,
    }
    point = {"type": "Point", "coordinates": [where.lon, where.lat]}
    return {"type": "Feature", "id": card.code, "geometry": point, "properties": told}


@api.get("/units", endpoint="units")
@needs(Scope.UNITS)
@description.validate(resp=REFUSED, skip_validation=True)
def all_units() -> Response:
    """The units, each with the code of the unit above it."""
    with reading() as uow:
        rows = map_layers.units_of(uow, me().scope)
        codes = {row.id: row.code for row in rows}
        return answer({"units": [_unit(row, codes) for row in rows]})


def _unit(row: Unit, codes: Mapping[int, str]) -> dict[str, object]:
    told = ("code", "name", "kind", "phone", "lat", "lon", "timezone")
    return _columns(row, told) | {"parent": codes.get(row.parent_id or 0)}


@api.get("/officers")
@needs(Scope.OFFICERS)
@description.validate(resp=REFUSED)
def officers(query: Page) -> Response:
    """The officers, page by page, and who of them is on duty."""
    told = ("phone", "name", "rank", "language", "on_duty", "suspended")
    return _list(Officer, Officer.unit_id, query, "officers", lambda row: _columns(row, told))


@api.get("/places")
@needs(Scope.PLACES)
@description.validate(resp=REFUSED)
def places(query: Page) -> Response:
    """The known places, page by page."""

    def told(row: Place) -> dict[str, object]:
        aliases = [name for name in row.aliases.split("|") if name]
        return _columns(row, ("name", "lat", "lon", "radius_m")) | {"aliases": aliases}

    return _list(Place, Place.unit_id, query, "places", told)


@api.get("/statistics")
@needs(Scope.STATISTICS)
@description.validate(resp=REFUSED)
def statistics(query: Period) -> Response:
    """The results: the figures of `siaga report --format json`, of a unit with all below it."""
    with reading() as uow:
        unit = units.by_code(uow.db, query.unit) if query.unit else _own_unit(uow)
        if unit is None or not me().sees(unit.id):
            abort(404)
        try:
            first, last = (day.isoformat() if day is not None else "" for day in (query.first, query.last))
            read = results.read(uow, unit, results.read_period(first, last, results.today(uow, unit)))
        except results.BadPeriod as error:
            raise Unfit(f"from, to: {error}") from error
        return answer(json.loads(FORMATS["json"].write(read, LANGUAGE)))


def _own_unit(uow: UnitOfWork) -> Unit | None:
    return uow.db.get(Unit, me().unit_id) if me().unit_id is not None else units.topmost(uow.db)


# --- pages ----------------------------------------------------------------------------------------------------


def _list(
    table: type[Officer] | type[Place], unit_id: Any, query: Page, name: str, told: Callable[[Any], dict[str, object]]
) -> Response:
    """Answer a page of the rows that belong to the user's units, each with its unit's code."""
    with reading() as uow:
        found = select(table)
        if me().scope is not None:
            found = found.where(unit_id.in_(me().scope))
        if table is Officer:
            found = found.where(~is_retired())
        rows, after = _page(uow, found, table, query)
        codes = {row.id: row.code for row in uow.db.scalars(select(Unit))}
        return answer({name: [told(row) | {"unit": codes.get(row.unit_id or 0)} for row in rows], "next": after})


def _page(
    uow: UnitOfWork, found: Select[Any], table: type[Base], query: Page, newest_first: bool = False
) -> tuple[Sequence[Any], str | None]:
    """Return the rows of a page, and the cursor of the next one (None: it was the last)."""
    if query.cursor is not None:
        last = int(query.cursor)
        found = found.where(table.id < last if newest_first else table.id > last)
    order = table.id.desc() if newest_first else table.id
    rows = uow.db.scalars(found.order_by(order).limit(query.limit + 1)).all()
    shown = rows[: query.limit]
    return shown, str(shown[-1].id) if len(rows) > query.limit else None


def _columns(row: object, names: Sequence[str]) -> dict[str, object]:
    return {name: getattr(row, name) for name in names}
