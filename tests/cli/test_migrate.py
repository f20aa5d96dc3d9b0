"""`siaga migrate`, and the way back before an older version is installed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from gateway.cli.company import settings_environ
from gateway.infrastructure.database import head, newest


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return settings_environ(os.environ, DEMO="1", DATA_DIR=str(tmp_path))


def siaga(environ: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "gateway", "migrate", *words]
    return subprocess.run(command, env=environ, capture_output=True, text=True)


def test_tables_go_up_back_to_a_number_and_up_again(environ: dict[str, str], tmp_path: Path) -> None:
    url, before = f"sqlite:///{tmp_path}/siaga.db", f"{int(newest()) - 1:04}"
    assert siaga(environ).returncode == 0
    assert head(url) == newest()
    assert siaga(environ, "--back-to", before).returncode == 0
    assert head(url) == before
    assert siaga(environ).returncode == 0
    assert head(url) == newest()


def test_a_number_that_is_none_is_a_sentence(environ: dict[str, str]) -> None:
    done = siaga(environ, "--back-to", "9999")
    assert done.returncode == 1
    assert "9999" in done.stderr
    assert "Traceback" not in done.stderr
