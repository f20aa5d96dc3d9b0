"""Read sheets as people save them: each row by its columns, with the line on which it begins."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import IO, Any

from gateway.core.sentences.refusal import Refusal
from gateway.register.imports import columns, fields
from gateway.register.imports.fields import Reader
from gateway.register.imports.outcome import Fault, Outcome, Unusable
from gateway.register.imports.rows import Remembered, Row, open_rows

# What else must be right about the values of a row; it is asked about faulty rows too, so that all faults of a row are
# told at once.
Check = Callable[[Mapping[str, Any]], Iterable[Refusal]]
TITLES = 10  # the rows among which the header is looked for: tables of an office begin with titles


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

    def read(self, file: IO[bytes], outcome: Outcome, *checks: Check) -> Iterator[Record]:
        """Yield the good rows in order; faults and unknown columns go to `outcome`. Raises Unusable, before any row."""
        rows = open_rows(file)
        outcome.lines = rows.lines
        begin = list(islice(rows.each, TITLES))
        at = next((at for at, row in enumerate(begin) if self._is_header(row, outcome)), 0)
        header = self._header(begin[at] if begin else None, outcome)
        return self._records(chain(begin[at + 1 :], rows.each), header, outcome, checks)

    def one(self, typed: Mapping[str, str], *checks: Check) -> Record | Fault:
        """Return a form's fields, by column, as a row (of line 0) is read: the record, or all that is wrong."""
        found = self._record(0, list(typed.values()), list(typed), checks)
        return found if found is not None else Fault(0, tuple(Refusal("missing", name) for name in self.needed))

    def _records(
        self, rows: Iterator[Row], header: list[str], outcome: Outcome, checks: Sequence[Check]
    ) -> Iterator[Record]:
        seen = Remembered()
        for line, cells in rows:
            record = cells if isinstance(cells, Fault) else self._record(line, cells, header, checks)
            if isinstance(record, Record) and self.key is not None:
                record = self._alone(record, self.key, seen)
            if isinstance(record, Fault):
                outcome.faults.append(record)
            elif record is not None:
                yield record

    def _is_header(self, row: Row, outcome: Outcome) -> bool:
        cells = row[1]
        return not isinstance(cells, Fault) and set(self.needed) <= set(self._names(cells, outcome))

    def _names(self, cells: Sequence[str], outcome: Outcome) -> list[str]:
        return columns.named(cells, self.columns, outcome.meant)

    def _header(self, first: Row | None, outcome: Outcome) -> list[str]:
        if first is None or isinstance(first[1], Fault):
            raise Unusable("no_header", columns=", ".join(self.columns))
        names = self._names(first[1], outcome)
        missing = [name for name in self.needed if name not in names]
        if missing:
            raise Unusable("header_lacks", missing=", ".join(missing), columns=", ".join(self.columns))
        twice = sorted({name for name in names if name and names.count(name) > 1})
        if twice:
            raise Unusable("header_twice", names=", ".join(twice))
        outcome.ignored = tuple(name for name in names if name and name not in self.columns)
        both = zip(first[1], names, strict=True)
        outcome.taken_for = {head.strip(): name for head, name in both if name in self.columns and head.strip() != name}
        return names

    def _record(self, line: int, cells: list[str], header: list[str], checks: Sequence[Check]) -> Record | Fault | None:
        if not any(cell.strip() for cell in cells):
            return None
        if any(cell.strip() for cell in cells[len(header) :]):
            return Fault(line, (Refusal("more_fields"),))
        typed = {name: fields.bare(cell) for name, cell in zip(header, cells, strict=False) if name in self.columns}
        values, wrong = fields.read(self.columns, typed, self.needed, self.pairs)
        wrong += [why for check in checks for why in check(values)]
        if wrong:
            return Fault(line, tuple(wrong))
        return Record(line, values, frozenset(set(self.columns) & set(header) - set(values)))

    def _alone(self, record: Record, key: str, seen: Remembered) -> Record | Fault:
        """Return the record, or a Fault if an earlier row has its key."""
        first = seen.first(seen.hash(record.values[key]), record.line)
        return record if first == record.line else Fault(record.line, (Refusal("same_key", key, line=first),))


def in_pieces(records: Iterable[Record], size: int, outcome: Outcome) -> Iterator[Sequence[Record]]:
    """Yield the rows in pieces of at most `size`; `outcome` is told how far it came after each."""
    rows = iter(records)
    while piece := list(islice(rows, size)):
        yield piece
        outcome.reached(piece[-1].line)


def told_of(records: Collection[Record], column: str) -> set[Any]:
    """Return all values that these rows have in a column."""
    return {record.values[column] for record in records if column in record.values}
