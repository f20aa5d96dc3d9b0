"""Areas from GeoJSON: the unit's areas in the file replace its present ones.

If one of a unit's features is refused, the unit keeps its old areas beside the new ones: areas may overlap, and a
typing error must not leave a street without a unit.
"""

from __future__ import annotations

import json
from collections import defaultdict
from typing import IO, Any

from sqlalchemy import select

from gateway.core.places.areas import polygon
from gateway.models.unit import Area
from gateway.register.imports.features import read_features
from gateway.register.imports.lookup import Reach, units_by_code
from gateway.register.imports.outcome import Effect, Outcome, Refused
from gateway.register.imports.rows import decode
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

Piece = tuple[str, str]  # name, geometry as JSON


def bring_in(open_uow: OpenUnitOfWork, file: IO[bytes], outcome: Outcome, reach: Reach) -> None:
    """Read areas and store them in one transaction, because a map half old and half new has holes. Raises Unusable."""
    features = read_features(decode(file.read()))
    with open_uow() as uow:
        codes = units_by_code(uow)
    drawn: dict[int, set[Piece]] = defaultdict(set)
    spoilt: set[int] = set()
    for line, feature in features:  # outside of any transaction, because a thousand borders take long
        try:
            unit = _unit(feature, codes)
            reach.check(unit)
            drawn[unit].add(piece_of(feature, code_of(feature)))
        except Refused as why:
            outcome.refuse(line, why)
            spoilt.add(codes.get(code_of(feature), 0))
    with open_uow() as uow:
        for unit, pieces in drawn.items():
            replace(uow, unit, pieces, unit in spoilt, outcome)


def code_of(feature: Any) -> str:
    """Return the code of the unit that a feature names; empty if it names none."""
    code = _property(feature, "unit")
    return str(code).strip() if isinstance(code, str | int) else ""


def _property(feature: Any, name: str) -> Any:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties.get(name) if isinstance(properties, dict) else None


def _unit(feature: Any, codes: dict[str, int]) -> int:
    """Return the id of the unit that a feature names. Raises Refused."""
    code = code_of(feature)
    if code not in codes:
        raise Refused("no_unit", "unit", code=code) if code else Refused("unnamed", "unit")
    return codes[code]


def piece_of(feature: Any, code: str) -> Piece:
    """Return the area that a GeoJSON Feature draws for the unit with this code, as it is stored. Raises Refused."""
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        raise Refused("no_shape", "geometry")
    try:
        polygon(geometry, code)
    except ValueError as error:
        raise Refused("told", "geometry", what=error) from error
    kept = {"type": geometry["type"], "coordinates": geometry["coordinates"]}
    return _name(feature), json.dumps(kept, sort_keys=True)


def _name(feature: Any) -> str:
    """Return the feature's name without characters that no database stores: JSON may hold half a character, or NUL."""
    name = _property(feature, "name")
    return "".join(filter(str.isprintable, name))[:120] if isinstance(name, str) else ""


def replace(uow: UnitOfWork, unit: int, pieces: set[Piece], keep_old: bool, outcome: Outcome) -> None:
    """Give a unit (by its id) these areas and, unless `keep_old`, no others; count the changes in `outcome`."""
    there = uow.db.scalars(select(Area).where(Area.unit_id == unit)).all()
    old = {(area.name, area.geometry) for area in there}
    for name, geometry in sorted(pieces - old):
        uow.db.add(Area(unit_id=unit, name=name, geometry=geometry))
    gone = [] if keep_old else [area for area in there if (area.name, area.geometry) not in pieces]
    for area in gone:
        uow.db.delete(area)
    outcome.effects[Effect.ADDED] += max(0, len(pieces - old) - len(gone))
    outcome.effects[Effect.CHANGED] += min(len(pieces - old), len(gone)) or len(gone)
    outcome.effects[Effect.SAME] += len(pieces & old)
