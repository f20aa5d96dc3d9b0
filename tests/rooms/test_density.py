"""Where the panics were, area by area, and that a small number is told to nobody."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace
from typing import cast
from xml.etree import ElementTree

import pytest
from ledger import NOON, Town
from sqlalchemy import create_engine
from sqlalchemy.orm import Session

from gateway.models.base import Base
from gateway.models.fix import Fix
from gateway.models.unit import Area
from gateway.operations.results import results as reports
from gateway.operations.results.density import BLUR, Density, blur
from gateway.operations.results.density_map import density_map
from gateway.operations.results.formats import FORMATS
from gateway.operations.results.results import Period, Results
from gateway.unit_of_work import UnitOfWork

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
KENANGA, MELATI, MAWAR = (114.0, -3.0), (114.1, -3.0), (114.2, -3.0)  # the corner of each, 0.1 degrees wide


@pytest.fixture
def town() -> Iterator[Town]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as db:
        built = Town(db).build()
        for name, (west, south) in (("Kel. Kenanga", KENANGA), ("Kel. Melati", MELATI), ("Kel. Mawar", MAWAR)):
            east, north = west + 0.1, south + 0.1
            ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
            drawn = json.dumps({"type": "Polygon", "coordinates": [ring]})
            db.add(Area(unit_id=built.units["KOTA"].id, name=name, geometry=drawn))
        yield built
    engine.dispose()


def called(town: Town, corner: tuple[float, float], times: int, radius: float = 100) -> None:
    """So many panics from the middle of this area."""
    for _ in range(times):
        incident = town.incident("KOTA", radius=radius)
        fix = town.db.get(Fix, incident.fix_id)
        assert fix is not None
        fix.lon, fix.lat = corner[0] + 0.05, corner[1] + 0.05


def report(town: Town) -> Results:
    uow = cast(UnitOfWork, SimpleNamespace(db=town.db, now=lambda: NOON + timedelta(days=30)))
    town.db.flush()
    return reports.read(uow, town.units["BJB"], MARCH)


def told(found: Density) -> dict[str, int | str]:
    return {cell.name: f"<{cell.below}" if cell.count is None else cell.count for cell in found.cells}


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ([], []),
        ([0, 9], [(0, 0), (9, 0)]),
        ([1, 4, 9], [(None, 5), (None, 5), (9, 0)]),
        ([3, 7, 20], [(None, 5), (None, 10), (20, 0)]),  # 3 would be what the sum leaves over
        ([3, 10, 10], [(None, 5), (None, 15), (10, 0)]),
        ([2, 0], [(None, 5), (0, 0)]),
    ],
)
def test_a_small_number_and_what_would_betray_it_are_blurred(
    counts: list[int], told: list[tuple[int | None, int]]
) -> None:
    assert blur(counts) == told


def test_a_panic_is_counted_where_it_was_and_only_where_that_is_known(town: Town) -> None:
    called(town, KENANGA, 8)
    called(town, MELATI, 2)
    called(town, MAWAR, 1)
    called(town, KENANGA, 1, radius=5000)
    town.incident("KOTA", source=None)
    town.incident("KOTA", drill=True)
    found = report(town).density
    assert told(found) == {"Kel. Kenanga": 8, "Kel. Melati": "<5", "Kel. Mawar": "<5"}
    assert (found.placed, found.unplaced) == (11, 2)


def test_what_was_forgotten_lies_nowhere(town: Town) -> None:
    called(town, KENANGA, 6)
    for fix in town.db.query(Fix):
        fix.phone = ""
    assert report(town).density.placed == 0


def test_the_map_and_the_files_tell_no_small_number(town: Town) -> None:
    called(town, KENANGA, 12)
    called(town, MELATI, 3)
    called(town, MAWAR, 4)
    found = report(town)
    drawn = ElementTree.fromstring(density_map(found, "id"))
    words = [each.text for each in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert sorted(filter(None, words)) == ["12", "<5", "<5", "Kel. Kenanga", "Kel. Mawar", "Kel. Melati"]
    areas = json.loads(FORMATS["json"].write(found, "id"))["density"]["areas"]
    assert areas["Kel. Melati"] == areas["Kel. Mawar"] == {"count": None, "below": BLUR}
    rows = list(csv.reader(io.StringIO(FORMATS["csv"].write(found, "id").decode())))
    assert ["density", "Kel. Mawar", "<5", "text", ""] in rows
    shades = {each.get("fill-opacity") for each in drawn.iter("{http://www.w3.org/2000/svg}path")}
    assert len(shades) == 2  # the colour tells no more than the number does


def test_without_areas_there_is_no_map_and_the_report_is_whole(town: Town) -> None:
    for area in town.db.query(Area):
        town.db.delete(area)
    found = report(town)
    assert density_map(found, "id") == ""
    assert FORMATS["pdf"].write(found, "id").startswith(b"%PDF-")
    assert density_map(replace(found, density=Density([], 0, 0)), "id") == ""
