"""What thousands of open monitors cost the web processes that take webhooks.

    python bench/live_listeners.py [LISTENERS]

Starts the web server on a new demo, opens so many live streams on it, and measures while they are idle and while
incidents change: the server's processor time and memory, how long a hook waits, and how late a change arrives.
Exits 1 below the floors.
"""

from __future__ import annotations

import json
import os
import resource
import secrets
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import psutil
import requests

from gateway.carriers.simulator.wire import SIGNATURE, sign
from gateway.dispatch import raise_alarm
from gateway.identity import users
from gateway.identity.callers import Caller
from gateway.incidents import timeline
from gateway.infrastructure import database
from gateway.models import incident as incidents
from gateway.wiring import House, house

ROOT = Path(__file__).resolve().parent.parent
LATEST = 1.0  # seconds after the commit that the last listener hears of a change
HOOK = 0.15  # seconds that a hook may take meanwhile, 99 of 100
PROCESSOR = 15.0  # per cent of one processor for 2,000 idle listeners
MEMORY = 8.0  # KiB a listener
IDLE = 10.0  # seconds of idling that are measured
CHANGES = 20


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def web_server(folder: str, port: int) -> Iterator[psutil.Process]:
    env = os.environ | {"DEMO": "1", "DATA_DIR": folder, "PORT": str(port), "WEB_CONCURRENCY": "1"}
    os.environ.update(env)
    command = [str(Path(sys.executable).parent / "gunicorn"), "wsgi:app"]
    server = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield psutil.Process(server.pid)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(20)


def wait_for(url: str) -> None:
    for _ in range(100):
        try:
            if requests.get(f"{url}/healthz", timeout=1).ok:
                return
        except requests.RequestException:
            time.sleep(0.2)
    raise SystemExit("the web server did not start")


def log_in(url: str, password: str) -> str:
    """The cookies of a logged-in desk, as a header."""
    browser = requests.Session()
    page = browser.get(f"{url}/login", timeout=5).text
    token = page.split('name="csrf" content="', 1)[1].split('"', 1)[0]
    form = {"name": "desk", "password": password, "csrf_token": token}
    browser.post(f"{url}/login", data=form, timeout=10, allow_redirects=False).raise_for_status()
    return "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


class Crowd:
    """So many browsers with one open stream each."""

    def __init__(self, port: int, cookie: str) -> None:
        self.ask = f"GET /live HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
        self.port, self.watch = port, selectors.DefaultSelector()
        self.size = 0

    def grow(self, size: int) -> None:
        for _ in range(size):
            one = socket.create_connection(("127.0.0.1", self.port))
            one.sendall(self.ask)
            answer = b""
            while b"event: hello" not in answer:
                more = one.recv(4096)
                if not more:
                    raise SystemExit(f"listener {self.size} was turned away: {answer[:80]!r}")
                answer += more
            one.setblocking(False)
            self.watch.register(one, selectors.EVENT_READ)
            self.size += 1

    def heard(self, seconds: float, word: bytes = b"event: change") -> list[float]:
        """When each listener first hears this word within so many seconds (monotonic)."""
        found: dict[int, float] = {}
        end = time.monotonic() + seconds
        while time.monotonic() < end and len(found) < self.size:
            for key, _ in self.watch.select(0.1):
                data = key.fileobj.recv(65536)  # type: ignore[union-attr] # sockets only
                if not data:
                    raise SystemExit("a listener was dropped")
                if word in data:
                    found.setdefault(key.fd, time.monotonic())
        return list(found.values())


def hook_seconds(url: str, key: bytes, count: int = 200) -> list[float]:
    """How long a signed text takes to be answered, which is after its commit; sorted, in seconds."""
    taken = []
    for _ in range(count):
        body = json.dumps({"ref": secrets.token_hex(8), "from": "+6281255509999", "to": "110", "body": "halo"}).encode()
        headers = {SIGNATURE: sign(key, body), "Content-Type": "application/json"}
        began = time.monotonic()
        requests.post(f"{url}/hooks/simulator/sms", body, headers=headers, timeout=10).raise_for_status()
        taken.append(time.monotonic() - began)
    return sorted(taken)


