"""A small Polres on one machine: one command, one file of settings, one port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from cli.test_demo import children_of, is_alive, wait_for

from gateway.cli.company import free_port, settings_environ

LINES = """\
PUBLIC_URL=https://siaga.example
PORT={port}
DATA_DIR=data
WEB_CONCURRENCY=1
SECRET_KEY=of-a-test
ENCRYPTION_KEYS=Zm9yLXRlc3RzLW9ubHktYS1maXJzdC1rbm93bi1rZXk=
CARRIERS=smsgate
SMSGATE_API_URL=http://127.0.0.1:1
SMSGATE_USERNAME=siaga
SMSGATE_PASSWORD='of a # test'
SMSGATE_SIGNING_KEY=of-a-test
SMSGATE_NUMBER=+6281255501001
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The command in a folder that holds nothing but the settings; what it says is in `said`."""
    port = free_port()
    (tmp_path / "siaga.env").write_text(LINES.format(port=port))
    environ = settings_environ(os.environ)
    del environ["SETTINGS_FILE"]
    with (tmp_path / "said").open("w") as said:
        command = [sys.executable, "-m", "gateway", "serve"]
        process = subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=said, stderr=said)
    try:
        yield process, f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(60)


def is_ready(url: str) -> bool:
    try:
        return requests.get(f"{url}/readyz", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def test_one_command_serves_restarts_what_dies_and_ends_all_of_it(
    served: tuple[subprocess.Popen[bytes], str], tmp_path: Path
) -> None:
    process, url = served
    wait_for("a ready gateway", lambda: is_ready(url), 150)
    before = children_of(process.pid)
    assert set(before) == {"web", "worker"}  # no line needs a switch
    os.kill(before["web"], signal.SIGKILL)
    wait_for("a new web", lambda: children_of(process.pid).get("web") not in (None, before["web"]), 3)
    wait_for("an answer of the new web", lambda: is_ready(url), 90)
    valkey = int((tmp_path / "data/valkey/valkey.pid").read_text())
    last = [*children_of(process.pid).values(), valkey]
    assert all(is_alive(pid) for pid in last)
    process.terminate()
    assert process.wait(30) == 128 + signal.SIGTERM
    assert not any(is_alive(pid) for pid in last)
    assert "Traceback" not in (tmp_path / "said").read_text()
