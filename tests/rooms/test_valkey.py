"""The embedded Valkey: one for everybody, back whenever it is needed."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from gateway.infrastructure import valkey

SHOW = """
import pathlib, redis, sys
from gateway.infrastructure import valkey
url = valkey.embedded(pathlib.Path(sys.argv[1]))
with redis.Redis.from_url(url) as connection:
    print(connection.info("server")["process_id"])
"""


@pytest.fixture
def data_dir(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    valkey.stop(tmp_path)


def client(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, decode_responses=True)


def pid(url: str) -> int:
    with client(url) as connection:
        return int(connection.info("server")["process_id"])


def test_the_first_starts_it_and_the_next_joins(data_dir: Path) -> None:
    first, second = valkey.embedded(data_dir), valkey.embedded(data_dir)
    assert first == second
    assert pid(first) == pid(second)


def test_it_outlives_whoever_started_it(data_dir: Path) -> None:
    shown = subprocess.run([sys.executable, "-c", SHOW, data_dir], check=True, capture_output=True, text=True).stdout
    assert int(shown) == pid(valkey.embedded(data_dir))


def test_racing_processes_get_one_server(data_dir: Path) -> None:
    command = [sys.executable, "-c", SHOW, str(data_dir)]
    racers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    shown = [int(racer.communicate(timeout=60)[0]) for racer in racers]
    assert shown == [pid(valkey.embedded(data_dir))] * 4


def test_a_killed_one_is_started_again_and_remembers(data_dir: Path) -> None:
    url = valkey.embedded(data_dir)
    killed = pid(url)
    with client(url) as connection:
        connection.set("owed", "1")
        connection.execute_command("CONFIG", "SET", "appendfsync", "always")
        connection.set("owed", "2")
    os.kill(killed, signal.SIGKILL)
    again = valkey.embedded(data_dir)
    assert pid(again) != killed
    with client(again) as connection:
        assert connection.get("owed") == "2"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten seconds are for a slow disk, not for a test."""
    monkeypatch.setattr(valkey, "PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(valkey, "PING_SECONDS", 0.1)


@pytest.mark.usefixtures("impatient")
def test_a_stuck_one_is_replaced(data_dir: Path) -> None:
    url = valkey.embedded(data_dir)
    stuck = pid(url)
    os.kill(stuck, signal.SIGSTOP)
    assert pid(valkey.embedded(data_dir)) != stuck


def test_a_number_left_by_a_dead_server_is_never_signalled(data_dir: Path) -> None:
    url = valkey.embedded(data_dir)
    valkey.stop(data_dir)
    bystander = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    (data_dir / "valkey" / "valkey.pid").write_text(str(bystander.pid), encoding="ascii")
    valkey.stop(data_dir)
    assert valkey.embedded(data_dir) == url
    valkey.stop(data_dir)
    bystander.communicate(b"\n", timeout=10)
    assert bystander.returncode == 0


def test_stopping_ends_it_and_stopping_again_does_no_harm(data_dir: Path) -> None:
    url = valkey.embedded(data_dir)
    valkey.stop(data_dir)
    valkey.stop(data_dir)
    with client(url) as connection, pytest.raises(redis.ConnectionError):
        connection.ping()


def test_a_path_too_long_for_a_socket_is_no_obstacle(data_dir: Path) -> None:
    deep = data_dir / ("d" * 90) / "var with a blank"
    url = valkey.embedded(deep)
    try:
        assert pid(url) == pid(valkey.embedded(deep))
        assert (deep / "valkey" / "appendonlydir").is_dir()
    finally:
        valkey.stop(deep)
        shutil.rmtree(Path(url.removeprefix("unix://")).parent)


@pytest.mark.usefixtures("impatient")
def test_one_that_never_comes_up_is_said_so_with_its_log(data_dir: Path) -> None:
    (data_dir / "valkey").mkdir()
    (data_dir / "valkey" / "appendonlydir").write_text("not a folder", encoding="ascii")
    with pytest.raises(valkey.NoValkey, match=r"valkey\.log"):
        valkey.embedded(data_dir)
