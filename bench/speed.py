"""How fast the gateway is beside floors measured in the same run: `make bench`, or

    python -m bench.speed [--runs 5] [--panics 60] [--rate 10] [--write]

The real processes on PostgreSQL and Redis, the carriers on the loopback, the load from a process of its own
(`bench/load.py`). Each figure stands beside a bare Flask route under gunicorn that checks the same signature and writes
one row (`bench/bare_route.py`), measured right before it: on a busy machine only the ratio means anything. `--write`
keeps the table under `bench/results/`; docs/performance.md explains it.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from sqlalchemy import text
from worst.conftest import free_port
from worst.processes import Running, eventually
from worst.town import Town

from bench import load, results
from bench.bare_route import Base
from bench.costs import backends, cpu_s, rss_mb
from bench.first_alert import alerts, bare_requests, bare_worker, p50_p99, sleeping_town, timed
from bench.load import Request
from tests.fake_africastalking import FakeAfricasTalking
from tests.fake_twilio import FakeTwilio
from tests.loopback import Reply

IDLE_S, PATIENCE_S = 10.0, 120.0
UNITS, OFFICERS = 40, 4
Figure = dict[str, list[float]]  # a row of the table: one value for each run


@dataclass
class Mouth:
    """Writes down what the carriers would post, so that the load can post it later."""

    made: Town
    said: list[Request] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.twilio = FakeTwilio(self.made.address, self._keep)
        self.other = FakeAfricasTalking(self.made.address, self._keep)
        self.other._hooks = self.made.africastalking._hooks
        # no id twice, and none of the town's own
        self.twilio._ids = self.other._ids = itertools.count(time.monotonic_ns())

    def _keep(self, url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        self.said.append((url, dict(fields), dict(headers)))
        return Reply()

    def take(self) -> list[Request]:
        said, self.said = self.said, []
        return said


class People:
    """Verified numbers, each of them handed out once. The next one lives in the next unit, so that officers are asked
    for one call at a time, as long as there are enough of them."""

    def __init__(self, made: Town, most: int) -> None:
        phones = [f"+6281392{number:06d}" for number in range(most)]
        self._phones = iter(phones)
        for unit in range(UNITS):
            code, officers = f"U{unit}", [f"+62813{unit:04d}{number:03d}" for number in range(OFFICERS)]
            made.unit(code, f"+6256180{unit:04d}", officers).citizens(code, *phones[unit::UNITS])

    def some(self, how_many: int) -> list[str]:
        return list(itertools.islice(self._phones, how_many))


def end_all(made: Town) -> None:
    """Close every incident and call off what is owed, so that nothing of one row is left over in the next."""
    with made.engine.begin() as db:
        over = "closed_at = now(), state = 'resolved', next_wave_at = NULL, clock_at = NULL, honest_at = NULL"
        db.execute(text(f"UPDATE incidents SET {over}, repeats_at = NULL WHERE closed_at IS NULL"))
        db.execute(text("UPDATE outbounds SET state = 'called_off' WHERE state = 'owed'"))
        db.execute(text("UPDATE outbounds SET state = 'done' WHERE state = 'under_way'"))


# --- what a piece of work costs ---------------------------------------------------------------------------------------


@dataclass
class Rig:
    made: Town
    floor: Running
    floor_port: int
    web: Running
    people: People
    mouth: Mouth
    table: dict[str, Figure] = field(default_factory=dict)

    def note(self, row: str, **values: float) -> None:
        for name, value in values.items():
            self.table.setdefault(row, {}).setdefault(name, []).append(value)
        print(f"{row}: " + ", ".join(f"{name} {value:.3g}" for name, value in values.items()), flush=True)

    def floor_requests(self, how_many: int) -> list[Request]:
        bare = FakeTwilio(f"http://127.0.0.1:{self.floor_port}", self.mouth._keep)
        for number in range(how_many):
            bare.text_in(f"+62{number}", "TOLONG")
        asked = self.mouth.take()
        signer = FakeTwilio("", self.mouth._keep)
        for _, form, _ in asked:
            signer.post(f"http://127.0.0.1:{self.floor_port}/floor", form)
        return self.mouth.take()

    def beside_the_floor(self, row: str, requests: Sequence[Request], clients: int) -> None:
        """Measure the floor, then these requests, and note both and their ratios."""
        floor = self._costs([self.floor], self.floor_requests(4 * len(requests)), clients)
        ours = self._costs([self.web], requests, clients)
        self.note(
            row,
            a_second=ours[0],
            floor=floor[0],
            ratio=ours[0] / floor[0],
            cpu_ms=ours[1],
            floor_ms=floor[1],
            cpu_ratio=floor[1] / ours[1] if ours[1] else 0.0,
        )

    def _costs(self, of: Sequence[Running], requests: Sequence[Request], clients: int) -> tuple[float, float]:
        """Return how many a second were answered, and the milliseconds of CPU of each, database and all."""
        pids = [one.process.pid for one in of]
        serving = backends(self.made.engine)
        before, started = cpu_s([*pids, *serving]), time.monotonic()
        answered = load.send(requests, clients=clients)
        refused = [one.status for one in answered if one.status != 200]
        if refused:
            raise AssertionError(f"{len(refused)} of {len(answered)} refused: {set(refused)}")
        first = min(one.due for one in answered)
        seconds = max(one.at for one in answered) - max(first, started)
        return len(answered) / seconds, (cpu_s([*pids, *serving]) - before) * 1000 / len(answered)


# --- the rows ---------------------------------------------------------------------------------------------------------


def hooks(rig: Rig, panics: int) -> None:
    """What each hook costs, with web alone: nothing leaves meanwhile."""
    mouth = rig.mouth
    for clients in (1, 8, 32):
        for phone in rig.people.some(panics):
            mouth.twilio.text_in(phone, "TOLONG")
        panic = mouth.take()
        rig.beside_the_floor(f"panic text, {clients} clients", panic, clients)
    rig.beside_the_floor("a text seen before", panic, 8)
    for number in range(panics):
        mouth.twilio.text_in(f"+62819{time.monotonic_ns() % 10**8:08d}{number % 10}", "halo pak")
    rig.beside_the_floor("a text of an unknown number", mouth.take(), 8)
    callers = rig.people.some(panics)
    for phone in callers:
        mouth.other.dial(phone, f"s{phone}")
    rig.beside_the_floor("the first USSD screen", mouth.take(), 8)
    for phone in callers:
        mouth.other.dial(phone, f"s{phone}", "1")
    rig.beside_the_floor("the key 1, a panic", mouth.take(), 8)


def receipts(rig: Rig, since: int) -> None:
    """What a carrier's report costs: of texts, and of calls that ring and end."""
    mouth, twilio = rig.mouth, rig.made.twilio
    wire, twilio._call_back = twilio._call_back, mouth._keep
    for sent in twilio.texts[since : since + 200]:
        twilio.report(sent, "delivered")
    reports = mouth.take()
    calls = [call for call in twilio.calls if call.status == "queued"][:200]
    for call in calls:
        call.rings()
    ringing = mouth.take()
    for call in calls:
        call._ends("no-answer", CallDuration="0")
    ends, twilio._call_back = mouth.take(), wire
    for row, some in (("a receipt", reports), ("a call rings", ringing), ("a call has ended", ends)):
        if some:
            rig.beside_the_floor(row, some, 8)


