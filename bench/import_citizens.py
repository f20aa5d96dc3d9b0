"""How long an import of many citizens takes, and how much memory: `python -m bench.import_citizens [ROWS] [URL]`.

The sheet has no PIN columns: a PIN costs an Argon2 on purpose, its rate is measured apart. Floor: the same rows read
by `csv` and written by one prepared INSERT a table, straight from the driver, in transactions of the same size.
"""

from __future__ import annotations

import csv
import random
import resource
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from time import perf_counter, process_time

from cryptography.fernet import Fernet
from redis import Redis
from sqlalchemy import Engine, text

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.infrastructure import database
from gateway.models import sealing
from gateway.models.base import utc_now
from gateway.register.imports import kinds
from gateway.register.imports.citizens import PIECE
from gateway.wiring import House
from gateway.worker.queue import JobQueue

ROWS, PINS = 200_000, 400
NAMES = ("Siti", "Budi", "Dewi", "Agus", "Rina", "Joko", "Wati", "Eko")


def write(path: Path, rows: int, pins: bool) -> None:
    dice = random.Random(15)
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["phone", "name", "national_id", "address", "language", "lat", "lon", *["pin"] * pins])
        for number in range(rows):
            place = (f"{dice.uniform(-0.1, 0.1):.4f}", f"{dice.uniform(109.2, 109.4):.4f}")
            name = f"{NAMES[number % 8]} {number}"
            row = [f"0812{number:08}", name, f"6171{number:012}", f"Jl. Ampera {number}", "id", *place]
            sheet.writerow([*row, *[f"{number % 10_000:04}"] * pins])


def floor(engine: Engine, path: Path) -> float:
    """Return the seconds that reading and bare writing take."""
    started = perf_counter()
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE bench_rows (phone text, name text, nik text, address text)"))
    with path.open(encoding="utf-8", newline="") as file:
        for piece in pieces(csv.reader(file)):
            with engine.begin() as connection:
                rows = [dict(zip(("phone", "name", "nik", "address"), row, strict=False)) for row in piece]
                connection.execute(text("INSERT INTO bench_rows VALUES (:phone, :name, :nik, :address)"), rows)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE bench_rows"))
    return perf_counter() - started


def pieces(rows: Iterator[list[str]]) -> Iterator[list[list[str]]]:
    while piece := list(islice(rows, PIECE)):
        yield piece


def bring_in(house: House, path: Path, rows: int) -> tuple[float, float]:
    """Return the seconds by the wall and of this process's CPU."""
    began, worked = perf_counter(), process_time()
    with path.open("rb") as file:
        outcome = kinds.bring_in(house.open_uow, "citizens", file)
    assert str(outcome).startswith(f"{rows} added"), outcome
    return perf_counter() - began, process_time() - worked


def measure(rows: int, url: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = url or f"sqlite:///{folder}/siaga.db"
        sealing.use_keys([Fernet.generate_key().decode()])
        database.migrate(url)
        settings = Settings.load({"DEMO": "1", "DATA_DIR": folder, "DATABASE_URL": url})
        engine = database.open_engine(url)
        house = House(settings, engine, Switchboard([]), JobQueue(lambda: Redis()), utc_now)
        plain, pinned = Path(folder) / "plain.csv", Path(folder) / "pins.csv"
        write(plain, rows, pins=False)
        bare, before = floor(engine, plain), memory()
        took, worked = bring_in(house, plain, rows)
        print(f"{engine.dialect.name}: {rows:,} citizens in {took:.1f} s ({worked:.1f} s of CPU)", end="")
        print(f", {rows / took:,.0f} a second, {took / bare:.1f} x the floor of {bare:.1f} s", end="")
        print(f", peak {memory():.0f} MB ({memory() - before:+.0f} MB)")
        with house.open_uow() as uow:
            uow.db.execute(text("DELETE FROM citizens"))
        write(pinned, min(PINS, rows), pins=True)
        took, _ = bring_in(house, pinned, min(PINS, rows))
        print(f"{engine.dialect.name}: with a PIN each {min(PINS, rows) / took:,.0f} a second")
        engine.dispose()


def memory() -> float:
    """Return the most that this process had in memory, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(arguments: list[str]) -> None:
    rows = next((int(one) for one in arguments if one.isdigit()), ROWS)
    url = next((one for one in arguments if not one.isdigit()), "")
    measure(rows, url)


if __name__ == "__main__":
    main(sys.argv[1:])
