"""The web process dies, and people hear of it from a program that needs nothing of ours."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session
from worst.company import Company
from worst.processes import eventually
from worst.town import BUDI, DESK, ROOT, Town

from gateway.models.incident import Incident
from gateway.watchdog import Watch, Watchdog
from tests.mail_server import mail_server

ADMIN = "+6281250000009"
READERS = ("kapolres@polres.example", "tik@polda.example")


@contextmanager
def watching(town: Town, twilio: Company, name: str, mail_port: int = 1) -> Iterator[None]:
    """The watchdog with lines of its own; it asks ten times a second, and a second is as good as 20. Nobody listens on
    port 1: where no mail can leave, texts and calls do."""
    path = town.data_dir / name
    made = subprocess.run(
        [sys.executable, "-m", "gateway", "watchdog", "--make", str(path), "--also", ADMIN],
        cwd=ROOT,
        env=town.environ(),
        capture_output=True,
        text=True,
        check=True,
    )
    key = made.stdout.partition("WATCHDOG_KEY=")[2].strip()
    own = {name: value for name, value in town.environ().items() if name.startswith("TWILIO_")}
    own |= {"TWILIO_API_URL": twilio.url, "CARRIERS": "twilio", "HEALTH_TOKEN": "t0ken"}
    own |= {"WATCHDOG_MAIL": ", ".join(READERS), "SMTP_FROM": "siaga@polres.example"}
    own |= {"SMTP_URL": f"smtp://siaga:kunci@127.0.0.1:{mail_port}"}
    own |= {"WATCHED_URL": town.address, "WATCHDOG_LIST": str(path), "WATCHDOG_KEY": key}
    stop, dog = threading.Event(), Watchdog.load(own)
    thread = threading.Thread(target=dog.run, args=(stop, Watch(1.0, 1.0), 0.1), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


def test_the_desk_and_the_admin_are_texted_and_rung_when_web_dies_and_hear_when_it_is_well(town: Town) -> None:
    town.settings["HEALTH_TOKEN"] = "t0ken"
    town.build()
    web, _ = town.start_all()
    with Company("http://127.0.0.1:1") as own, mail_server() as post, watching(town, own, "watchers", post.port):
        web.kill()
        eventually(10, lambda: {text.to for text in own.texts} == {DESK, ADMIN}, "they are texted")
        eventually(5, lambda: {to for tos, _ in post.mails for to in tos} == set(READERS), "they are mailed")
        assert all("TERGANGGU" in mail["Subject"] for _, mail in post.mails)
        assert all("TERGANGGU" in text.body for text in own.texts)
        eventually(5, lambda: {call.phone for call in own.calls} == {DESK, ADMIN}, "they are rung")
        spoken = [asked.value("Twiml") for asked in own.asked if asked.path.endswith("Calls.json")]
        assert all("Siaga terganggu" in words for words in spoken)  # no web process of ours is asked what to say
        town.start_web()
        eventually(15, lambda: sum("PULIH" in text.body for text in own.texts) == 2, "they hear that it is over")
        assert len(own.calls) == 2


def test_an_incident_that_nobody_carries_on_is_told_by_its_code(town: Town) -> None:
    town.settings["HEALTH_TOKEN"] = "t0ken"
    town.build()
    town.start_web()
    town.text(sender=BUDI)
    eventually(10, town.incidents)
    with Session(town.engine) as db, db.begin():
        db.execute(update(Incident).values(next_wave_at=datetime.now(UTC) - timedelta(seconds=30)))
    with Company("http://127.0.0.1:1") as own, watching(town, own, "watchers"):
        code = town.incidents()[0].code
        eventually(5, lambda: any("TERLAMBAT" in text.body and code in text.body for text in own.texts), "it is told")
    assert all(BUDI[3:] not in text.body for text in own.texts)
