"""The wheel: whatever runs in a checkout runs from it, in a folder that holds nothing of ours."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from zipfile import ZipFile

import pytest
import requests

from gateway.cli.company import free_port, settings_environ
from gateway.infrastructure import valkey
from gateway.infrastructure.database import head, newest
from gateway.infrastructure.installation import ROOT, tables, version

BUILD = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"
NAME = re.compile(r"[\w-]+")
AT_THE_ROOT = ("wsgi.py", "worker.py", "switch.py", "gunicorn.conf.py", "migrations/")
BUILT_FROM = ("setup.py", "pyproject.toml", "requirements.in", "LICENSE", "gateway/", *AT_THE_ROOT)


def tracked() -> list[str]:
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in told.split("\0") if name.startswith(BUILT_FROM) and (ROOT / name).exists()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from what git keeps, and from nothing that lies around."""
    folder = tmp_path_factory.mktemp("wheel")
    for name in tracked():
        (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, folder / "source" / name)
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=folder / "source", check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path) -> Path:
    """The wheel's content in a folder of its own; the packages that it needs are those of the tests."""
    folder = wheel.parent / "installed"
    with ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def environ(installed: Path, tmp_path: Path) -> Iterator[dict[str, str]]:
    ours = {"DEMO": "1", "PORT": str(free_port()), "WEB_CONCURRENCY": "1", "PYTHONPATH": str(installed)}
    yield settings_environ(os.environ, **ours)
    valkey.stop(tmp_path / "var")


def siaga(environ: dict[str, str], folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "gateway", *words]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=True).stdout


def test_it_holds_every_file_that_git_keeps_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    package = {name for name in tracked() if name.startswith("gateway/")}
    root = {f"gateway/root/{name}" for name in tracked() if name.startswith(AT_THE_ROOT)}
    manual = f"siaga-{version()}.data/data/share/man/man1/siaga.1"
    assert held == package | root | {manual}


def test_it_asks_for_what_requirements_in_names_and_for_no_build_tool(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        (metadata,) = (name for name in archive.namelist() if name.endswith("/METADATA"))
        told = archive.read(metadata).decode()
    asked = {NAME.match(line.split()[1])[0] for line in told.splitlines() if line.startswith("Requires-Dist")}
    wanted = [line for line in (ROOT / "requirements.in").read_text().splitlines() if line and not line.startswith("#")]
    assert asked == {NAME.match(line)[0] for line in wanted} - {"setuptools"}
    assert f"\nVersion: {version()}\n" in told


def test_from_another_folder_it_migrates_serves_and_works(
    installed: Path, environ: dict[str, str], tmp_path: Path
) -> None:
    assert siaga(environ, tmp_path, "--version") == f"siaga {version()}, tables {tables()}\n"
    siaga(environ, tmp_path, "migrate")
    assert head(f"sqlite:///{tmp_path}/var/siaga.db") == newest()
    url, running = f"http://127.0.0.1:{environ['PORT']}", []
    try:
        for program in ("web", "worker"):
            command = [sys.executable, "-m", "gateway", program]
            with (tmp_path / f"{program}.log").open("w") as log:
                running.append(subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=log, stderr=log))
        assert f"{installed}/gateway/root/worker.py" in until_it_has_become(running[1].pid)
        assert until_ready(url), (tmp_path / "web.log").read_text() + (tmp_path / "worker.log").read_text()
        for page in ("/login", "/leaflet/leaflet.js"):
            assert requests.get(f"{url}{page}", timeout=5).status_code == 200
    finally:
        for process in running:
            process.terminate()
        assert [process.wait(20) for process in running] == [0, 0]


def until_it_has_become(pid: int) -> str:
    deadline, said = time.monotonic() + 30, ""
    while "worker.py" not in said and time.monotonic() < deadline:
        said = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        time.sleep(0.05)
    return said


def until_ready(url: str) -> bool:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(requests.RequestException):
            if requests.get(f"{url}/readyz", timeout=5).status_code == 200:
                return True
        time.sleep(0.1)
    return False
