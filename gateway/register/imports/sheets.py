"""Read sheets as people save them from Excel, row by row, each with the line on which it begins.

A sheet is UTF-8 with or without a byte-order mark, with any line ending, with commas, semicolons or tabs. A row that
cannot be read does not spoil others: a quote that is never closed costs its own line only.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gateway.core.sentences.refusal import Refusal
from gateway.register.imports import fields
from gateway.register.imports.fields import Reader
from gateway.register.imports.outcome import Fault, Outcome, Unusable

SEPARATORS = ",;\t"


@dataclass(frozen=True)
class Record:
    """A good row: the `values` of its filled columns, and the names of its `empty` columns."""

    line: int
    values: Mapping[str, Any]
    empty: frozenset[str] = frozenset()

    def over(self, defaults: Mapping[str, object], known: bool) -> dict[str, object]:
        """Return the values to store: an empty column gets its default.

        A column that the file lacks gets its default too, but leaves a `known` row's value alone.
        """
        there = self.values.keys() | self.empty if known else defaults.keys()
        return {name: self.values.get(name, default) for name, default in defaults.items() if name in there}


@dataclass(frozen=True)
class Sheet:
    """The way to read rows of one kind.

    A `needed` column must be filled, no two rows may share the `key` (None: any may repeat), and both of each of the
    `pairs` must be filled together.
    """

    columns: Mapping[str, Reader]
    needed: Sequence[str]
    key: str | None
    pairs: Sequence[tuple[str, str]] = field(default=())

    def read(self, data: bytes, outcome: Outcome) -> list[Record]:
        """Return the good rows in order; faults and unknown columns go to `outcome`. Raises Unusable."""
        rows = _rows(decode(data))
        header = self._header(next(rows, None), outcome)
        seen: dict[object, int] = {}
        records = []
        for line, cells in rows:
            record = cells if isinstance(cells, Fault) else self._record(line, cells, header, seen)
            if isinstance(record, Fault):
                outcome.faults.append(record)
            elif record is not None:
                records.append(record)
        return records

    def _header(self, first: tuple[int, list[str] | Fault] | None, outcome: Outcome) -> list[str]:
        if first is None or isinstance(first[1], Fault):
            raise Unusable("no_header", columns=", ".join(self.columns))
        names = [name.strip().casefold() for name in first[1]]
        missing = [name for name in self.needed if name not in names]
        if missing:
            raise Unusable("header_lacks", missing=", ".join(missing), columns=", ".join(self.columns))
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            raise Unusable("header_twice", names=", ".join(twice))
        outcome.ignored = tuple(name for name in names if name and name not in self.columns)
        return names

    def _record(self, line: int, cells: list[str], header: list[str], seen: dict[object, int]) -> Record | Fault | None:
        if not any(cell.strip() for cell in cells):
            return None
        if any(cell.strip() for cell in cells[len(header) :]):
            return Fault(line, (Refusal("more_fields"),))
        typed = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name in self.columns}
        values, wrong = fields.read(self.columns, typed, self.needed, self.pairs)
        if not wrong and self.key is not None:
            first = seen.setdefault(values[self.key], line)
            wrong = [] if first == line else [Refusal("same_key", self.key, line=first)]
        if wrong:
            return Fault(line, tuple(wrong))
        return Record(line, values, frozenset(set(self.columns) & set(header) - set(values)))


def decode(data: bytes) -> str:
    """Return the file's text. Raises Unusable if it is not UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unusable("not_text", line=line) from error


class _Lines:
    """The lines of a file, which can be read again from any of them."""

    def __init__(self, text: str) -> None:
        self._lines = list(io.StringIO(text, newline=""))
        self.at = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= len(self._lines):
            raise StopIteration
        self.at += 1
        return self._lines[self.at - 1]

    def first(self) -> str:
        return next((line for line in self._lines if line.strip()), "")


def _rows(text: str) -> Iterator[tuple[int, list[str] | Fault]]:
    """Yield each row with the line on which it begins; a row that cannot be read yields a Fault instead of cells."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=_separator(lines.first()), strict=True)
    while True:
        start = lines.at + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            lines.at = start
            yield start, Fault(start, (Refusal("quotes"),))
            continue
        if cells:
            yield start, cells


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)


def in_pieces(records: Sequence[Record], size: int) -> Iterator[Sequence[Record]]:
    for start in range(0, len(records), size):
        yield records[start : start + size]


def told_of(records: Collection[Record], column: str) -> set[Any]:
    """Return all values that these rows have in a column."""
    return {record.values[column] for record in records if column in record.values}
