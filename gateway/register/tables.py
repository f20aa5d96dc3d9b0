"""Write tables as files that people open with Excel and bring in again: .xlsx and .csv."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO

from gateway.register.imports import excel
from gateway.register.imports.fields import FORMULA, PLAIN_MARK

TITLE_MARKS = re.compile(r"[,;\t\r\n\"]")  # what a title may not hold: an import would take it for a separator
SHORT_NUMBER = re.compile(r"-?\d{1,9}(\.\d+)?")  # Excel keeps it as it is: degrees, metres, counts


@dataclass(frozen=True)
class Table:
    """A table with the name of its sheet, its header and its rows. `titles` stand above the header, where an import
    passes over them; `remarks` are a sheet of their own in a workbook."""

    name: str
    header: Sequence[str]
    rows: Iterable[Sequence[str]]
    remarks: excel.Sheet | None = None
    titles: Sequence[str] = ()


def _csv(table: Table, file: IO[bytes]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")  # the mark makes Excel read it as UTF-8
    writer = csv.writer(text)
    writer.writerows([TITLE_MARKS.sub(" ", title)] for title in table.titles)
    writer.writerow(table.header)
    writer.writerows([harmless(cell) for cell in row] for row in table.rows)
    text.flush()
    text.detach()


def harmless(cell: str) -> str:
    """Return a cell that no program takes for a formula; `imports.fields.bare` gives the same cell back."""
    return PLAIN_MARK + cell if FORMULA.match(cell) and not SHORT_NUMBER.fullmatch(cell) else cell


def _xlsx(table: Table, file: IO[bytes]) -> None:
    excel.write(file, table.titles, (table.name, table.header, table.rows), *([table.remarks] if table.remarks else []))


WRITERS: Mapping[str, Callable[[Table, IO[bytes]], None]] = {"xlsx": _xlsx, "csv": _csv}  # by a file's ending
MIME = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}


def in_bytes(table: Table, ending: str) -> bytes:
    """Return the table as a file of this ending, a key of WRITERS."""
    file = io.BytesIO()
    WRITERS[ending](table, file)
    return file.getvalue()


def filled(rows: Iterable[Iterable[object]]) -> Iterator[list[str]]:
    """Yield rows as text: nothing for None, 1 and 0 for yes and no."""
    return ([_told(value) for value in row] for row in rows)


def _told(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return "" if value is None else str(value)