def first_alerts(rig: Rig, panics: int) -> None:
    """From the 200 to the first alert at the carrier, one panic after the other; floor: a bare job and a request."""
    jobs_and_wire = []
    with bare_worker(rig.made.redis_url or "") as job:
        jobs_and_wire = [sum(pair) for pair in zip(timed(panics, job), bare_requests(rig.made, panics), strict=True)]
    took, firsts = alerts(rig.made, rig.people.some(panics))
    (floor, late_floor), (middle, late) = p50_p99(jobs_and_wire), p50_p99(firsts)
    rig.note(
        "from the 200 to the first alert, ms",
        p50=middle,
        p99=late,
        floor_p50=floor,
        floor_p99=late_floor,
        times_p50=middle / floor,
        times_p99=late / late_floor,
        hook_p50=p50_p99(took)[0],
    )


def flood(rig: Rig, rate: float, seconds: float, workers: Sequence[Running]) -> None:
    """So many panics a second, whatever is answered; nothing may be lost or doubled."""
    made, phones = rig.made, rig.people.some(int(rate * seconds))
    for phone in phones:
        rig.mouth.twilio.text_in(phone, "TOLONG")
    requests, before = rig.mouth.take(), len(made.twilio.arrivals)
    pids = [rig.web.process.pid, *(worker.process.pid for worker in workers), *backends(made.engine)]
    used = cpu_s(pids)
    answered = load.send(requests, rate=rate)
    eventually(120, lambda: alerted(made, phones), "an alert for each panic")
    used = cpu_s(pids) - used
    said = [(at, body) for at, body in made.twilio.arrivals[before:] if "DARURAT" in body]
    firsts = [first_after(said, "0" + phone.removeprefix("+62")) for phone in phones]
    opened = sum(incident.phone in set(phones) for incident in made.incidents())
    middle, late = p50_p99([one.seconds for one in answered])
    waits = [at - one.at for at, one in zip(firsts, answered, strict=True)]
    alert_middle, alert_late = p50_p99(waits)
    rig.note(
        f"flood, {rate:g} panics a second",
        hook_p50=middle,
        hook_p99=late,
        alert_p50=alert_middle,
        alert_p99=alert_late,
        cpu_ms=used * 1000 / len(phones),
        lost=float(len(phones) - opened + sum(one.status != 200 for one in answered)),
        seconds_behind=max(0.0, max(firsts) - max(one.due for one in answered)),
    )


