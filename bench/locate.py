"""Where and who at full size: 1.5 million cells, 1,000 areas, 20,000 officers, 5,000 places.

    python bench/locate.py [DATABASE_URL] [CELLS]

Builds a made-up province in a database of its own (SQLite in a temporary folder unless a URL is given; that one must
be empty) and measures each step of finding a place and picking a wave. Every figure stands beside its floor, the
least that anybody would have to do for it, measured in the same run on the same data. Exits 1 above the limits.
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import shapely
from cryptography.fernet import Fernet
from rapidfuzz import fuzz, process
from redis import Redis
from sqlalchemy import insert, text

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core.places.aml import CellId
from gateway.core.places.distance import nearest
from gateway.core.policy import POLICIES
from gateway.identity.callers import Caller
from gateway.incidents import recipients
from gateway.infrastructure import database
from gateway.location import jurisdiction, position_in_text
from gateway.models import cell as cells
from gateway.models import sealing
from gateway.models.fix import Fix
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.place import Place
from gateway.models.unit import Area, Unit
from gateway.register.imports.cells import load
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House
from gateway.worker.queue import JobQueue

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
CELLS, PLACES = 1_500_000, 5_000
SIDE = 32  # 1,024 areas on a square
OFFICERS_A_UNIT = 20
POLRES = 50  # units of one Polres
SOUTH, WEST, STEP = -2.0, 108.0, 0.05  # degrees
CALLER = Caller("+6281390000001")
LETTERS = "abcdefghijklmnoprstuwy"


@dataclass(frozen=True)
class Figure:
    """What a step takes and its floor, in seconds, and how many times the floor it may be."""

    name: str
    took: float
    floor: float
    most: float

    @property
    def ratio(self) -> float:
        return self.took / self.floor

    def __str__(self) -> str:
        verdict = "ok" if self.ratio <= self.most else "TOO SLOW"
        times = f"{self.took * 1e6:12,.1f} us {self.floor * 1e6:12,.1f} us {self.ratio:7.1f} x (at most {self.most:g})"
        return f"{self.name:46} {times}  {verdict}"


def seconds(step: Callable[[], object], times: int = 200) -> float:
    """The median of many runs, the first few left out."""
    taken = []
    for _ in range(times + 5):
        started = perf_counter()
        step()
        taken.append(perf_counter() - started)
    return median(taken[5:])


# --- the province ---------------------------------------------------------------------------------------------


def build(uow: UnitOfWork, dice: random.Random) -> None:
    uow.db.execute(insert(Unit), [{"code": "POLDA", "name": "Polda", "kind": "polda", "phone": "+62561700000"}])
    for number in range(SIDE * SIDE):
        polres = number % POLRES == 0
        row, column = divmod(number, SIDE)
        south, west = SOUTH + row * STEP, WEST + column * STEP
        unit = Unit(
            code=f"U{number}",
            name=f"Unit {number}",
            kind="polres" if polres else "polsek",
            parent_id=1 if polres else 2 + number // POLRES * POLRES,
            phone=f"+62561{number:06}",
            lat=south + STEP / 2,
            lon=west + STEP / 2,
        )
        uow.db.add(unit)
        uow.db.flush()
        uow.db.add(Area(unit_id=unit.id, geometry=outline(dice, south, west)))
        uow.db.execute(insert(Officer), list(officers(dice, unit)))
    uow.db.execute(insert(Place), [place(dice, number) for number in range(PLACES)])


def outline(dice: random.Random, south: float, west: float) -> str:
    """A square whose edges wander as borders do, forty corners a side."""
    ring = [(west + STEP * n / 40, south + dice.uniform(0, 0.001)) for n in range(40)]
    ring += [(west + STEP - dice.uniform(0, 0.001), south + STEP * n / 40) for n in range(40)]
    ring += [(west + STEP * (40 - n) / 40, south + STEP - dice.uniform(0, 0.001)) for n in range(40)]
    ring += [(west + dice.uniform(0, 0.001), south + STEP * (40 - n) / 40) for n in range(40)]
    return json.dumps({"type": "Polygon", "coordinates": [[*ring, ring[0]]]})


def officers(dice: random.Random, unit: Unit) -> Iterator[dict[str, object]]:
    for number in range(OFFICERS_A_UNIT):
        yield {
            "phone": f"+628{unit.id:05}{number:03}",
            "name": f"Officer {number}",
            "unit_id": unit.id,
            "lat": (unit.lat or 0) + dice.uniform(-STEP, STEP) / 2,
            "lon": (unit.lon or 0) + dice.uniform(-STEP, STEP) / 2,
            "on_duty": number % 2 == 0,
        }


def place(dice: random.Random, number: int) -> dict[str, object]:
    name = " ".join("".join(dice.choices(LETTERS, k=dice.randint(5, 9))) for _ in range(2))
    lat, lon = somewhere(dice)
    return {"name": f"{name} {number}", "aliases": name[::-1], "lat": lat, "lon": lon, "radius_m": 200}


def somewhere(dice: random.Random) -> tuple[float, float]:
    return SOUTH + dice.random() * SIDE * STEP, WEST + dice.random() * SIDE * STEP


def write_cells(path: Path, dice: random.Random, count: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            lat, lon = somewhere(dice)
            file.write(
                f"LTE,510,{number % 10},{number % 5000 + 1},{number + 1},-1,{lon:.4f},{lat:.4f},1000,4,1,0,0,0\n"
            )


# --- the figures ------------------------------------------------------------------------------------------------


def import_figure(house: House, path: Path, count: int) -> Figure:
    """Floor: reading the file and nothing else."""
    started = perf_counter()
    with path.open(encoding="utf-8") as file:
        rows = sum(1 for line in file if line.split(",")[4])
    floor = perf_counter() - started
    started = perf_counter()
    done = load(house.open_uow, path)
    took = perf_counter() - started
    assert done.good == rows == count
    print(f"{'cells imported a second':46} {count / took:12,.0f}")
    return Figure("import a cell", took / count, floor / count, 200)


def cell_figure(uow: UnitOfWork, dice: random.Random, count: int) -> Figure:
    """Floor: the same row by its whole key, straight from the driver."""
    asked = [CellId("LTE", 510, n % 10, n % 5000 + 1, n + 1) for n in dice.choices(range(count), k=1000)]
    turn = iter(asked * 2)
    took = seconds(lambda: cells.find(uow.db, [next(turn)]))
    cursor = uow.db.connection().connection.cursor()
    mark = "?" if uow.db.get_bind().dialect.name == "sqlite" else "%s"
    query = f"SELECT lat FROM cells WHERE mcc={mark} AND net={mark} AND area={mark} AND cell={mark} AND radio={mark}"
    turn = iter(asked * 2)

    def straight() -> object:
        one = next(turn)
        cursor.execute(query, (one.mcc, one.mnc, one.area, one.cell, one.radio))
        return cursor.fetchone()

    return Figure("find a cell", took, seconds(straight), 60)


def area_figure(uow: UnitOfWork, dice: random.Random) -> Figure:
    """Floor: one query of an index over the same shapes."""
    areas = uow.map_index.areas(uow.db)
    shapes = [shapely.from_geojson(text) for (text,) in uow.db.execute(text("SELECT geometry FROM areas"))]
    shapely.prepare(shapes)
    tree = shapely.STRtree(shapes)
    took = seconds(lambda: areas.at(*somewhere(dice)))
    floor = seconds(lambda: tree.query(shapely.Point(*somewhere(dice)[::-1]), predicate="intersects"))
    return Figure("whose area is it", took, floor, 4)


def unit_figure(uow: UnitOfWork, dice: random.Random) -> Figure:
    """Floor: the one query that sees whether the map has changed."""
    took = seconds(lambda: jurisdiction.responsible(uow, fix_at(*somewhere(dice)), CALLER))
    newest = text("SELECT count(id), max(id), max(changed_at) FROM areas")
    return Figure("the responsible unit, from the tables", took, seconds(lambda: uow.db.execute(newest).one()), 12)


def words_figure(uow: UnitOfWork) -> Figure:
    """Floor: every name beside every single word of the text."""
    names = [row.name for row in uow.db.execute(text("SELECT name FROM places"))]
    said = f"tolong ada begal dekat {names[7]} di gang sempit cepat pak"
    assert position_in_text.read(uow, CALLER, said) is not None
    took = seconds(lambda: position_in_text.read(uow, CALLER, said), 30)
    floor = seconds(lambda: process.cdist(said.split(), names, scorer=fuzz.ratio, dtype=np.uint8), 30)
    return Figure("a place in words", took, floor, 25)


def nearest_figure(dice: random.Random) -> Figure:
    """Floor: the plain differences of all coordinates, sorted."""
    points = [somewhere(dice) for _ in range(SIDE * SIDE * OFFICERS_A_UNIT)]
    array = np.array(points)
    took = seconds(lambda: nearest(somewhere(dice), points, 10), 50)
    floor = seconds(lambda: np.argsort(np.hypot(*(np.array(points) - array[0]).T))[:10], 50)
    return Figure("the nearest ten of 20,480 officers", took, floor, 5)


def wave_figures(uow: UnitOfWork, dice: random.Random) -> Iterator[Figure]:
    """Floor: the officers of the group's units, straight from the driver."""
    policy, floors = POLICIES["nearest_first"], {1: 1, 2: POLRES, 3: POLRES}
    for number, units in floors.items():
        fix = fix_at(SOUTH + 10.5 * STEP, WEST + 10.5 * STEP)
        uow.db.add(fix)
        uow.db.flush()
        unit = jurisdiction.responsible(uow, fix, CALLER)
        assert unit is not None
        incident = Incident(phone=CALLER.phone, unit_id=unit.id, fix_id=fix.id, opened_at=NOW, id=-number)

        def pick(incident: Incident = incident, number: int = number) -> int:
            uow.db.expunge_all()  # as a hook that has just begun: nothing is loaded yet
            scene = recipients.survey(uow, incident)
            return len(recipients.people(scene, policy, number)) if scene is not None else 0

        ids = ", ".join(str(unit.id + n) for n in range(units))
        query = text(f"SELECT id, phone, lat, lon FROM officers WHERE unit_id IN ({ids})")
        name = f"pick wave {number} ({pick()} people)"
        yield Figure(name, seconds(pick, 50), seconds(lambda query=query: uow.db.execute(query).all(), 50), 120)


