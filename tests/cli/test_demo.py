"""`siaga demo` with its real processes."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from gateway.cli.company import free_port, is_free, settings_environ

SIAGA = (sys.executable, "-m", "gateway")
SET_SIGHUP = "import os, signal, sys; signal.signal(signal.SIGHUP, signal.{}); os.execv(sys.argv[1], sys.argv[1:])"
# A child inherits an ignored SIGHUP, and the demo respects it: the tests must not depend on how they were started.
FROM_A_TERMINAL = (sys.executable, "-c", SET_SIGHUP.format("SIG_DFL"))
UNDER_NOHUP = (sys.executable, "-c", SET_SIGHUP.format("SIG_IGN"))
LEAVES_ON_SIGNALS = """
import time
from gateway.cli.children import end_on_signals
end_on_signals()
print("ready", flush=True)
time.sleep(60)
"""
LINE = re.compile(r"\+\d+\.\d{3} s  \S.*")


def wait_for(what: str, look: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not look():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.1)


def children_of(pid: int) -> dict[str, int]:
    """What runs below a process, by program."""
    found = {}
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            words = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            found["worker" if "worker.py" in words else "web" if "gunicorn" in words else words] = int(child)
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return settings_environ(os.environ, DATA_DIR=str(tmp_path / "var"), PORT=str(free_port()))


@pytest.fixture
def demo(environ: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    with greeted(environ, tmp_path) as process:
        yield process


@contextmanager
def greeted(environ: dict[str, str], tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A demo that has greeted; what it says is in `said`."""
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen([*FROM_A_TERMINAL, *SIAGA, "demo"], env=environ, stdout=said, stderr=said, text=True)
    try:
        wait_for("the greeting", lambda: "Ctrl-C ends everything" in (tmp_path / "said").read_text(), 90)
        yield process
    finally:
        process.terminate()
        process.wait(60)


def test_one_panic_goes_through_the_whole_chain_though_port_8000_is_taken(environ: dict[str, str]) -> None:
    with socket.socket() as squatter:
        if is_free("127.0.0.1", 8000):
            squatter.bind(("127.0.0.1", 8000))
            squatter.listen()
        environ |= {"DATABASE_URL": "postgresql://nobody@localhost:1/none", "CARRIERS": "twilio"}  # not for this one
        done = subprocess.run([*SIAGA, "demo", "--once"], env=environ, capture_output=True, text=True, timeout=180)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert all(LINE.fullmatch(line) for line in lines), lines
    seconds = [float(line.split(" ")[0]) for line in lines]
    assert seconds == sorted(seconds)
    story = ["texts: TOLONG", "Panggilan masuk", "rings", "presses 1", "Menerima", "rings back", "talk to each other"]
    places = [next(at for at, line in enumerate(lines) if words in line) for words in story]
    assert places == sorted(places)
    assert any("reads: DARURAT" in line for line in lines)


def test_a_child_that_dies_is_back_and_none_outlives_the_demo(
    demo: subprocess.Popen[str], environ: dict[str, str], tmp_path: Path
) -> None:
    before = children_of(demo.pid)
    os.kill(before["worker"], signal.SIGKILL)
    wait_for("a new worker", lambda: children_of(demo.pid).get("worker") not in (None, before["worker"]), seconds=2)
    said = (tmp_path / "said").read_text()
    url = f"http://127.0.0.1:{environ['PORT']}"
    assert url in said
    assert "log in as admin" in said
    assert requests.get(f"{url}/healthz", timeout=5).status_code == 200
    tried = re.findall(r"siaga (phone .+)", said)
    assert [line.split()[2] for line in tried] == ["text", "screen", "press"]
    last = children_of(demo.pid)
    demo.send_signal(signal.SIGINT)
    assert demo.wait(30) == 0
    wait_for("the end of the children", lambda: not any(is_alive(pid) for pid in last.values()), seconds=2)


def test_a_terminal_that_is_closed_leaves_no_child_behind(environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "url").write_text(f"sqlite:///{tmp_path}/of-a-file.db\n")
    with greeted(environ | {"DATABASE_URL_FILE": str(tmp_path / "url")}, tmp_path) as demo:
        last = children_of(demo.pid)
        assert last.keys() >= {"web", "worker"}
        demo.send_signal(signal.SIGHUP)
        demo.wait(30)
        wait_for("the end of the children", lambda: not any(is_alive(pid) for pid in last.values()), seconds=2)


def test_nohup_outlives_the_terminal_and_any_other_signal_ends_it() -> None:
    command = [*UNDER_NOHUP, sys.executable, "-c", LEAVES_ON_SIGNALS]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        assert process.poll() is None
        process.terminate()
        assert process.wait(10) == 128 + signal.SIGTERM


def test_a_port_that_is_taken_is_a_sentence(environ: dict[str, str]) -> None:
    with socket.socket() as squatter:
        squatter.bind(("127.0.0.1", int(environ["PORT"])))
        squatter.listen()
        done = subprocess.run([*SIAGA, "demo"], env=environ, capture_output=True, text=True, timeout=180)
    assert done.returncode == 3
    assert f"port {environ['PORT']} of 127.0.0.1 is taken" in done.stderr
