"""Fifteen people of the demo's city need help in the same half second, and nobody picks up.

    python bench/fifteen_panics.py

Starts `siaga demo` in a folder of its own, texts fifteen panics, and prints how long each incident waited for its
first ringing phone: the middle one and the longest of those that had one within two seconds, and what became of the
others. An incident may wait longer only while every phone that was asked for it rings for somebody else: exits 1 when
one waited although a phone that was asked for it was silent.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from sqlalchemy import select
from sqlalchemy.orm import Session

from gateway.cli.company import free_port, settings_environ
from gateway.config import Settings
from gateway.demo_city.network import Wire, exchange
from gateway.infrastructure import database
from gateway.models import outbound as outbounds
from gateway.models import sealing
from gateway.models.attempt import Attempt
from gateway.models.citizen import Citizen
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound

PANICS = 15
WITHIN_S = 2.0
LOOKED_S = 12.0  # shorter than a call rings, so that no phone is free again by itself
Span = tuple[datetime, datetime | None]


def panic(settings: Settings, phones: Sequence[str]) -> None:
    """Text all panics within half a second."""
    people = exchange(settings, Wire(settings.public_url))
    texting = [threading.Thread(target=people.text, args=(phone, "TOLONG")) for phone in phones]
    for each in texting:
        each.start()
        time.sleep(0.5 / PANICS)
    for each in texting:
        each.join()


def first_rings(db: Session) -> dict[int, float | None]:
    """How many seconds after its opening each incident's first call was at the carrier."""
    waits: dict[int, float | None] = {}
    for incident in db.scalars(select(Incident).order_by(Incident.id)):
        mine = select(Attempt.started_at).join(Outbound)
        mine = mine.where(Outbound.incident_id == incident.id, Outbound.kind == outbounds.CALL)
        at = db.scalar(mine.order_by(Attempt.started_at).limit(1))
        waits[incident.id] = (at - incident.opened_at).total_seconds() if at is not None else None
    return waits


def waited_in_vain(db: Session) -> list[str]:
    """The incidents that waited for longer than two seconds although a phone asked for them was silent meanwhile."""
    rung: dict[str, list[Span]] = {}
    calls = select(Outbound.phone, Attempt.started_at, Attempt.ended_at).join(Attempt)
    for phone, start, end in db.execute(calls.where(Outbound.kind == outbounds.CALL)):
        rung.setdefault(phone, []).append((start, end))
    found = []
    for incident in db.scalars(select(Incident)):
        wait = first_rings(db)[incident.id]
        if wait is not None and wait <= WITHIN_S:
            continue
        at = incident.opened_at + timedelta(seconds=WITHIN_S)
        owed = select(Outbound.phone).where(
            Outbound.incident_id == incident.id, Outbound.kind == outbounds.CALL, Outbound.created_at <= at
        )
        for phone in db.scalars(owed):
            if not any(start <= at and (end is None or end >= at) for start, end in rung.get(phone, [])):
                found.append(f"{incident.code} could have rung {phone}")
    return found


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="siaga-bench-") as folder:
        environ = settings_environ(os.environ, DATA_DIR=folder, PORT=str(free_port()))
        said = (Path(folder) / "said").open("w")
        demo = subprocess.Popen([sys.executable, "-m", "gateway", "demo"], env=environ, stdout=said, stderr=said)
        try:
            while "Ctrl-C ends everything" not in (Path(folder) / "said").read_text():
                time.sleep(0.2)
            settings = Settings.load({**environ, "DEMO": "1"})
            sealing.use_keys([key.get_secret_value() for key in settings.encryption_keys])
            engine = database.open_engine(settings.database_url)
            with Session(engine) as db:
                everybody = db.scalars(select(Citizen.phone).where(Citizen.state == "verified").order_by(Citizen.phone))
                phones = everybody.all()[:: max(1, 40 // PANICS)][:PANICS]
            panic(settings, phones)
            time.sleep(LOOKED_S)
            with Session(engine) as db:
                waits, vain = first_rings(db), waited_in_vain(db)
            engine.dispose()
        finally:
            demo.terminate()
            demo.wait(30)
            said.close()
    soon = sorted(wait for wait in waits.values() if wait is not None and wait <= WITHIN_S)
    print(f"{len(waits)} incidents; first call within {WITHIN_S:.0f} s: {len(soon)}")
    if soon:
        print(f"of those p50 {median(soon):.2f} s, maximum {soon[-1]:.2f} s")
    later = sorted(wait for wait in waits.values() if wait is not None and wait > WITHIN_S)
    print(f"later: {', '.join(f'{wait:.1f} s' for wait in later) or 'none'}; not in {LOOKED_S:.0f} s: "
          f"{sum(wait is None for wait in waits.values())}")  # fmt: skip
    print("\n".join(vain) or "none waited while a phone asked for it was silent")
    return bool(vain)


if __name__ == "__main__":
    sys.exit(main())
