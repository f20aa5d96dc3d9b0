"""/metrics: how long each step took, what the lines answered, what waits; the dashboard asks for what is there."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select

from gateway.infrastructure.processes import Processes, used
from gateway.models import attempt as attempts
from gateway.models import outbound as outbounds
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.wiring import House
from tests.console.station import Clock, act, panic

OPS = Path(__file__).resolve().parents[2] / "ops"
FILES = (OPS / "grafana/siaga.json", OPS / "prometheus/siaga.rules.yml")
Samples = dict[tuple[str, ...], float]


def samples(app: Flask) -> Samples:
    """Every sample by its name and the values of its labels, in the order of their names."""
    answer = app.test_client().get("/metrics")
    assert answer.status_code == 200
    return {
        (one.name, *(one.labels[label] for label in sorted(one.labels))): one.value
        for family in text_string_to_metric_families(answer.text)
        for one in family.samples
    }


def left(home: House, code: str, kind: str, after: float, took: float) -> None:
    """A carrier takes the first text or call so many seconds after the panic, having thought for `took` seconds."""
    with home.open_uow() as uow:
        incident = uow.db.scalars(select(Incident).where(Incident.code == code)).one()
        owed = uow.db.scalars(
            select(Outbound).where(Outbound.incident_id == incident.id, Outbound.kind == kind)
        ).first()
        assert owed is not None
        at = incident.opened_at + timedelta(seconds=after)
        (line,) = home.settings.carriers[:1]
        row = attempts.left_before(owed.id, line, "", at)
        row.started_at = at - timedelta(seconds=took)
        uow.db.add(row)


def test_each_step_is_measured_from_the_panic_on(app: Flask, home: House, clock: Clock) -> None:
    code = panic(home)
    left(home, code, outbounds.TEXT, after=2, took=0.3)
    left(home, code, outbounds.CALL, after=7, took=0.3)
    with home.open_uow() as uow:
        incident = uow.db.scalars(select(Incident)).one()
        row = Inbound(line="twilio", kind="text", ref="1", phone="+62", incident_id=incident.id)
        row.received_at, row.sent_at = incident.opened_at, incident.opened_at - timedelta(seconds=4)
        uow.db.add(row)
    clock.move(seconds=40)
    act(home, code, "take")
    clock.move(minutes=10)
    act(home, code, "on_scene", alert=desk_alert(home))
    found = samples(app)
    seconds = {"hook": 4, "understood": 0, "first_text": 2, "first_ring": 7, "first_yes": 40, "arrival": 640}
    for step, took in seconds.items():
        assert found["siaga_step_seconds_sum", step] == took, step
        assert found["siaga_step_seconds_count", step] == 1, step
    assert found["siaga_step_seconds_bucket", "5.0", "first_text"] == 1
    assert found["siaga_step_seconds_bucket", "1.0", "first_text"] == 0
    clock.move(days=1)
    assert samples(app)["siaga_step_seconds_count", "arrival"] == 0  # a new day


def desk_alert(home: House) -> str:
    with home.open_reading_uow() as uow:
        return str(uow.db.scalars(select(Incident.leader_id)).one())


def test_a_line_tells_how_fast_and_with_what_it_answers(app: Flask, home: House) -> None:
    code, (line, *_) = panic(home), home.settings.carriers
    left(home, code, outbounds.TEXT, after=2, took=0.3)
    found = samples(app)
    assert found["siaga_line_seconds_bucket", "text", "0.5", line] == 1
    assert found["siaga_line_seconds_bucket", "text", "0.25", line] == 0
    assert found["siaga_line_attempts", "text", line, "handed"] == 1
    assert found["siaga_line_up", line] == 1


def test_what_waits_grows_old(app: Flask, home: House, clock: Clock) -> None:
    panic(home)
    clock.move(seconds=12)
    found = samples(app)
    assert found["siaga_waiting", "unanswered"] == 1
    assert found["siaga_waiting_oldest_seconds", "unanswered"] == 12
    assert found["siaga_waiting_oldest_seconds", "text"] == 12
    assert found["siaga_incidents_open", "open"] == 1
    assert (found["siaga_workers",], found["siaga_sweep_age_seconds",]) == (0, -1)


class Shelf:
    """As much of Redis as processes tell each other by."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bytes] = {}

    def set(self, key: str, value: str, ex: int) -> None:
        self.kept[key.encode()] = value.encode()

    def scan_iter(self, match: str, count: int) -> list[bytes]:
        return [key for key in self.kept if key.startswith(match.rstrip("*").encode())]

    def mget(self, keys: list[bytes]) -> list[bytes | None]:
        return [self.kept.get(key) for key in keys]

    def llen(self, key: str) -> int:
        return 3


def test_whichever_process_is_asked_tells_of_all(app: Flask, home: House) -> None:
    shelf = Shelf()
    Processes(lambda: shelf, "web:1").tell({"live_listeners": 4})  # type: ignore[arg-type,return-value] # a shelf for Redis
    Processes(lambda: shelf, "web:2").tell({"live_listeners": 5})  # type: ignore[arg-type,return-value] # a shelf for Redis
    home.processes = Processes(lambda: shelf, "web:2")  # type: ignore[arg-type,return-value] # a shelf for Redis
    found = samples(app)
    assert (found["siaga_live_listeners",], found["siaga_jobs_waiting",]) == (9, 3)
    assert found["siaga_process_memory_bytes", "web:1"] > 1e6
    assert found["siaga_process_cpu_seconds_total", "web:2"] > 0
    assert used()["process_start_time_seconds"] > 1e9


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_number_that_the_dashboard_and_the_alerts_ask_for_is_told(app: Flask, home: House, path: Path) -> None:
    panic(home)
    text = app.test_client().get("/metrics").text
    told = {one.name for family in text_string_to_metric_families(text) for one in family.samples}
    told |= set(re.findall(r"^# TYPE (\w+)", text, re.M))  # also those without a sample yet
    named = set(re.findall(r"\bsiaga_\w+", path.read_text("utf-8")))
    assert len(named) > 8
    assert named - told == set()
    if path.suffix == ".json":
        panels = json.loads(path.read_text("utf-8"))["panels"]
        assert all(target["expr"] for panel in panels for target in panel["targets"])


@pytest.mark.skipif(shutil.which("promtool") is None, reason="no promtool here (Debian: prometheus)")
def test_prometheus_takes_the_alerts() -> None:
    said = subprocess.run(["promtool", "check", "rules", str(FILES[1])], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
