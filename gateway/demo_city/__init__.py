"""A small made-up Pontianak for the demo: schematic areas, invented names and numbers. Nothing here is real.

It is imported like an operator's own files and looks like them, so its files are good examples to start from.
"""

from __future__ import annotations

from importlib.resources import files

from sqlalchemy import select

from gateway.models import unit as units
from gateway.models.citizen import Citizen
from gateway.models.officer import Officer
from gateway.register.imports.kinds import bring_in
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

BUDI = "+6281360020001"  # a verified citizen of the demo
JOKO = "+6281270010006"  # the officer on duty who lives nearest to Budi
FILES = {"units": "csv", "areas": "geojson", "officers": "csv", "citizens": "csv", "places": "csv"}
NEIGHBOURS = 6  # the number of citizens whose phones the page shows from the start


class BrokenCity(RuntimeError):  # noqa: N818 - what it is
    """One of the city's own files is wrong; the message says which row."""


def seed(open_uow: OpenUnitOfWork) -> bool:
    """Import the city if there is no unit yet; return False if there is one. Raises BrokenCity."""
    with open_uow() as uow:
        if units.topmost(uow.db) is not None:
            return False
    for kind, ending in FILES.items():
        with (files("gateway.demo_city") / f"{kind}.{ending}").open("rb") as file:
            faults = bring_in(open_uow, kind, file, by="siaga demo").faults
        if faults:
            raise BrokenCity(f"{kind}: {faults[0]}")
    return True


def phones(uow: UnitOfWork) -> list[str]:
    """Return the phones to show first: some citizens, the desks, and the officers on duty."""
    neighbours = uow.db.scalars(select(Citizen.phone).order_by(Citizen.phone).limit(NEIGHBOURS))
    on_duty = uow.db.scalars(select(Officer.phone).where(Officer.on_duty.is_(True)).order_by(Officer.phone))
    desks = [unit.phone for unit in units.all_units(uow.db) if unit.phone]
    return [*neighbours, *desks, *on_duty]
