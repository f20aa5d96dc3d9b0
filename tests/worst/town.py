"""A small town with the real gateway in it: gunicorn and workers as processes, carriers on the loopback.

Nothing of ours is replaced. A test kills, stops and starves processes, and then counts what reached the carriers.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import requests
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session
from worst.company import Company, SecondCompany
from worst.processes import Running, eventually

from gateway.core.codes import is_code
from gateway.infrastructure import database
from gateway.models.attempt import Attempt
from gateway.models.citizen import Citizen, Person
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit
from gateway.models.worker import Worker
from tests.loopback import Reply

ROOT = Path(__file__).resolve().parents[2]
BUDI, SITI = "+6281390000001", "+6281390000002"
DESK = "+62561700003"


@dataclass
class Town:
    """A polsek, its people and two carriers; `start_web` and `start_worker` bring the gateway to life."""

    database_url: str
    redis_url: str | None
    data_dir: Path
    port: int
    settings: dict[str, str]  # keys, and what a test sets besides
    twilio: Company
    africastalking: SecondCompany
    running: list[Running] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.engine: Engine = database.open_engine(self.database_url)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- people

    def build(self, officers: int = 5, policy: str = "nearest_first") -> Town:
        """A unit with so many officers on duty, and Budi and Siti who live there."""
        return self.unit("BARAT", DESK, [officer(n) for n in range(officers)], policy).citizens("BARAT", BUDI, SITI)

    def unit(self, code: str, desk: str, officers: Sequence[str], policy: str = "nearest_first") -> Town:
        with Session(self.engine) as db, db.begin():
            unit = Unit(code=code, name=f"Polsek {code}", kind="polsek", phone=desk, policy=policy)
            db.add(unit)
            db.flush()
            for n, phone in enumerate(officers):
                db.add(Officer(phone=phone, name=f"{code} {n}", unit_id=unit.id, on_duty=True))
        return self

    def citizens(self, code: str, *phones: str) -> Town:
        """Verified people of this unit, of whom no position is known."""
        now = datetime.now(UTC)
        with Session(self.engine) as db, db.begin():
            unit = db.scalars(select(Unit).where(Unit.code == code)).one()
            for phone in phones:
                person = Person(name=f"Warga {phone[-2:]}", created_at=now)
                db.add(Citizen(phone=phone, person=person, unit_id=unit.id, state="verified", applied_at=now))
        return self

    # --- processes

    def environ(self) -> dict[str, str]:
        given = {
            "DATABASE_URL": self.database_url,
            "DATA_DIR": str(self.data_dir),
            "PUBLIC_URL": self.address,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "1",
            "CARRIERS": "twilio,africastalking",
            "PACE": "twilio=0",
            "TWILIO_ACCOUNT_SID": self.twilio.account_sid,
            "TWILIO_AUTH_TOKEN": self.twilio.auth_token,
            "TWILIO_NUMBERS": self.twilio.number,
            "TWILIO_API_URL": self.twilio.url,
            "AFRICASTALKING_USERNAME": self.africastalking.username,
            "AFRICASTALKING_API_KEY": self.africastalking.api_key,
            "AFRICASTALKING_HOOK_TOKEN": self.africastalking.hook_token,
            "AFRICASTALKING_VOICE_NUMBER": self.africastalking.voice_number,
            "AFRICASTALKING_API_URL": self.africastalking.url,
            "AFRICASTALKING_VOICE_URL": self.africastalking.url,
        }
        bare = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
        return bare | given | ({"REDIS_URL": self.redis_url} if self.redis_url else {}) | self.settings

    def start(self, name: str, command: Sequence[str]) -> Running:
        log = self.data_dir / f"{name}-{len(self.running)}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("wb") as file:
            # PYTHONWARNINGS stays away: what a dependency is about to deprecate is no matter of these tests
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environ(), stdout=file, stderr=file, start_new_session=True
            )
        self.running.append(Running(name, process, log))
        return self.running[-1]

    def start_web(self, wait: bool = True) -> Running:
        web = self.start("web", [sys.executable, "-m", "gunicorn", "wsgi:app"])
        if wait:
            eventually(20, self.web_answers, "the web process answers")
        return web

    def start_worker(self, wait: bool = True) -> Running:
        before = self.beats()
        worker = self.start("worker", [sys.executable, "worker.py"])
        if wait:
            eventually(20, lambda: len(self.beats()) > len(before), "the worker beats")
        return worker

    def start_all(self) -> tuple[Running, Running]:
        web, worker = self.start_web(wait=False), self.start_worker()
        eventually(20, self.web_answers, "the web process answers")
        return web, worker

    def web_answers(self) -> bool:
        with suppress(requests.RequestException):
            return requests.get(f"{self.address}/healthz", timeout=2).status_code == 200
        return False

    def end(self) -> None:
        for running in self.running:
            if running.alive:
                running.resume()
                running.kill()
        self.engine.dispose()

    # --- what a phone does

    def text(self, words: str = "TOLONG", sender: str = BUDI, **more: str) -> Reply:
        """A text reaches the gateway through Twilio's signed hook."""
        reply = self.twilio.text_in(sender, words, **more)
        assert reply.status == 200, reply
        return reply

    # --- what the database holds

    def beats(self) -> list[str]:
        with Session(self.engine) as db:
            return list(db.scalars(select(Worker.name)))

    def incidents(self) -> list[Incident]:
        with Session(self.engine) as db:
            return list(db.scalars(select(Incident).order_by(Incident.id)))

    def inbounds(self) -> int:
        with Session(self.engine) as db:
            return db.scalar(select(func.count(Inbound.id)).where(Inbound.kind.in_(("text", "call")))) or 0

    def outbounds(self, kind: str = "", phone: str = "") -> list[Outbound]:
        with Session(self.engine) as db:
            rows = db.scalars(select(Outbound).order_by(Outbound.id))
            return [row for row in rows if kind in ("", row.kind) and phone in ("", row.phone)]

    def end_calls(self) -> None:
        """Time passes for calls of which nobody reports anything, and for nothing else."""
        with Session(self.engine) as db, db.begin():
            live = update(Outbound).where(Outbound.kind == "call", Outbound.state == "under_way")
            db.execute(live.values(ends_by=datetime.now(UTC)))

    def attempts(self) -> list[Attempt]:
        with Session(self.engine) as db:
            return list(db.scalars(select(Attempt).order_by(Attempt.id)))

    def settled(self) -> bool:
        """Nothing is on its way to a carrier or could be; a call may wait for another to the same phone to end."""
        rows = self.outbounds()
        ringing = {row.phone for row in rows if row.kind == "call" and row.state == "under_way"}
        waits = [row for row in rows if row.state == "owed" and row.due_at <= datetime.now(UTC)]
        busy = any(row.state in ("claimed", "sending") for row in rows)
        return bool(rows) and not busy and all(row.kind == "call" and row.phone in ringing for row in waits)

    # --- what reached the carriers

    def alerts(self) -> Counter[str]:
        """How many alerts each phone was sent as text, whatever the line; one text may bear several, each by its
        code."""
        sent = [(text.to, text.body) for text in self.twilio.texts]
        sent += [(text.to, text.body) for text in self.africastalking.texts]
        return Counter(to for to, body in sent if "DARURAT" in body for _ in codes_in(body))

    def rung(self) -> Counter[str]:
        """How often each phone was called."""
        placed = [call.phone for call in self.twilio.calls if not call.incoming]
        return Counter(placed + [call.phone for call in self.africastalking.calls if not call.incoming])


def codes_in(body: str) -> set[str]:
    """The codes of incidents that a text names."""
    return {word for word in re.findall(r"\w+", body) if is_code(word)}


def officer(n: int) -> str:
    """The phone of the nth officer."""
    return f"+62812100{n:05d}"


def wave_one(officers: int = 3) -> set[str]:
    """Whom `nearest_first` asks at once: the desk and the nearest three."""
    return {DESK, *(officer(n) for n in range(officers))}