@dataclass(frozen=True)
class Costs:
    listeners: int
    joined: float  # seconds
    threads: int
    idle: float  # per cent of one processor
    memory: float  # KiB a listener
    late: Sequence[float]  # seconds from commit to hearing, sorted
    alone: Sequence[float]  # seconds a hook takes, sorted
    crowded: Sequence[float]

    def tell(self) -> None:
        print(f"{self.listeners} listeners joined in {self.joined:.1f} s; {self.threads} threads in the web process")
        print(f"idle: {self.idle:.1f} % of one processor, {self.memory:.1f} KiB a listener")
        print(
            f"a change is heard after {median(self.late) * 1000:.0f} ms, by the last of them after {at(self.late, 1)}"
        )
        print(f"a hook without them: {median(self.alone) * 1000:.1f} ms, 99 of 100 within {at(self.alone, 0.99)}")
        print(f"a hook with them: {median(self.crowded) * 1000:.1f} ms, 99 of 100 within {at(self.crowded, 0.99)}")

    def good(self) -> bool:
        quick = self.late[-1] < LATEST and self.crowded[int(len(self.crowded) * 0.99) - 1] < HOOK
        return quick and self.memory < MEMORY and self.idle < PROCESSOR * max(1.0, self.listeners / 2000)


def at(taken: Sequence[float], part: float) -> str:
    return f"{taken[max(0, int(len(taken) * part) - 1)] * 1000:.1f} ms"


def measure(listeners: int, port: int, worker: psutil.Process) -> Costs:
    home, url = house(), f"http://127.0.0.1:{port}"
    key = home.settings.demo_hook_key.get_secret_value().encode()
    code, password = prepare(home)
    crowd = Crowd(port, log_in(url, password))
    hook_seconds(url, key, 50)  # warm
    alone, memory, began = hook_seconds(url, key), worker.memory_info().rss, time.monotonic()
    crowd.grow(listeners)
    joined, processor = time.monotonic() - began, sum(worker.cpu_times()[:2])
    crowd.heard(IDLE, b"no such word")
    idle = 100 * (sum(worker.cpu_times()[:2]) - processor) / IDLE
    grown = (worker.memory_info().rss - memory) / 1024 / listeners
    late = sorted(seconds for _ in range(CHANGES) for seconds in change(home, crowd, code))
    return Costs(listeners, joined, worker.num_threads(), idle, grown, late, alone, crowded=hook_seconds(url, key))


def prepare(home: House) -> tuple[str, str]:
    """An incident to change, and the password of the demo's desk."""
    password = home.settings.demo_password.get_secret_value()
    with home.open_uow() as uow:
        users.seed_demo(uow, password)
        return raise_alarm(uow, Caller("+6281255500001"), "text").code, password


def change(home: House, crowd: Crowd, code: str) -> list[float]:
    """Seconds after the commit at which each listener hears of it."""
    with home.open_uow() as uow:
        incident = incidents.open_by_code(uow.db, code)
        if incident is not None:
            timeline.record(uow, incident, "note")
    done = time.monotonic()
    heard = crowd.heard(5)
    if len(heard) < crowd.size:
        raise SystemExit(f"only {len(heard)} of {crowd.size} heard of a change")
    return [moment - done for moment in heard]


def main(listeners: int) -> int:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, listeners + 512)), hard))
    port = free_port()
    with tempfile.TemporaryDirectory() as folder, web_server(folder, port) as server:
        database.migrate(house().settings.database_url)
        wait_for(f"http://127.0.0.1:{port}")
        costs = measure(listeners, port, server.children()[0])
    costs.tell()
    print("good" if costs.good() else "BELOW THE FLOORS")
    return 0 if costs.good() else 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000))
