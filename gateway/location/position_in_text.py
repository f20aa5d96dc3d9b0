"""ROOM: find a position in a person's words, whichever channel brought them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from gateway.core.places import ladder
from gateway.core.places.aml import alternatives, aml_in, cell_in, redact
from gateway.core.places.gazetteer import Match
from gateway.core.places.places import spot_in
from gateway.core.places.spots import INDONESIA, Spot
from gateway.identity.callers import Caller
from gateway.models import cell as cells
from gateway.models.unit import Unit
from gateway.positions import map_index
from gateway.positions.cells import cell_spot
from gateway.unit_of_work import UnitOfWork

BOXES = {"ID": INDONESIA}  # a swapped pair of coordinates must lie in this box after swapping it back


@dataclass(frozen=True, kw_only=True)
class Reading(Spot):
    """A position read from a message, with the place's name, the unit that the table of places names, and its time."""

    taken_at: datetime
    place: str = ""
    unit_id: int | None = None


def read(uow: UnitOfWork, caller: Caller, words: str) -> Reading | None:
    """Return the best position in these words, or None. Every channel calls this; it never raises."""
    found = [reading for source in SOURCES for reading in source(uow, caller, words)]
    return ladder.best(found)


def _phone_report(uow: UnitOfWork, caller: Caller, words: str) -> Iterable[Reading]:
    """Yield the position that the phone's own emergency service wrote."""
    report = aml_in(words)
    if report is not None and report.spot is not None:
        yield _reading(uow, report.spot, taken_at=report.taken_at)


def _literal(uow: UnitOfWork, caller: Caller, words: str) -> Iterable[Reading]:
    """Yield a position written as coordinates, link or code."""
    spot = spot_in(words, near=_near(uow, caller), region_box=BOXES.get(uow.settings.default_region))
    if spot is not None:
        yield _reading(uow, spot)


def _cell(uow: UnitOfWork, caller: Caller, words: str) -> Iterable[Reading]:
    """Yield the position of the mast that the message names, if our table has it under one of its spellings."""
    named = cell_in(words)
    if named is None:
        return
    rows = cells.find(uow.db, spellings := alternatives(named))
    for row in [rows[one] for one in spellings if one in rows][:1]:
        _, _, _, _, _, lat, lon, range_m, _ = row
        yield _reading(uow, cell_spot(lat, lon, range_m, redact(words)))


def _in_words(uow: UnitOfWork, caller: Caller, words: str) -> Iterable[Reading]:
    """Yield a place of the operator's list, or an area of the map."""
    match = uow.map_index.places(uow.db).find(words, near=_near(uow, caller))
    if match is not None:
        yield _named(uow, match)


SOURCES: tuple[Callable[[UnitOfWork, Caller, str], Iterable[Reading]], ...] = (
    _phone_report,
    _literal,
    _cell,
    _in_words,
)


def read_post(uow: UnitOfWork, caller: Caller, words: str) -> Reading | None:
    """Return the place that an officer names: as `read`, and also police stations by their names."""
    match = map_index.posts(uow.db).find(words, near=_near(uow, caller))
    return read(uow, caller, words) or (_named(uow, match) if match is not None else None)


def _reading(uow: UnitOfWork, spot: Spot, taken_at: datetime | None = None) -> Reading:
    now = uow.now()
    taken = min(taken_at or now, now)  # a phone's clock may run ahead of ours
    return Reading(spot.lat, spot.lon, spot.radius_m, spot.source, spot.raw, taken_at=taken)


def _named(uow: UnitOfWork, match: Match) -> Reading:
    spot, place = match.spot, match.place
    unit_id = None if place.unit is None else int(place.unit)
    return Reading(
        spot.lat, spot.lon, spot.radius_m, spot.source, spot.raw, taken_at=uow.now(), place=place.name, unit_id=unit_id
    )


def _near(uow: UnitOfWork, caller: Caller) -> tuple[float, float] | None:
    """Return the caller's home, else the unit's position.

    An ambiguous name or a short code most likely means a place near there.
    """
    if caller.home is not None:
        return caller.home
    unit = uow.db.get(Unit, caller.unit_id) if caller.unit_id is not None else None
    return (unit.lat, unit.lon) if unit is not None and unit.lat is not None and unit.lon is not None else None