def alerted(made: Town, phones: Sequence[str]) -> bool:
    said = " ".join(body for _, body in made.twilio.arrivals if "DARURAT" in body)
    return all("0" + phone.removeprefix("+62") in said for phone in phones)


def first_after(said: Sequence[tuple[float, str]], local: str) -> float:
    return min(at for at, body in said if local in body)


def idle(rig: Rig, worker: Running) -> None:
    """What a worker costs to which nobody gives work, and how much memory the processes have."""
    time.sleep(2)
    pids = [worker.process.pid]
    before = cpu_s(pids)
    time.sleep(IDLE_S)
    rig.note("one idle worker", percent=(cpu_s(pids) - before) / IDLE_S * 100, mb=rss_mb(pids))


@contextmanager
def bare_server(made: Town) -> Iterator[tuple[Running, int]]:
    port = free_port()
    Base.metadata.create_all(made.engine)
    made.settings |= {"AUTH_TOKEN": made.twilio.auth_token}
    command = ["gunicorn", "-k", "gthread", "-w", "1", "--threads", "16", "--keep-alive", "65"]
    before, made.settings = made.settings, made.settings | {"PUBLIC_URL": f"http://127.0.0.1:{port}"}
    bare = ["--no-control-socket", "-c", "/dev/null", "-b", f"127.0.0.1:{port}", "bench.bare_route:app"]
    running = made.start("floor", [sys.executable, "-m", *command, *bare])
    made.settings = before
    time.sleep(3)
    yield running, port


def run(rig: Rig, panics: int, rate: float, seconds: float) -> None:
    made = rig.made
    hooks(rig, panics)
    end_all(made)
    started = time.monotonic()
    workers = [start_worker(made)]
    rig.note("a worker's first beat", seconds=time.monotonic() - started)
    idle(rig, workers[0])
    sent = len(made.twilio.texts)
    first_alerts(rig, max(10, panics // 3))
    workers.append(start_worker(made))
    flood(rig, rate, seconds, workers)
    for worker in workers:
        worker.terminate()
    receipts(rig, sent)
    end_all(made)


def main() -> int:
    wanted = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    wanted.add_argument("--runs", type=int, default=5)
    wanted.add_argument("--panics", type=int, default=60, help="in each row of each run")
    wanted.add_argument("--rate", type=float, default=10.0, help="panics a second of the flood")
    wanted.add_argument("--seconds", type=float, default=10.0, help="that the flood lasts")
    wanted.add_argument("--write", action="store_true", help="keep the table under bench/results/")
    asked = wanted.parse_args()
    each = 8 * asked.panics + int(asked.rate * asked.seconds)
    with tempfile.TemporaryDirectory(prefix="siaga-") as folder, sleeping_town(Path(folder)) as made:
        started = time.monotonic()
        web = made.start_web(wait=False)
        eventually(PATIENCE_S, made.web_answers, "the web process answers")
        ready_s = time.monotonic() - started
        with bare_server(made) as (floor, port):
            rig = Rig(made, floor, port, web, People(made, asked.runs * each + asked.panics), Mouth(made))
            warm_up(rig)
            rig.note("web is ready", seconds=ready_s)
            rig.note("`siaga --help`", cpu_s=help_cpu_s())
            for number in range(asked.runs):
                print(f"--- run {number + 1} of {asked.runs}", flush=True)
                run(rig, asked.panics, asked.rate, asked.seconds)
    told = results.table(rig.table, asked.runs)
    print(told)
    if asked.write:
        print(f"kept as {results.keep(ROOT / 'bench' / 'results', told)}")
    return 0


def start_worker(made: Town) -> Running:
    before = len(made.beats())
    worker = made.start_worker(wait=False)
    eventually(PATIENCE_S, lambda: len(made.beats()) > before, "the worker beats")
    return worker


def help_cpu_s() -> float:
    before = os.times()
    subprocess.run([sys.executable, "-m", "gateway", "--help"], cwd=ROOT, capture_output=True, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def warm_up(rig: Rig) -> None:
    for phone in rig.people.some(20):
        rig.mouth.twilio.text_in(phone, "TOLONG")
    load.send(rig.mouth.take(), clients=8)
    load.send(rig.floor_requests(100), clients=8)


if __name__ == "__main__":
    sys.exit(main())
