"""The table of what can be imported, and one way in for all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from gateway.identity import audit_log
from gateway.positions.cells import BadRow
from gateway.register.imports import areas, cells, citizens, officers, places, shifts, units
from gateway.register.imports.outcome import Effect, Outcome, Refused, Unusable
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

BY = "siaga import"
Importer = Callable[[OpenUnitOfWork, IO[bytes], Outcome], None]
SHEETS: Mapping[str, Importer] = {
    "units": units.bring_in,
    "areas": areas.bring_in,
    "officers": officers.bring_in,
    "shifts": shifts.bring_in,
    "citizens": citizens.bring_in,
    "places": places.bring_in,
}
KINDS = (*SHEETS, "cells")


def bring_in(open_uow: OpenUnitOfWork, kind: str, file: IO[bytes], *, dry_run: bool = False, by: str = BY) -> Outcome:
    """Import a file of one of SHEETS. With `dry_run` everything is done and nothing kept.

    Whatever was changed is audited under `by`. Raises Unusable for a file that cannot be read at all.
    """
    outcome = Outcome()
    SHEETS[kind](rehearsing(open_uow) if dry_run else open_uow, file, outcome)
    outcome.faults.sort(key=lambda fault: fault.line)
    if outcome.changed_anything and not dry_run:
        with open_uow() as uow:
            audit_log.record(uow, by, f"import.{kind}", kind, str(outcome))
    return outcome


def bring_in_cells(
    open_uow: OpenUnitOfWork, path: Path, seen: Callable[[int], None], *, dry_run: bool = False
) -> Outcome:
    """Import a table of cells, too large to be held; `seen` hears how many more bytes were read. Raises Unusable."""
    outcome = Outcome()

    def refuse(row: BadRow) -> None:
        outcome.refuse(row.line, Refused("told", what=row.why))

    try:
        told = cells.load(open_uow, path, dry_run=dry_run, seen=seen, refuse=refuse)
    except ValueError as error:
        raise Unusable("told", what=error) from error
    outcome.ignored = told.ignored
    outcome.effects[Effect.TAKEN] = told.good
    return outcome


class _NothingKept(Exception):  # noqa: N818 - how a rehearsal ends
    """Takes everything back."""


def rehearsing(open_uow: OpenUnitOfWork) -> OpenUnitOfWork:
    """Desks whose work is done and then taken back."""

    @contextmanager
    def opened() -> Iterator[UnitOfWork]:
        with suppress(_NothingKept), open_uow() as uow:
            yield uow
            uow.db.flush()
            raise _NothingKept

    return opened