def fix_at(lat: float, lon: float) -> Fix:
    return Fix(
        phone=CALLER.phone, source="coordinates", lat=lat, lon=lon, radius_m=25.0, raw="", taken_at=NOW, received_at=NOW
    )


def main(url: str, count: int) -> int:
    dice = random.Random(110)
    with tempfile.TemporaryDirectory() as folder:
        url = url or f"sqlite:///{folder}/siaga.db"
        sealing.use_keys([Fernet.generate_key().decode()])
        database.migrate(url)
        settings = Settings.load({"DEMO": "1", "DATA_DIR": folder, "DATABASE_URL": url})
        house = House(settings, database.open_engine(url), Switchboard([]), JobQueue(lambda: Redis()), lambda: NOW)
        path = Path(folder) / "510.csv"
        write_cells(path, dice, count)
        print(f"{'':46} {'takes':>15} {'floor':>15} {'ratio':>9}")
        figures = [import_figure(house, path, count)]
        with house.open_uow() as uow:
            build(uow, dice)
        with house.open_uow() as uow:
            figures += [cell_figure(uow, dice, count), area_figure(uow, dice), unit_figure(uow, dice)]
            figures += [words_figure(uow), nearest_figure(dice), *wave_figures(uow, dice)]
            print(*figures, sep="\n")
            uow.db.rollback()
        house.engine.dispose()
    return int(any(figure.ratio > figure.most for figure in figures))


if __name__ == "__main__":
    given = sys.argv[1:]
    wanted = [argument for argument in given if argument.isdigit()]
    sys.exit(main(next((a for a in given if not a.isdigit()), ""), int(wanted[0]) if wanted else CELLS))
