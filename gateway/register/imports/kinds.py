"""The table of all kinds of import, and one function to run any of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from gateway.core import defaults
from gateway.identity import audit_log
from gateway.positions.cells import BadRow
from gateway.register import shared_homes
from gateway.register.imports import areas, cells, citizens, officers, places, shifts, units
from gateway.register.imports.columns import plain
from gateway.register.imports.lookup import EVERYWHERE, Reach
from gateway.register.imports.outcome import Effect, Outcome, Refused, Unusable, nobody_watches
from gateway.register.imports.sheets import Sheet
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

BY = "siaga import"
NOTHING_MEANT: Mapping[str, str] = {}
Importer = Callable[[OpenUnitOfWork, IO[bytes], Outcome, Reach], None]
SHEETS: Mapping[str, Importer] = {
    "units": units.bring_in,
    "areas": areas.bring_in,
    "officers": officers.bring_in,
    "shifts": shifts.bring_in,
    "citizens": citizens.bring_in,
    "places": places.bring_in,
}
KINDS = (*SHEETS, "cells")
_TABLES: Mapping[str, Callable[[str], Sheet]] = {
    "units": units.sheet,
    "officers": officers.sheet,
    "shifts": shifts.sheet,
    "citizens": citizens.sheet,
    "places": places.sheet,
}
TABLES = tuple(_TABLES)  # the kinds that people fill in with Excel
_OTHERS = {
    "areas": ("unit",),
    "cells": ("radio", "mcc", "net", "area", "cell", "unit", "lon", "lat", "range", "samples"),
}


def sheet(kind: str) -> Sheet:
    """Return how rows of one of the TABLES are read."""
    return _TABLES[kind](defaults.REGION)


def columns(kind: str) -> tuple[str, ...]:
    """Return the columns that a file of this kind may have; for areas the properties of a feature."""
    return tuple(sheet(kind).columns) if kind in _TABLES else _OTHERS[kind]


def bring_in(
    open_uow: OpenUnitOfWork,
    kind: str,
    file: IO[bytes],
    *,
    dry_run: bool = False,
    by: str = BY,
    reach: Reach = EVERYWHERE,
    watch: Callable[[int, int], None] = nobody_watches,
    meant: Mapping[str, str] = NOTHING_MEANT,
) -> Outcome:
    """Import a file of one of the kinds in SHEETS. With `dry_run` do everything and then roll it back.

    A change is audited under `by`. Rows of units outside `reach` are refused. `watch` is called with the lines done and
    the lines of the file. `meant` names the column for headers of this file that are none of ours. Raises Unusable for
    a file that cannot be read at all.
    """
    outcome = Outcome(watch=watch, meant={plain(header): column for header, column in meant.items()})
    SHEETS[kind](rehearsing(open_uow) if dry_run else open_uow, file, outcome, reach)
    outcome.faults.sort(key=lambda fault: fault.line)
    if outcome.changed_anything and not dry_run:
        with open_uow() as uow:
            audit_log.record(uow, by, f"import.{kind}", kind, str(outcome))
    if outcome.changed_anything and not dry_run and kind == "citizens":
        with open_uow() as uow:
            shared_homes.leave_out(uow)
    return outcome


def bring_in_cells(
    open_uow: OpenUnitOfWork, path: Path, seen: Callable[[int], None], *, dry_run: bool = False
) -> Outcome:
    """Import a table of cells, which is too large to hold in memory. Raises Unusable.

    `seen` is called with how many more bytes were read.
    """
    outcome = Outcome()

    def refuse(row: BadRow) -> None:
        outcome.refuse(row.line, Refused("told", what=row.why))

    try:
        told = cells.load(open_uow, path, dry_run=dry_run, seen=seen, refuse=refuse)
    except Unusable:
        raise
    except ValueError as error:
        raise Unusable("told", what=error) from error
    outcome.ignored = told.ignored
    outcome.effects[Effect.TAKEN] = told.good
    return outcome


class _NothingKept(Exception):  # noqa: N818 - it ends a dry run
    """Raised to roll the transaction back at the end of a dry run."""


def rehearsing(open_uow: OpenUnitOfWork) -> OpenUnitOfWork:
    """Return a way to open units of work whose changes are rolled back at their end."""

    @contextmanager
    def opened() -> Iterator[UnitOfWork]:
        with suppress(_NothingKept), open_uow() as uow:
            yield uow
            uow.db.flush()
            raise _NothingKept

    return opened
