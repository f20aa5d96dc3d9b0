"""SIGHUP replaces gunicorn's processes, and nobody who asks meanwhile has to wait for the new ones to be ready."""

from __future__ import annotations

import os
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import requests
from worst.conftest import Towns
from worst.processes import eventually
from worst.town import Town

from gateway.cli.company import free_port

NO_REDIS = "redis://127.0.0.1:1"  # else web would start one that outlives it


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
    town = towns.found(sqlite_url, NO_REDIS)
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


def test_with_a_port_for_pages_hooks_have_processes_of_their_own(towns: Towns, sqlite_url: str) -> None:
    town, pages = towns.found(sqlite_url, NO_REDIS), free_port()
    town.settings |= {"PAGES_PORT": str(pages)}
    web = town.start_web()
    eventually(10, lambda: status(pages, "/login") == 200, "the pages answer")
    assert (status(town.port, "/hooks/twilio/sms"), status(pages, "/hooks/twilio/sms")) == (403, 404)
    assert (status(town.port, "/login"), status(town.port, "/healthz"), status(pages, "/healthz")) == (404, 200, 200)
    web.process.send_signal(signal.SIGHUP)
    eventually(30, lambda: left(web.said) == 2, "the processes of before are gone")
    assert (status(town.port, "/healthz"), status(pages, "/login")) == (200, 200)
    for pid in map(int, re.findall(r"Booting worker with pid: (\d+)", web.said)[-2:]):
        os.kill(pid, signal.SIGSTOP)
        if status(pages, "/login") == 0:
            break
        os.kill(pid, signal.SIGCONT)  # it serves the hooks
    assert (status(town.port, "/hooks/twilio/sms"), status(pages, "/login")) == (403, 0)
    os.kill(pid, signal.SIGKILL)
    eventually(30, lambda: status(pages, "/login") == 200, "another process serves pages")


def status(port: int, path: str) -> int:
    """What a GET is answered; 0 if nobody answers."""
    try:
        return requests.get(f"http://127.0.0.1:{port}{path}", timeout=1).status_code
    except requests.RequestException:
        return 0
