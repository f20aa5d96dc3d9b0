"""OpenCelliD's files: read rows of cells from CSV, and turn a mast into a position with its radius.

Columns and their order: github.com/mozilla/ichnaea docs/import_export.rst. Longitude stands before latitude. The data
is CC BY-SA 4.0: whoever imports it must name OpenCelliD.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from gateway.core.places.spots import Source, Spot, plausible

HEADERLESS = [  # per-country files
    *("radio", "mcc", "net", "area", "cell", "unit", "lon", "lat", "range", "samples"),
    *("changeable", "created", "updated", "averageSignal"),
]
NEEDED = ("radio", "mcc", "net", "area", "cell", "lon", "lat", "range", "samples")
RADIOS = frozenset(("GSM", "UMTS", "LTE", "NR", "CDMA"))
NEAREST_M = 500.0  # metres; no mast gives a better position than this, whatever range it states
LARGEST_CELL = 2**36  # an NR cell identity


class CellRow(NamedTuple):
    """One cell: its identity, where it was measured (degrees WGS 84), its range (metres) and how often."""

    mcc: int
    net: int
    area: int
    cell: int
    radio: str
    lat: float
    lon: float
    range_m: int
    samples: int


@dataclass(frozen=True)
class BadRow:
    """A row that cannot be used: its line in the file, and the reason."""

    line: int
    why: str


@dataclass(frozen=True)
class CellFile:
    """A file's rows, good and bad in order, and the names of further columns that we ignore."""

    rows: Iterator[CellRow | BadRow]
    ignored: tuple[str, ...] = ()


def read_cells(lines: Iterable[str]) -> CellFile:
    """Return the rows of an OpenCelliD file, with or without its header.

    Raises ValueError for a header without a needed column. A file that is not CSV gives bad rows.
    """
    records = _records(lines)
    _, first = next(records, (1, []))
    names = [_plain(name) for name in first]
    if "radio" not in names:
        return CellFile(_rows(chain([(1, first)], records), itemgetter(*map(HEADERLESS.index, NEEDED))))
    if missing := [name for name in NEEDED if name not in names]:
        raise ValueError(f"the header has no column {', '.join(missing)}")
    known = {name.casefold() for name in HEADERLESS}
    ignored = tuple(name for name in first if _plain(name) not in known)
    return CellFile(_rows(records, itemgetter(*map(names.index, NEEDED))), ignored)


def _plain(name: str) -> str:
    return name.strip().casefold().lstrip("\ufeff")


Record = tuple[int, list[str]]  # the line (a quoted field may span several) and the fields


class _Lines:
    """The lines of a file; the lines of the last record can be given back and read again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.taken: list[str] = []
        self.at = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.taken.append(line)
        self.at += 1
        return line

    def give_back(self) -> None:
        """Give back all lines of the last record except the first."""
        self._again.extendleft(reversed(self.taken[1:]))
        self.at -= len(self.taken) - 1


def _records(lines: Iterable[str]) -> Iterator[Record]:
    """Yield the records. A quote that is never closed spoils its own line only, not the rest of the file."""
    source = _Lines(lines)
    reader = csv.reader(source, strict=True)
    while True:
        source.taken.clear()
        start = source.at + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            source.give_back()
            record = [""]
        if record:
            yield start, record


def _rows(records: Iterable[Record], pick: Callable[[list[str]], Sequence[str]]) -> Iterator[CellRow | BadRow]:
    for line, record in records:
        yield _row(line, record, pick)


def _row(line: int, record: list[str], pick: Callable[[list[str]], Sequence[str]]) -> CellRow | BadRow:
    try:
        radio, mcc, net, area, cell, lon, lat, reach, samples = pick(record)
        row = CellRow(
            int(mcc),
            int(net),
            int(area),
            int(cell),
            radio.strip().upper(),
            float(lat),
            float(lon),
            int(float(reach or 0)),
            int(samples or 0),
        )
    except (ValueError, IndexError, OverflowError):
        return BadRow(line, "a number is missing or is none")
    return BadRow(line, why) if (why := _fault(row)) else row


def _fault(row: CellRow) -> str:
    if row.radio not in RADIOS:
        return f"no such radio: {row.radio[:10]}"
    if not (200 <= row.mcc < 800 and 0 <= row.net < 1000 and 0 <= row.area < 2**24 and 0 <= row.cell < LARGEST_CELL):
        return "no cell can have this identity"
    if not plausible(row.lat, row.lon):
        return "nowhere on Earth"
    return "" if 0 <= row.range_m < 10**6 and 0 <= row.samples < 2**31 else "a range or a count beyond sense"


def cell_spot(lat: float, lon: float, range_m: float, raw: str) -> Spot:
    """Return a mast as a position."""
    return Spot(lat, lon, max(NEAREST_M, range_m), Source.CELL, raw)
