"""Run exercises: an incident like any other, except that every phone reads LATIHAN and no citizen is in it."""

from __future__ import annotations

from gateway.core import defaults
from gateway.core.places.spots import Source, Spot
from gateway.incidents import timeline, waves
from gateway.location import locate
from gateway.models import incident as incidents
from gateway.models.incident import Incident
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

NUMBER = defaults.EMERGENCY  # the number that officers would ring back: nobody's phone, and no line of ours
RADIUS_M = 50.0


class AlreadyRunning(ValueError):  # noqa: N818 - the name is a plain statement
    """An exercise is running already; officers must know which one they answer."""


def begin(uow: UnitOfWork, unit: Unit) -> Incident:
    """Open an exercise where `unit` stands and ask its first wave. Raises AlreadyRunning."""
    running = incidents.open_of(uow.db, NUMBER)
    if running is not None:
        raise AlreadyRunning(f"the drill {running.code} is still running; close it first")
    spot = (
        Spot(unit.lat, unit.lon, RADIUS_M, Source.DESK, "") if unit.lat is not None and unit.lon is not None else None
    )
    fix = locate.keep_spot(uow, NUMBER, spot, place=unit.name) if spot is not None else None
    incident = Incident(
        code=incidents.fresh_code(uow.db, uow.now()),
        phone=NUMBER,
        name=unit.name,
        language=uow.settings.default_language,
        unit_id=unit.id,
        fix_id=fix.id if fix is not None else None,
        told_fix_id=fix.id if fix is not None else None,
        channel="drill",
        drill=True,
        ring_back=True,  # no call is put through in a drill; without it officers would read JANGAN TELP
        opened_at=uow.now(),
    )
    uow.db.add(incident)
    uow.db.flush()
    timeline.record(uow, incident, "opened", unit.name, "LATIHAN")
    waves.ask_next(uow, incident)
    return incident
