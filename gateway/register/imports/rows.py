"""Read a file row by row: only the row in hand is in memory.

An Excel workbook is known by its first bytes. A CSV is UTF-8 with or without a byte-order mark, with any line ending,
with commas, semicolons or tabs. A row that cannot be read does not spoil others: a quote that is never closed costs
its own line only.
"""

from __future__ import annotations

import codecs
import csv
import io
import secrets
import sqlite3
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import IO

from gateway.core.sentences.refusal import Refusal
from gateway.register.imports import excel
from gateway.register.imports.outcome import Fault, Unusable

SEPARATORS = ",;\t"
CHUNK = 1 << 20  # bytes that are read at once to look a file through
Row = tuple[int, list[str] | Fault]  # the line on which it begins, and its cells or what is wrong with them


@dataclass(frozen=True)
class Rows:
    """The rows of a file in order, and how many lines it has (for a progress bar)."""

    lines: int
    each: Iterator[tuple[int, list[str]]] | Iterator[Row]


def open_rows(file: IO[bytes]) -> Rows:
    """Return the rows of a file that can be read twice. Raises Unusable for one that is neither Excel nor text."""
    if excel.is_excel(file):
        return Rows(*excel.read(file))
    lines = _count(file)
    file.seek(0)
    text = io.TextIOWrapper(_Kept(file), encoding="utf-8-sig", newline="")
    return Rows(lines, _csv_rows(text))


def decode(data: bytes) -> str:
    """Return the file's text. Raises Unusable if it is not UTF-8."""
    _count(io.BytesIO(data))
    return data.decode("utf-8-sig")


def _count(file: IO[bytes]) -> int:
    """Return how many lines the file has. Raises Unusable at the first bytes that are no UTF-8.

    It reads the file once more, so that half a file is never taken before its other half turns out to be none.
    """
    decoder, lines = codecs.getincrementaldecoder("utf-8")(), 0
    while chunk := file.read(CHUNK):
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            raise Unusable("not_text", line=lines + 1 + error.object.count(b"\n", 0, error.start)) from error
        lines += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        raise Unusable("not_text", line=lines + 1) from error
    return lines


class _Kept(io.BufferedReader):
    """A file that stays open when its reader is thrown away: whoever opened it closes it."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(_Raw(file))


class _Raw(io.RawIOBase):
    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # what io hands over
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


class _Lines:
    """The lines of a file; those of the row in hand can be read again."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self._row: list[str] = []
        self.at = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self._row.append(line)
        self.at += 1
        return line

    def begin_row(self) -> int:
        """Forget the lines before; return the number of the line that comes next, from 1 on."""
        self._row.clear()
        return self.at + 1

    def back(self, keep: int) -> None:
        """Go back to the line after the first `keep` lines of this row."""
        self._again.extendleft(reversed(self._row[keep:]))
        self.at -= len(self._row) - keep

    def header(self) -> str:
        """Return the first line that is not blank, and stay before all lines."""
        self.begin_row()
        found = next((line for line in self if line.strip()), "")
        self.back(0)
        return found


def _csv_rows(text: Iterable[str]) -> Iterator[Row]:
    """Yield each row with the line on which it begins; a row that cannot be read yields a Fault instead of cells."""
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=_separator(lines.header()), strict=True)
    while True:
        start = lines.begin_row()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            lines.back(1)
            yield start, Fault(start, (Refusal("quotes"),))
            continue
        if cells:
            yield start, cells


def _separator(header: str) -> str:
    return max(SEPARATORS, key=header.count)


class Remembered:
    """The values that earlier rows of a file told, by key. They are on the disk: a million rows are held like ten.

    Keys and texts are kept as hashes under a key of this run, since the file on the disk is nobody's to read.
    """

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._table = sqlite3.connect("", isolation_level=None)  # a file without name, gone with this process
        for statement in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -8000"):
            self._table.execute(f"PRAGMA {statement}")
        self._table.execute("CREATE TABLE told (key INTEGER PRIMARY KEY, value INTEGER) WITHOUT ROWID")

    def hash(self, *told: object) -> int:
        """Return a number that stands for these values in this run."""
        digest = blake2b("\x00".join(map(str, told)).encode(), digest_size=8, key=self._secret).digest()
        return int.from_bytes(digest, signed=True)

    def first(self, key: int, value: int) -> int:
        """Return the value that was first told under a key, this one if it is the first; and remember it."""
        told = self.of(key)
        if told is None:
            self._table.execute("INSERT INTO told VALUES (?, ?)", (key, value))
        return value if told is None else told

    def of(self, key: int) -> int | None:
        row = self._table.execute("SELECT value FROM told WHERE key = ?", (key,)).fetchone()
        return None if row is None else int(row[0])
