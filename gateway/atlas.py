"""The areas on the map, built once per process and again when the table changes."""

from __future__ import annotations

import json
import threading

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from gateway.core.areas import Areas
from gateway.models.unit import Area


class Atlas:
    """Which unit's area holds a point. Building costs milliseconds per hundred polygons, asking microseconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._version: tuple[int, int] | None = None
        self._areas = Areas([])

    def areas(self, db: Session) -> Areas:
        """The areas as they are now; units are named by their id as text. An import replaces areas: ids then grow."""
        count, newest = db.execute(select(func.count(Area.id), func.coalesce(func.max(Area.id), 0))).one()
        with self._lock:
            if (count, newest) != self._version:
                rows = db.execute(select(Area.unit_id, Area.geometry).order_by(Area.id)).all()
                self._areas = Areas([(str(unit_id), json.loads(geometry)) for unit_id, geometry in rows])
                self._version = (count, newest)
            return self._areas
