"""Officers from a sheet. Officers and desks say who is on duty: the file sets that for new officers only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO

from sqlalchemy import select

from gateway.models.officer import Officer
from gateway.register.imports import fields
from gateway.register.imports.lookup import Reach, known_units, strangers_only, units_by_code
from gateway.register.imports.outcome import Effect, Outcome, Refused, set_changed
from gateway.register.imports.sheets import Record, Sheet, in_pieces, told_of
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

PIECE = 200  # rows in one transaction, so that no panic waits behind an import
DEFAULTS = {"rank": "", "lat": None, "lon": None}


def sheet(region: str) -> Sheet:
    return Sheet(
        columns={
            "phone": fields.number(region),
            "name": fields.text(120),
            "rank": fields.text(40),
            "unit": fields.text(40),
            "language": fields.language,
            "lat": fields.latitude,
            "lon": fields.longitude,
            "on_duty": fields.yes_no,
        },
        needed=("phone", "name", "unit"),
        key="phone",
        pairs=(("lat", "lon"),),
    )


def bring_in(open_uow: OpenUnitOfWork, file: IO[bytes], outcome: Outcome, reach: Reach) -> None:
    """Read and store officers. Raises Unusable."""
    with open_uow() as uow:
        region, codes = uow.settings.default_region, units_by_code(uow)
        checks = (strangers_only(uow), known_units(codes, "unit"))
    for piece in in_pieces(sheet(region).read(file, outcome, *checks), PIECE, outcome):
        with open_uow() as uow:
            query = select(Officer).where(Officer.phone.in_(told_of(piece, "phone")))
            known = {officer.phone: officer for officer in uow.db.scalars(query)}
            for record in piece:
                try:
                    outcome.effects[store(uow, codes, known.get(record.values["phone"]), record, reach)[1]] += 1
                except Refused as why:
                    outcome.refuse(record.line, why)


def store(
    uow: UnitOfWork, codes: Mapping[str, int], known: Officer | None, record: Record, reach: Reach
) -> tuple[Officer, Effect]:
    """Store a row as an officer, or over a `known` one, whose number stays. Raises Refused for another admin's unit."""
    told = record.values
    unit = codes[told["unit"]]
    reach.check(unit)
    if known is not None:
        reach.check(known.unit_id, "phone")
    values = {"name": told["name"], "unit_id": unit, **record.over(DEFAULTS, known is not None)}
    if "language" in told or known is None:
        values["language"] = told.get("language", uow.settings.default_language)
    if known is not None:
        return known, set_changed(known, values)
    officer = Officer(phone=told["phone"], on_duty=told.get("on_duty", False), **values)
    uow.db.add(officer)
    return officer, Effect.ADDED
