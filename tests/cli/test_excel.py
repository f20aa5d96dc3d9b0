"""Excel files: what is read right, what is refused with its row and column, and what comes back as it went out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from cli.noon import Opens
from openpyxl import Workbook, load_workbook

from gateway.core.languages import CODES
from gateway.models.officer import by_phone as officer
from gateway.register import tables
from gateway.register.imports import columns, excel, guide, kinds
from gateway.register.imports.columns import COLUMNS
from gateway.register.imports.outcome import Outcome, Unusable
from gateway.register.imports.sheets import Record

UNITS = [["code", "name", "kind"], ["BARAT", "Polsek Barat", "polsek"]]
HEADER = ["phone", "name", "unit"]
RINA = "+6281230000001"
Bring = Callable[..., Outcome]


def workbook(*rows: list[object]) -> bytes:
    book, file = Workbook(), io.BytesIO()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(row)
    book.save(file)
    return file.getvalue()


@pytest.fixture
def bring(open_uow: Opens) -> Bring:
    def brought(kind: str, content: bytes, **more: object) -> Outcome:
        return kinds.bring_in(open_uow, kind, io.BytesIO(content), **more)  # type: ignore[arg-type]

    assert brought("units", workbook(*UNITS)).faults == []
    return brought


def read(kind: str, *rows: list[object]) -> tuple[list[dict[str, object]], list[str]]:
    """Return the values of the good rows, and the faults as sentences."""
    outcome = Outcome()
    good = [dict(row.values) for row in kinds.sheet(kind).read(io.BytesIO(workbook(*rows)), outcome)]
    return good, [str(fault) for fault in outcome.faults]


@pytest.mark.parametrize("typed", [6281230000001, 81230000001, 8.1230000001e10, "081230000001", "+62 812-3000-0001"])
def test_a_phone_number_that_excel_took_for_a_number_is_read_right(typed: object) -> None:
    assert read("officers", HEADER, [typed, "Rina", "BARAT"])[0][0]["phone"] == RINA


@pytest.mark.parametrize(
    ("column", "typed", "why"),
    [
        ("phone", "8.12E+11", "rounded"),
        ("national_id", 6171015501900001, "rounded"),
        ("pin", 1234, "loses a leading zero"),
        ("address", date(2026, 4, 3), "took it for a date"),
        ("name", "#N/A", "an error of Excel"),
        ("lat", "#REF!", "an error of Excel"),
    ],
)
def test_what_excel_has_spoilt_is_refused_with_its_row_and_column(column: str, typed: object, why: str) -> None:
    row = {"phone": "081230000001", "name": "Sari", column: typed}
    good, faults = read("citizens", list(row), list(row.values()))
    assert good == []
    assert len(faults) == 1
    assert faults[0].startswith("line 2: ")
    assert column in faults[0]
    assert why in faults[0]


def test_times_of_excel_are_times_of_a_roster() -> None:
    rows = [[81230000001, "sen-jum", time(7, 30), timedelta(hours=15)], [81230000001, "1-5", "07:00", 0.5]]
    good, faults = read("shifts", ["phone", "days", "from", "until"], *rows)
    assert (good[0]["from"], good[0]["until"]) == (7 * 60 + 30, 15 * 60)
    assert faults[0].startswith("line 3: until")


def test_titles_above_the_header_and_headers_of_an_office_are_understood(bring: Bring, open_uow: Opens) -> None:
    rows = [
        ["DAFTAR PERSONEL"],
        [],
        ["No. HP", "Nama Lengkap", "Kesatuan", "Dinas", "NRP"],
        [81230000001, "Rina", "BARAT", True, 7],
    ]
    outcome = bring("officers", workbook(*rows))
    assert outcome.faults == []
    assert outcome.ignored == ("nrp",)
    assert outcome.taken_for == {"No. HP": "phone", "Nama Lengkap": "name", "Kesatuan": "unit", "Dinas": "on_duty"}
    with open_uow() as uow:
        rina = officer(uow.db, RINA)
        assert rina is not None
        assert rina.on_duty


def test_a_person_can_say_what_a_foreign_header_means(bring: Bring) -> None:
    content = workbook(["Kontak", "Nama", "Tempat Dinas"], [81230000001, "Rina", "BARAT"])
    with pytest.raises(Unusable, match="phone"):
        bring("officers", content)
    meant = {"kontak": "phone", "Tempat dinas": "unit"}
    assert bring("officers", content, meant=meant).faults == []


def test_the_own_name_of_a_column_goes_before_another_header_that_could_mean_it() -> None:
    assert columns.named(["HP", "phone", "Nama"], ("phone", "name"), {}) == ["hp", "phone", "name"]
    assert columns.named(["HP", "No HP"], ("phone",), {}) == ["phone", "phone"]  # refused: told twice


@pytest.mark.parametrize("kind", kinds.TABLES)
def test_the_example_of_every_column_is_one_that_the_import_reads(kind: str) -> None:
    sheet = kinds.sheet(kind)
    read = sheet.one({name: COLUMNS[name].example for name in sheet.columns})
    assert isinstance(read, Record), str(read)


def test_no_other_header_means_two_columns_of_one_kind() -> None:
    for kind in kinds.TABLES:
        also = [header for name in kinds.columns(kind) for header in COLUMNS[name].also]
        assert len(also) == len(set(also))
        assert all(columns.plain(header) == header for header in also)
    assert set(COLUMNS) == {name for kind in kinds.TABLES for name in kinds.columns(kind)}


@pytest.mark.parametrize("ending", tables.WRITERS)
@pytest.mark.parametrize("kind", kinds.TABLES)
def test_a_template_can_be_brought_in_as_it_is(kind: str, ending: str, bring: Bring) -> None:
    content = guide.template(kind, ending, "id")
    outcome = bring(kind, content)
    assert (outcome.faults, outcome.ignored, outcome.changed_anything) == ([], (), False)


@pytest.mark.parametrize("language", CODES)
def test_a_template_explains_every_column_in_the_readers_language(language: str) -> None:
    book = load_workbook(io.BytesIO(guide.template("citizens", "xlsx", language)))
    assert [row[0].value for row in book.worksheets[1].iter_rows(min_row=2)] == list(kinds.columns("citizens"))
    assert all(row[2].value for row in book.worksheets[1].iter_rows(min_row=2))


@pytest.mark.parametrize("ending", tables.WRITERS)
@pytest.mark.parametrize(
    "cell", ["=1+1", "+6281230000001", "-0.0263", "-1+cmd|' /C calc'!A0", "@SUM(1)", "\tx", "'quoted", "Budi"]
)
def test_what_goes_out_is_no_formula_and_comes_back_the_same(cell: str, ending: str) -> None:
    content = tables.in_bytes(tables.Table("units", ["code", "name", "kind"], [["A", cell, "post"]]), ending)
    if ending == "xlsx":
        book = load_workbook(io.BytesIO(content))
        assert book.worksheets[0]["B2"].data_type == "s"
    else:
        assert content.split(b"\r\n")[1].split(b",", 1)[1][:1] not in b"=+@\t" or cell == "-0.0263"
    outcome = Outcome()
    (back,) = kinds.sheet("units").read(io.BytesIO(content), outcome)
    assert back.values["name"] == cell.strip()


def entities() -> bytes:
    """Return a workbook whose sheet defines an entity."""
    file = io.BytesIO(workbook(HEADER))
    out = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            text = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                text = b'<!DOCTYPE x [<!ENTITY a "b">]>' + text
            new.writestr(part.filename, text)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"\xd0\xcf\x11\xe0 an old one", "save it as .xlsx"),
        (b"PK\x03\x04 half a zip", "damaged"),
        (workbook(HEADER)[:2000], "damaged"),
        (entities(), "damaged"),
    ],
)
def test_a_workbook_that_cannot_be_read_is_told_so(content: bytes, why: str, bring: Bring) -> None:
    with pytest.raises(Unusable, match=why):
        bring("officers", content)


def test_a_workbook_that_would_fill_the_memory_is_refused_before_it_is_unpacked(
    bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "LARGEST_WORDS", 100)
    with pytest.raises(Unusable, match="too large"):
        bring("officers", workbook(HEADER))


def test_a_table_of_cells_may_be_a_workbook(open_uow: Opens, tmp_path: Path) -> None:
    file = tmp_path / "cells.xlsx"
    header = ["radio", "mcc", "net", "area", "cell", "lon", "lat", "range", "samples"]
    good = ["LTE", 510, 10, 1, 2, 109.34, -0.03, 900, 5]
    file.write_bytes(workbook(header, good, [], ["LTE", "x", 10, 1, 3, 109.34, -0.03, 900, 5]))
    outcome = kinds.bring_in_cells(open_uow, file, lambda _: None)
    assert str(outcome) == "1 taken, 1 refused"
    assert outcome.faults[0].line == 4
