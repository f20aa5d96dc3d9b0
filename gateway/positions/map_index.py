"""The map's areas and places, built once per process, and again when their tables change."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import shapely
from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.core.places.areas import Areas, polygon
from gateway.core.places.distance import metres
from gateway.core.places.gazetteer import Gazetteer
from gateway.core.places.gazetteer import Place as Named
from gateway.core.places.neighbourhood import Neighbourhood
from gateway.core.places.placewords import LEVELS, read_words
from gateway.models.base import Version, version
from gateway.models.place import Place
from gateway.models.unit import Area, Unit

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass
class _Sheet(Generic[T]):
    """A value built from tables, with the state of the tables at that time."""

    build: Callable[[Session], T]
    lock: threading.Lock = field(default_factory=threading.Lock)
    version: Version | None = None
    built: T | None = None

    def now(self, db: Session) -> T:
        fresh = version(db, (Place.id, Place.changed_at), (Area.id, Area.changed_at))
        with self.lock:
            if self.built is None or fresh != self.version:
                self.built, self.version = self.build(db), fresh
            return self.built


class MapIndex:
    """The index that tells whose area holds a point, which place a text names, and what a point is called. It is safe
    for many threads.

    A question costs microseconds and one small query; building costs milliseconds per hundred rows. Units are named by
    their id as text.
    """

    def __init__(self) -> None:
        self._areas = _Sheet(_draw_areas)
        self._places = _Sheet(_list_places)
        self._neighbourhood = _Sheet(_name_all)

    def areas(self, db: Session) -> Areas:
        return self._areas.now(db)

    def places(self, db: Session) -> Gazetteer:
        """Return the operator's places and, as wider places, the areas that have a name."""
        return self._places.now(db)

    def neighbourhood(self, db: Session) -> Neighbourhood:
        """Return what names a position: the named areas and the operator's places."""
        return self._neighbourhood.now(db)


def posts(db: Session) -> Gazetteer:
    """Return the police stations as places, for officers who say where they are.

    It is built for each of their few messages. Citizens' texts do not use it, because a citizen who writes a station's
    name is not there.
    """
    rows = db.execute(select(Unit.name, Unit.lat, Unit.lon).where(Unit.lat.is_not(None), Unit.lon.is_not(None)))
    return Gazetteer(Named(name, (), lat or 0.0, lon or 0.0, STATION_M) for name, lat, lon in rows)


STATION_M = 100.0  # metres; a station and its yard


def _draw_areas(db: Session) -> Areas:
    rows = db.execute(select(Area.unit_id, Area.geometry).order_by(Area.id))
    return Areas([(str(unit_id), drawn) for unit_id, text in rows if (drawn := _readable(text, unit_id)) is not None])


def _readable(text: str, unit_id: int) -> dict[str, object] | None:
    """Return the geometry if it can be used, else None: imports check it, but one bad row must not stop every panic."""
    try:
        drawn: dict[str, object] = json.loads(text)
        polygon(drawn, str(unit_id))
    except (ValueError, AttributeError):  # neither JSON nor an area; not a JSON object
        log.exception("an area cannot be read", extra={"unit": unit_id})
        return None
    return drawn


def _list_places(db: Session) -> Gazetteer:
    return Gazetteer([*_own_places(db), *_named_areas(db)])


def _name_all(db: Session) -> Neighbourhood:
    rows = db.execute(select(Area.name, Area.unit_id, Area.geometry).where(Area.name != "").order_by(Area.id))
    drawn = [(name, _readable(text, unit_id)) for name, unit_id, text in rows]
    return Neighbourhood([(name, area) for name, area in drawn if area is not None], _own_places(db))


def _own_places(db: Session) -> Iterator[Named]:
    columns = (Place.name, Place.aliases, Place.lat, Place.lon, Place.radius_m, Place.unit_id)
    for name, aliases, lat, lon, radius, unit_id in db.execute(select(*columns)):
        unit = None if unit_id is None else str(unit_id)
        yield Named(name, tuple(filter(None, aliases.split("|"))), lat, lon, radius, unit, _level(name))


def _named_areas(db: Session) -> Iterator[Named]:
    """Yield each kelurahan or kecamatan of the map as its middle and a circle around it that holds it."""
    for name, unit_id, text in db.execute(select(Area.name, Area.unit_id, Area.geometry).where(Area.name != "")):
        drawn = _readable(text, unit_id)
        if drawn is None:
            continue
        area = polygon(drawn, name)
        middle = area.centroid
        corners = shapely.get_coordinates(area.convex_hull)
        radius = max(metres((middle.y, middle.x), (lat, lon)) for lon, lat in corners.tolist())
        yield Named(name, (), middle.y, middle.x, radius, str(unit_id), _level(name))


def _level(name: str) -> str:
    """Return the rank that the name states: "Kel. Sungai Jawi" is a kelurahan."""
    words = read_words(name)
    return LEVELS.get(words[0].full, "place") if words else "place"
