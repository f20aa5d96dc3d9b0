"""Draw one unit's areas anew: read them, compare them with the present ones, store them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from gateway.core.places.areas import polygon
from gateway.core.places.surfaces import corners, square_km
from gateway.identity import audit_log
from gateway.models import unit as units
from gateway.models.unit import Area, Unit
from gateway.register.imports import areas
from gateway.register.imports.areas import Piece, code_of, piece_of
from gateway.register.imports.features import read_features
from gateway.register.imports.outcome import Outcome, Refused, Unusable
from gateway.unit_of_work import UnitOfWork

SLIVER_KM2 = 0.01  # drawn borders may cross by less than this without intention
SHAPES = ("Polygon", "MultiPolygon")


@dataclass(frozen=True)
class Shared:
    """The overlap of an area with another unit's: in square kilometres, and as a share of the new area (0 to 1).

    `kin` means that the other unit stands above or below, so that the overlap is intended.
    """

    unit: str
    square_km: float
    share: float
    kin: bool


@dataclass(frozen=True)
class Change:
    """A unit's areas after and before a change. `lost` is in square kilometres: land that no unit would answer for."""

    pieces: int
    corners: int
    square_km: float
    square_km_before: float
    shared: Sequence[Shared]
    lost: float


def read(text: str, code: str) -> list[Piece]:
    """Return the areas of the unit with this code from a GeoJSON FeatureCollection, Feature, Polygon or MultiPolygon.

    A feature that names no unit counts as this unit's; features of other units are left out. Raises Unusable or
    Refused.
    """
    features = _features(text)
    own = [(at, feature) for at, feature in enumerate(features) if code_of(feature) in (code, "")]
    if not own:
        others = ", ".join(sorted({code_of(feature) for feature in features}))
        raise Unusable("other_units", code=code, others=others) if others else Unusable("no_areas")
    return list(dict.fromkeys(_piece(at, feature, code) for at, feature in own))


def _features(text: str) -> list[Any]:
    if not text.strip():
        raise Unusable("no_areas")
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unusable("not_json", line=getattr(error, "lineno", 1)) from error
    kind = whole.get("type") if isinstance(whole, dict) else None
    if kind in SHAPES:
        return [{"type": "Feature", "properties": {}, "geometry": whole}]
    return [whole] if kind == "Feature" else [feature for _, feature in read_features(text)]


def _piece(at: int, feature: Any, code: str) -> Piece:
    try:
        return piece_of(feature, code)
    except Refused as why:
        raise why.of(f"features[{at}]") from why


def compare(uow: UnitOfWork, unit: Unit, pieces: Sequence[Piece]) -> Change:
    """Return what would change if the unit had exactly these areas; nothing is written."""
    drawn = [polygon(json.loads(geometry), unit.code) for _, geometry in pieces]
    new, old = shapely.union_all(drawn), shapely.union_all(list(_drawn(_rows_of(uow, unit))))
    others = _others(uow, unit)
    left = shapely.difference(old, shapely.union_all([new, *(area for _, area in others)]))
    return Change(
        pieces=len(drawn),
        corners=sum(corners(area) for area in drawn),
        square_km=square_km(new),
        square_km_before=square_km(old),
        shared=_shared(uow, unit, new, others),
        lost=lost if (lost := square_km(left)) >= SLIVER_KM2 else 0.0,
    )


def _rows_of(uow: UnitOfWork, unit: Unit) -> Sequence[Area]:
    return uow.db.scalars(select(Area).where(Area.unit_id == unit.id).order_by(Area.id)).all()


def _drawn(rows: Iterable[Area]) -> Iterator[BaseGeometry]:
    """Yield the areas that can be read; the map index leaves the others out as well."""
    for row in rows:
        try:
            yield polygon(json.loads(row.geometry), row.name)
        except (ValueError, AttributeError):
            continue


def _others(uow: UnitOfWork, unit: Unit) -> list[tuple[Unit, BaseGeometry]]:
    rows = uow.db.execute(select(Unit, Area).join(Area).where(Unit.id != unit.id).order_by(Unit.name, Area.id))
    found: dict[Unit, list[Area]] = {}
    for other, area in rows:
        found.setdefault(other, []).append(area)
    return [(other, shapely.union_all(list(_drawn(theirs)))) for other, theirs in found.items()]


def _shared(uow: UnitOfWork, unit: Unit, new: BaseGeometry, others: list[tuple[Unit, BaseGeometry]]) -> list[Shared]:
    """Return the overlaps with other units, the largest first and the intended ones last."""
    kin = {step.id for step in units.chain(uow.db, unit)} | set(units.ids_below(uow.db, unit))
    common = ((other, square_km(shapely.intersection(new, area))) for other, area in others)
    found = [
        Shared(other.name, size, size / square_km(new), other.id in kin) for other, size in common if size >= SLIVER_KM2
    ]
    return sorted(found, key=lambda one: (one.kin, -one.square_km))


def version(uow: UnitOfWork, unit: Unit) -> str:
    """Return a string that differs as soon as somebody else has changed this unit's areas."""
    return ",".join(f"{row.id}@{row.changed_at.isoformat()}" for row in _rows_of(uow, unit))


def keep(uow: UnitOfWork, unit: Unit, pieces: Sequence[Piece], by: str) -> None:
    """Give the unit exactly these areas (an empty list removes all of them), audited under `by`."""
    change, outcome = compare(uow, unit, pieces), Outcome()
    before = len(_rows_of(uow, unit))
    areas.replace(uow, unit.id, set(pieces), False, outcome)
    if outcome.changed_anything:
        told = f"{before} ({change.square_km_before:.2f} km2) -> {change.pieces} ({change.square_km:.2f} km2)"
        audit_log.record(uow, by, "unit.areas" if pieces else "unit.areas_removed", unit.code, told)
