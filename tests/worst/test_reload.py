"""SIGHUP replaces gunicorn's processes, and nobody who asks meanwhile has to wait for the new ones to be ready."""

from __future__ import annotations

import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from worst.conftest import Towns
from worst.processes import eventually
from worst.town import Town


def seconds(town: Town) -> float:
    """How long one request waits, on a connection of its own."""
    started = time.monotonic()
    assert requests.get(f"{town.address}/healthz", timeout=30).status_code == 200
    return time.monotonic() - started


def booted(said: str) -> int:
    return len(re.findall("Booting worker", said))


def left(said: str) -> int:
    return len(re.findall("Worker exiting", said))


def test_no_request_waits_for_the_new_processes(towns: Towns, sqlite_url: str) -> None:
    town = towns.found(sqlite_url, None)
    town.settings |= {"WEB_CONCURRENCY": "2"}
    web = town.start_web()
    eventually(10, lambda: booted(web.said) == 2, "both processes run")
    web.process.send_signal(signal.SIGHUP)
    waited = []
    with ThreadPoolExecutor(20) as threads:
        gone = until = time.monotonic() + 40
        while time.monotonic() < min(gone + 3, until):
            waited.append(threads.submit(seconds, town))
            time.sleep(0.1)
            gone = gone if gone < until or left(web.said) < 2 else time.monotonic()
    slowest = max(one.result() for one in waited)
    assert (booted(web.said), left(web.said)) == (4, 2)
    assert slowest < 2, f"{slowest:.1f} s of {len(waited)} requests"
    assert web.terminate() < 10
