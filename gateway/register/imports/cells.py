"""Import a table of cells: a million rows and more, in pieces, so that no panic waits behind an import.

Each piece is its own transaction (a fifth of a second on SQLite, where nobody else can write meanwhile). The price: an
interrupted import leaves its first part in the table; importing the file again completes it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from gateway.models import cell as cells
from gateway.positions.cells import BadRow, CellRow, read_cells
from gateway.register.imports import excel
from gateway.unit_of_work import OpenUnitOfWork

PIECE = 10_000  # rows


@dataclass(frozen=True)
class CellImport:
    """The result of an import: how many rows were good, how many bad, and the columns that the import ignored."""

    good: int
    bad: int
    ignored: tuple[str, ...]


def load(
    open_uow: OpenUnitOfWork,
    path: Path,
    *,
    dry_run: bool = False,
    refuse: Callable[[BadRow], None] = lambda _: None,
    seen: Callable[[int], None] = lambda _: None,
) -> CellImport:
    """Import an OpenCelliD file, as CSV or Excel. Importing the same file twice changes nothing.

    `refuse` is called with each bad row as it comes, `seen` with how many more bytes were read (for a progress bar).
    Raises OSError, Unusable, and ValueError for a header without a needed column.
    """
    good = bad = 0
    with ExitStack() as stack:
        told = read_cells(_lines(stack, path, seen))
        piece: dict[tuple[object, ...], CellRow] = {}
        for row in told.rows:
            if isinstance(row, BadRow):
                refuse(row)
                bad += 1
                continue
            piece[row[:5]] = row  # if the file has a cell twice, the later row counts
            good += 1
            if len(piece) >= PIECE:
                _store(open_uow, piece, dry_run)
        _store(open_uow, piece, dry_run)
    return CellImport(good, bad, told.ignored)


def _lines(stack: ExitStack, path: Path, seen: Callable[[int], None]) -> Iterator[str]:
    file = stack.enter_context(path.open("rb"))
    if excel.is_excel(file):
        yield from _excel_lines(file, path.stat().st_size, seen)
        return
    for line in file:
        seen(len(line))
        yield line.decode("utf-8", "replace").replace("\x00", "")


def _excel_lines(file: IO[bytes], size: int, seen: Callable[[int], None]) -> Iterator[str]:
    """Yield the rows of a workbook as lines of CSV; each counts as its share of the file's `size` in bytes."""
    rows, each = excel.read(file)
    at = 1
    for number, told in each:
        yield from ["\n"] * (number - at)  # rows that are empty in Excel
        seen(size // max(rows, 1))
        line = io.StringIO()
        csv.writer(line, lineterminator="\n").writerow(told)
        yield line.getvalue()
        at = number + 1


def _store(open_uow: OpenUnitOfWork, piece: dict[tuple[object, ...], CellRow], dry_run: bool) -> None:
    if piece and not dry_run:
        with open_uow() as uow:
            cells.store(uow.db, sorted(piece.values()))  # in the order of the key, which saves disk writes
    piece.clear()
