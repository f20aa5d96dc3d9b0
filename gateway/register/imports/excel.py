"""Read the first visible sheet of an Excel workbook (.xlsx) row by row, and write one.

A cell that Excel holds as text is text. Anything else becomes `Odd` text, because Excel may have changed what was typed
(it drops a leading zero, rounds after 15 digits and takes "3/4" for a date): `fields` says which column can take it.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, time, timedelta
from itertools import chain
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ERROR_CODES, ILLEGAL_CHARACTERS_RE, WriteOnlyCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from gateway.register.imports.fields import Odd, Was
from gateway.register.imports.outcome import Unusable

ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"  # how an .xlsx begins, and an .xls or a file with a password
LARGEST_PART = 1 << 30  # bytes of one part when unpacked: a hostile file of 1 MB could fill the disk or the memory
LARGEST_WORDS = 200 << 20  # bytes of a part that is held in memory whole, such as the table of texts
MOST_DIGITS = 10**15  # Excel keeps 15 digits of a number
MOST_ROWS = 1_048_576  # of a sheet, by the format
BROKEN = (  # what reading a workbook that is damaged or made up may raise
    *(LookupError, ValueError, TypeError, AttributeError, EOFError, OSError, RuntimeError),
    *(zipfile.BadZipFile, zlib.error, ParseError, InvalidFileException),
)


def is_excel(file: IO[bytes]) -> bool:
    """Return whether the file is a workbook by its first bytes. Raises Unusable for one of the old kind."""
    file.seek(0)
    begins = file.read(4)
    file.seek(0)
    if begins == OLD:
        raise Unusable("old_excel")
    return begins == ZIP


def read(file: IO[bytes]) -> tuple[int, Iterator[tuple[int, list[str]]]]:
    """Return about how many rows the sheet has, and each row that is not empty with its number. Raises Unusable, also
    while the rows are read."""
    try:
        _check(file)
        sheet: Any = next(one for one in _opened(file).worksheets if one.sheet_state == "visible")
        most = min(sheet.max_row or 0, MOST_ROWS)
        sheet.reset_dimensions()  # what the file says of its own size may be wrong
    except Unusable:
        raise
    except (*BROKEN, StopIteration) as error:
        raise Unusable("no_excel") from error
    return most, _rows(sheet)


def _check(file: IO[bytes]) -> None:
    with zipfile.ZipFile(file) as packed:
        for part in packed.infolist():
            held = not part.filename.startswith("xl/worksheets/")
            if part.file_size > (LARGEST_WORDS if held else LARGEST_PART):
                raise Unusable("excel_large")
        if packed.testzip() is not None:
            raise Unusable("no_excel")


def _opened(file: IO[bytes]) -> Workbook:
    return load_workbook(file, read_only=True, data_only=True, keep_links=False)


def _rows(sheet: Any) -> Iterator[tuple[int, list[str]]]:
    try:
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            told = [_text(value) for value in cells]
            if any(told):
                yield number, told
    except BROKEN as error:
        raise Unusable("no_excel") from error


def _text(value: object) -> str:
    """Return what a cell says as text."""
    if isinstance(value, str):
        return Odd(value, Was.ERROR) if value in ERROR_CODES else value
    return next((text(value) for kind, text in _TEXTS if isinstance(value, kind)), "")


def _number(value: Any) -> str:
    if abs(value) >= MOST_DIGITS:
        return Odd(f"{value:.14E}", Was.LONG)
    return Odd(str(int(value)) if value == int(value) else f"{value:.15g}", Was.NUMBER)


def _time(value: time) -> str:
    return value.isoformat("seconds" if value.second else "minutes")


def _length(value: timedelta) -> str:
    hours, minutes = divmod(round(value.total_seconds()) // 60, 60)
    return f"{hours:02}:{minutes:02}"


_TEXTS: Sequence[
    tuple[type | tuple[type, ...], Callable[[Any], str]]
] = (  # bool before int and datetime before date: each is the other too
    (bool, lambda value: str(int(value))),
    ((int, float), _number),
    (date, lambda value: Odd(value.isoformat(), Was.DATE)),
    (time, _time),
    (timedelta, _length),
)


def write(file: IO[bytes], titles: Sequence[str], *sheets: Sheet) -> None:
    """Write a workbook, whose columns are text for whoever fills them in. The `titles` stand above the first header."""
    book = Workbook(write_only=True)
    for at_sheet, (name, head, lines) in enumerate(sheets):
        above = [] if at_sheet else [[title] for title in titles]
        sheet = book.create_sheet(name)
        sheet.freeze_panes = f"A{len(above) + 2}"
        for at in range(1, len(head) + 1):
            sheet.column_dimensions[get_column_letter(at)].number_format = "@"
            sheet.column_dimensions[get_column_letter(at)].width = 24
        for cells in chain(above, [head], lines):
            sheet.append([_cell(sheet, text) for text in cells])
    book.save(file)


Sheet = tuple[str, Sequence[str], Iterable[Sequence[str]]]  # its name, its header, its rows


def _cell(sheet: Any, text: str) -> Any:
    """Return a cell of text: never a formula, whatever it begins with."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type, cell.number_format = "s", "@"
    return cell
