"""Count panics by area of the map (a kelurahan, as the operator's map draws it), with small numbers blurred.

A number below BLUR could tell a neighbour who called, so nobody gets it: neither page, paper nor file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import select

from gateway.core.places.areas import polygon
from gateway.models import incident as incidents
from gateway.models import unit as units
from gateway.models.fix import Fix
from gateway.models.incident import Incident
from gateway.models.unit import Area, Unit
from gateway.operations.results.cases import Span
from gateway.unit_of_work import UnitOfWork

BLUR = 5  # smaller numbers are told as "fewer than this"
EXACT_M = 2000.0  # a position whose radius is larger lies in no area that one could name


@dataclass(frozen=True)
class Cell:
    """One area. `count` is None where the number is blurred: it is above 0 and below `below`."""

    name: str
    shape: BaseGeometry  # degrees, WGS 84
    count: int | None
    below: int = 0


@dataclass(frozen=True)
class Density:
    cells: Sequence[Cell]  # the largest area first, so that the smaller ones are drawn over it
    placed: int  # panics that lie in one of the cells
    unplaced: int  # panics elsewhere, without a position, or with one that is not exact enough


def density(uow: UnitOfWork, span: Span) -> Density:
    """Return where the panics of a span were, without drills and synthetic panics."""
    drawn = _areas(uow, span)
    query = select(Fix.lat, Fix.lon, Fix.radius_m, Fix.phone).select_from(Incident)
    query = query.outerjoin(Fix, Fix.id == Incident.fix_id).where(*span.where(uow), incidents.concerns_people())
    rows = uow.db.execute(query.where(Incident.drill.is_(False))).all()
    exact = [(row.lon, row.lat) for row in rows if row.phone and row.radius_m <= EXACT_M]
    counts = _counted(list(drawn.values()), exact)
    cells = [
        Cell(name, shape, *blurred)
        for (name, shape), blurred in zip(drawn.items(), blur([counts[n] for n in range(len(drawn))]), strict=True)
    ]
    placed = sum(counts.values())
    return Density(sorted(cells, key=lambda cell: -cell.shape.area), placed, len(rows) - placed)


def blur(counts: Sequence[int]) -> list[tuple[int | None, int]]:
    """Return each number as (itself, 0), or as (None, the limit that it is below) where it must not be told.

    A single small number could be found by taking all others from the sum: then the next larger one is blurred too.
    """
    small = [at for at, count in enumerate(counts) if 0 < count < BLUR]
    others = [at for at, count in enumerate(counts) if count >= BLUR]
    if len(small) == 1 and others:
        small.append(min(others, key=lambda at: counts[at]))
    return [
        (None, (count // BLUR + 1) * BLUR) if at in small else (count, 0)
        for at, count in enumerate(counts)
    ]  # fmt: skip


def _areas(uow: UnitOfWork, span: Span) -> Mapping[str, BaseGeometry]:
    """Return the areas of the unit and of all below it by name; pieces of one name are joined."""
    query = select(Area.name, Unit.name, Area.geometry).join(Unit, Unit.id == Area.unit_id).order_by(Area.id)
    pieces: dict[str, list[BaseGeometry]] = {}
    for area, unit, text in uow.db.execute(query.where(Area.unit_id.in_(units.ids_below(uow.db, span.unit)))):
        name = area or unit
        try:
            pieces.setdefault(name, []).append(polygon(json.loads(text), name))
        except ValueError:  # imports check them; one bad row takes no report away
            continue
    return {name: shapely.union_all(shapes) for name, shapes in pieces.items() if shapes}


def _counted(shapes: Sequence[BaseGeometry], points: Iterable[tuple[float, float]]) -> Counter[int]:
    """Return how many points lie in each shape, by its place in `shapes`; where shapes overlap the smallest has it."""
    tree = shapely.STRtree(shapes)
    counted: Counter[int] = Counter()
    for lon, lat in points:
        hits = tree.query(shapely.Point(lon, lat), predicate="intersects").tolist()
        if hits:
            counted[min(hits, key=lambda at: (shapes[at].area, at))] += 1
    return counted
