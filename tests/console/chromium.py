"""What the tests in a real browser share: how it is started, how long we wait, and what axe-core finds."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, BrowserType, Error, Page, sync_playwright
from werkzeug.serving import make_server

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
WITHIN = 1000  # milliseconds


class NoBrowser(Exception):  # noqa: N818 - named for what is missing, like NoValkey
    """No browser can be driven on this machine; the message says what is missing, and what brings it."""


@contextmanager
def started() -> Iterator[Browser]:
    """The system's Chromium, or Playwright's own, without a window. Raises NoBrowser."""
    if fault := driver_fault():
        raise NoBrowser(f"Playwright's driver does not start ({fault}); on Debian .ci/packages brings what it needs")
    with sync_playwright() as playwright:
        browser = launched(playwright.chromium)
        yield browser
        browser.close()


@cache
def driver_fault() -> str:
    """Why Playwright's driver, a Node.js out of its package, does not start: its last words, or nothing when it does.

    Asked before Playwright is: in its own error the name of a missing library is not told.
    """
    command = [sys.executable, "-m", "playwright", "--version"]
    asked = subprocess.run(command, capture_output=True, text=True)
    return (asked.stderr.strip().rpartition("\n")[2] or f"it ends with {asked.returncode}") if asked.returncode else ""


def launched(kind: BrowserType) -> Browser:
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if not (path or Path(kind.executable_path).exists()):
        raise NoBrowser("there is no Chromium: apt install chromium, or .venv/bin/playwright install chromium")
    try:
        return kind.launch(executable_path=path, args=FLAGS)
    except Error as error:
        said = re.search(r"\[err\] (.+)", error.message) or re.search("(.+)", error.message)
        raise NoBrowser(f"Chromium does not start ({said and said[1]}); on Debian: apt install chromium") from error


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Where this app is served, by this very process."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join()
    server.server_close()


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def wait_until(true: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come to be"
        time.sleep(0.05)


def faults(page: Page) -> list[str]:
    """The serious accessibility faults of a page."""
    found = Axe().run(page).response["violations"]
    grave = [one for one in found if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {node['html'][:120]}" for one in grave for node in one["nodes"]]
