"""The table of cells: OpenCelliD's files in, masts out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from no_redis import no_redis
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core.places.aml import CellId, alternatives
from gateway.models import cell as cells
from gateway.positions.cells import BadRow, CellRow, cell_spot, read_cells
from gateway.register.imports.cells import PIECE, load
from gateway.unit_of_work import OpenUnitOfWork
from gateway.wiring import House
from gateway.worker.queue import JobQueue

HEADER = "radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,averageSignal"
GOOD = "LTE,510,1,50075,205401929,-1,109.4468,-0.0354,1000,4,1,1708704840,1708737724,0"
ROW = CellRow(510, 1, 50075, 205401929, "LTE", -0.0354, 109.4468, 1000, 4)


@pytest.mark.parametrize(
    "lines",
    [
        [HEADER, GOOD],
        [GOOD],
        [HEADER + "\r\n", GOOD + "\r\n", "\r\n"],
        ["\ufeff" + HEADER, GOOD],
        [GOOD.lower()],
        ["lat,lon,radio,samples,range,cell,area,net,mcc", "-0.0354,109.4468,LTE,4,1000,205401929,50075,1,510"],
    ],
)
def test_longitude_stands_first_with_and_without_a_header(lines: list[str]) -> None:
    assert list(read_cells(lines).rows) == [ROW]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("LTE,510,1,50075", "missing"),
        (GOOD.replace("205401929", "many"), "missing"),
        (GOOD.replace("LTE", "5GX"), "no such radio: 5GX"),
        (GOOD.replace("510", "0"), "identity"),
        (GOOD.replace("205401929", "-3"), "identity"),
        (GOOD.replace("109.4468,-0.0354", "0,0"), "nowhere"),
        (GOOD.replace("109.4468", "209.4468"), "nowhere"),
        (GOOD.replace("109.4468", "nan"), "nowhere"),
        (GOOD.replace(",1000,", ",-1,"), "beyond sense"),
        (GOOD.replace(",1000,", ",1e400,"), "missing"),
    ],
)
def test_a_bad_row_is_told_with_its_line_and_the_next_is_read(line: str, why: str) -> None:
    bad, good = read_cells([HEADER, line, GOOD]).rows
    assert isinstance(bad, BadRow)
    assert bad.line == 2
    assert why in bad.why
    assert good == ROW


def test_what_else_a_file_has_is_named_and_a_column_that_is_missing_stops_it() -> None:
    assert read_cells([HEADER + ",colour", GOOD + ",red"]).ignored == ("colour",)
    with pytest.raises(ValueError, match="no column lat, samples"):
        read_cells(["radio,mcc,net,area,cell,lon,range"])


@pytest.mark.parametrize("ending", ["", ",", '"x'])
def test_a_quote_that_is_never_closed_costs_its_own_line_only(ending: str) -> None:
    rows = list(read_cells([HEADER, GOOD, GOOD.replace("205401929", '"205401929'), GOOD, GOOD + ending]).rows)
    assert next(row.line for row in rows if isinstance(row, BadRow)) == 3
    assert rows[0] == rows[2] == ROW


def test_a_row_of_several_lines_is_told_with_the_one_that_it_begins_on() -> None:
    bad, good = read_cells([HEADER + ",remark", '"LTE', '",510,nowhere', GOOD + ',"two', 'lines"']).rows
    assert isinstance(bad, BadRow)
    assert bad.line == 2
    assert good == ROW


@given(st.lists(st.text(max_size=60).filter(lambda line: "\x00" not in line), max_size=5))
def test_whatever_stands_in_a_file_gives_rows_good_or_bad(lines: list[str]) -> None:
    for row in read_cells([GOOD, *(line.replace('"', "") for line in lines)]).rows:
        assert isinstance(row, CellRow | BadRow)


def test_a_mast_is_never_nearer_than_five_hundred_metres() -> None:
    assert cell_spot(-0.02, 109.3, 0, "").radius_m == 500
    assert cell_spot(-0.02, 109.3, 3000, "").radius_m == 3000


# --- the table ---------------------------------------------------------------------------------------------------


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def cell(radio: str, number: int, samples: int = 1, area: int = 1234) -> cells.Row:
    return (510, 1, area, number, radio, -0.02, 109.3, 1000, samples)


LTE, LCID, CID = cell("LTE", 205401929), cell("UMTS", 0x12_5678), cell("UMTS", 0x1234)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (CellId("LTE", 510, 1, 1234, 205401929), LTE),
        (CellId(None, 510, 1, 1234, 205401929), LTE),
        (CellId("NR", 510, 1, 1234, 205401929), LTE),  # the phone's word for the radio is not trusted to the end
        (CellId("UMTS", 510, 1, 1234, 0x12_5678), LCID),
        (CellId("UMTS", 510, 1, 1234, 0x7_1234), CID),  # the table holds only the last 16 bits
        (CellId("LTE", 510, 1, 1234, 0x7_1234), None),  # which holds for UMTS alone
        (CellId("LTE", 510, 1, 9999, 205401929), None),
        (CellId("LTE", 510, 10, 1234, 205401929), None),
    ],
)
def test_a_cell_is_found_by_its_identity_and_its_usual_other_spellings(
    db: Session, asked: CellId, found: cells.Row | None
) -> None:
    cells.store(db, [LTE, LCID, CID])
    hits = cells.find(db, alternatives(asked))
    assert next((hits[one] for one in alternatives(asked) if one in hits), None) == found


def test_of_several_radios_the_most_heard_is_meant(db: Session) -> None:
    cells.store(db, [cell("GSM", 7, samples=2), cell("LTE", 7, samples=9), cell("UMTS", 7, samples=3)])
    anything = CellId(None, 510, 1, 1234, 7)
    assert cells.find(db, [anything])[anything][4] == "LTE"
    assert cells.find(db, []) == {}


def test_a_cell_that_comes_again_replaces_itself(db: Session) -> None:
    cells.store(db, [LTE, CID])
    cells.store(db, [(*LTE[:5], -0.5, 109.5, 700, 99)])
    assert cells.count(db) == 2
    asked = CellId("LTE", 510, 1, 1234, 205401929)
    assert cells.find(db, [asked])[asked][5:] == (-0.5, 109.5, 700, 99)


SAMPLE = Path(__file__).parents[3] / "shared" / "geodata" / "cells_510_pontianak_sample.csv"


@pytest.mark.parametrize("file", [SAMPLE] if SAMPLE.exists() else [])
def test_the_real_sample_is_read_whole(file: Path) -> None:
    with file.open(newline="", encoding="utf-8") as lines:
        rows = list(read_cells(lines).rows)
    assert len(rows) == 50
    assert all(isinstance(row, CellRow) and -0.1 < row.lat < 0.1 and 109.2 < row.lon < 109.5 for row in rows)


# --- the import --------------------------------------------------------------------------------------------------


@pytest.fixture
def open_uow(engine: Engine, settings: Settings) -> OpenUnitOfWork:
    return House(settings, engine, Switchboard([]), JobQueue(no_redis)).open_uow


def count(open_uow: OpenUnitOfWork) -> int:
    with open_uow() as uow:
        return cells.count(uow.db)


def test_a_file_longer_than_one_piece_is_imported_whole_and_again_changes_nothing(
    open_uow: OpenUnitOfWork, tmp_path: Path
) -> None:
    path, told, read = tmp_path / "510.csv", [], []
    lines = [GOOD.replace("205401929", str(number)) for number in range(1, PIECE + 3)]
    path.write_text("\n".join([HEADER + ",colour", *lines, "LTE,510,nowhere", lines[0].replace("1000", "77")]))

    done = load(open_uow, path, refuse=told.append, seen=read.append)

    assert (done.good, done.bad, done.ignored) == (PIECE + 3, 1, ("colour",))
    assert [bad.line for bad in told] == [PIECE + 4]
    assert sum(read) == path.stat().st_size
    assert count(open_uow) == PIECE + 2
    assert load(open_uow, path).good == PIECE + 3
    assert count(open_uow) == PIECE + 2
    first = CellId("LTE", 510, 1, 50075, 1)
    with open_uow() as uow:
        assert cells.find(uow.db, [first])[first][7] == 77


def test_a_dry_run_reads_everything_and_writes_nothing(open_uow: OpenUnitOfWork, tmp_path: Path) -> None:
    path = tmp_path / "510.csv"
    path.write_text(f"{GOOD}\nrubbish\n")
    done = load(open_uow, path, dry_run=True)
    assert (done.good, done.bad) == (1, 1)
    assert count(open_uow) == 0


def test_a_file_that_is_no_text_gives_bad_rows(open_uow: OpenUnitOfWork, tmp_path: Path) -> None:
    path = tmp_path / "510.csv"
    path.write_bytes(bytes(range(256)) * 4)
    assert load(open_uow, path).good == 0
