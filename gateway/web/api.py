"""/api/v1: the data of a user's monitor as JSON for other systems. It reads and never acts.

A request proves who it is by a key (`Authorization: Bearer <key>`, from `siaga user key NAME`) or by a log-in, and sees
what that user sees. Times are UTC (ISO 8601), positions degrees WGS 84, distances and radii metres, numbers E.164.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, url_for
from werkzeug.exceptions import HTTPException

from gateway.models.unit import Unit
from gateway.monitor import board, dossier, map_layers
from gateway.web.console.access import allow, me, reading

api = Blueprint("api", __name__, url_prefix="/api/v1")
REFUSED = (401, 403, 404)
LANGUAGE = "en"  # the language of the words that name the source of a position


@api.get("")
@allow()
def index() -> Response:
    """Answer the addresses of this API."""
    return answer({name: url_for(f"api.{name}") for name in ("incidents", "units")})


@api.get("/incidents")
@allow()
def incidents() -> Response:
    """Answer the open incidents and those closed within the last hour, in the monitor's order; `now` is our clock."""
    with reading() as uow:
        cards = board.cards(uow, me(), LANGUAGE)
        return answer({"now": uow.now(), "incidents": [asdict(card) for card in cards]})


@api.get("/incidents/<code>")
@allow()
def incident(code: str) -> Response:
    """Answer the newest incident with this code: its card, its alerts with their outcome, the whole timeline."""
    with reading() as uow:
        found = dossier.find(uow, me(), code)
        if found is None:
            abort(404)
        return answer({"now": uow.now(), **asdict(dossier.read(uow, me(), found, LANGUAGE))})


@api.get("/units")
@allow()
def units() -> Response:
    """Answer the units, each with the code of the unit above it."""
    with reading() as uow:
        rows = map_layers.units_of(uow, me().scope)
        codes = {row.id: row.code for row in rows}
        return answer({"units": [_unit(row, codes) for row in rows]})


def _unit(row: Unit, codes: Mapping[int, str]) -> dict[str, object]:
    told = ("code", "name", "kind", "phone", "lat", "lon", "timezone")
    return {name: getattr(row, name) for name in told} | {"parent": codes.get(row.parent_id or 0)}


def answer(told: Mapping[str, object], status: int = 200) -> Response:
    body = json.dumps(told, default=_plain, ensure_ascii=False)
    return Response(f"{body}\n", status, mimetype="application/json", headers={"Cache-Control": "no-store"})


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form here")


def refuse(error: HTTPException) -> Response:
    """Answer an error as JSON."""
    return answer({"error": error.name.lower(), "message": error.description or ""}, error.code or 500)


for status in REFUSED:
    api.register_error_handler(status, refuse)
