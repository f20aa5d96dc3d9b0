"""Named places from a sheet, which let us find the place that a text names."""

from __future__ import annotations

from typing import IO

from sqlalchemy import select

from gateway.models.place import Place
from gateway.register.imports import fields
from gateway.register.imports.lookup import Reach, known_units, units_by_code
from gateway.register.imports.outcome import Effect, Outcome, Refused, set_changed
from gateway.register.imports.sheets import Record, Sheet, in_pieces, told_of
from gateway.unit_of_work import OpenUnitOfWork

PIECE = 500  # rows in one transaction, so that no panic waits behind an import


def sheet(_region: str = "") -> Sheet:
    return Sheet(
        columns={
            "name": fields.text(120),
            "aliases": lambda typed: "|".join(filter(None, (alias.strip() for alias in typed.split("|")))),
            "lat": fields.latitude,
            "lon": fields.longitude,
            "radius_m": fields.metres(least=1),
            "unit": fields.text(40),
        },
        needed=("name", "lat", "lon", "radius_m"),
        key="name",
    )


def bring_in(open_uow: OpenUnitOfWork, file: IO[bytes], outcome: Outcome, reach: Reach) -> None:
    """Read and store places. Raises Unusable."""
    with open_uow() as uow:
        codes = units_by_code(uow)
    for piece in in_pieces(sheet().read(file, outcome, known_units(codes, "unit")), PIECE, outcome):
        with open_uow() as uow:
            query = select(Place).where(Place.name.in_(told_of(piece, "name")))
            known = {place.name: place for place in uow.db.scalars(query)}
            for record in piece:
                place = known.get(record.values["name"])
                values = _values(codes, record, place is not None)
                try:
                    _check(reach, place, values)
                except Refused as why:
                    outcome.refuse(record.line, why)
                    continue
                if place is None:
                    uow.db.add(Place(**values))
                outcome.effects[Effect.ADDED if place is None else set_changed(place, values)] += 1


def _check(reach: Reach, place: Place | None, values: dict[str, object]) -> None:
    """Raises Refused where the place is another unit's, or would become one."""
    if place is not None:
        reach.check(place.unit_id, "name")
    unit = values.get("unit_id", place.unit_id if place is not None else None)
    reach.check(unit if isinstance(unit, int) else None)


def _values(codes: dict[str, int], record: Record, known: bool) -> dict[str, object]:
    values = {name: record.values[name] for name in sheet().needed} | record.over({"aliases": ""}, known)
    if "unit" not in record.over({"unit": None}, known):
        return values
    return values | {"unit_id": codes[record.values["unit"]] if "unit" in record.values else None}
