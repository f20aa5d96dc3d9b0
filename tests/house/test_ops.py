"""What runs Siaga elsewhere: the image, the compose files and the units of systemd hold what they promise."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.cli import commands
from gateway.infrastructure.installation import ROOT
from gateway.web.console.admin import imports

UNITS = ROOT / "ops" / "systemd"
DOCKERFILE = ROOT / "Dockerfile"


def compose(name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))["services"])


def test_the_dockerfile_has_nothing_that_hadolint_would_change() -> None:
    said = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), "--no-color", DOCKERFILE], capture_output=True, text=True
    )
    assert (said.returncode, said.stdout) == (0, "")


def test_the_image_is_built_from_files_that_are_there_and_not_left_out() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE.read_text(encoding="utf-8"), re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    let_in = {line[1:] for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines() if line.startswith("!")}
    assert names == let_in
    assert [name for name in names if not (ROOT / name).exists()] == []
    assert names >= {"wsgi.py", "worker.py", "switch.py", "gunicorn.conf.py", "migrations"}  # what the wheel ships


def test_the_image_runs_as_nobody_special_and_says_how_it_is() -> None:
    final = DOCKERFILE.read_text(encoding="utf-8").rpartition("FROM ")[2]
    assert re.search(r"^USER [1-9]\d+$", final, re.MULTILINE)
    assert "HEALTHCHECK" in final
    assert "/healthz" in final


@pytest.mark.parametrize("name", ["compose.yaml", "compose.demo.yaml"])
def test_our_containers_write_only_to_their_volume_and_run_our_commands(name: str) -> None:
    ours = {service: told for service, told in compose(name).items() if "build" in told}
    assert ours
    for told in ours.values():
        assert told["read_only"] is True
        assert told["cap_drop"] == ["ALL"]
        assert told["security_opt"] == ["no-new-privileges:true"]
        assert told["command"][0] == "siaga"
        assert told["command"][1] in commands()


def test_an_installation_has_all_its_parts_and_nothing_starts_before_the_tables() -> None:
    services = compose("compose.yaml")
    assert set(services) == {"release", "web", "worker", "switch", "db", "valkey", "caddy"}
    for name in ("web", "worker", "switch"):
        assert services[name]["depends_on"]["release"] == {"condition": "service_completed_successfully"}
    assert all("ports" not in told for name, told in services.items() if name != "caddy")


def test_the_proxy_limits_what_carriers_send_and_not_the_files_that_an_admin_brings() -> None:
    told = (ROOT / "ops" / "Caddyfile").read_text(encoding="utf-8")
    assert re.search(r"@hooks path /hooks/\*\n\trequest_body @hooks {\n\t\tmax_size 1MB\n", told)
    assert told.count("max_size") == 1
    assert imports.FORM > 1024 * 1024


# --- systemd ----------------------------------------------------------------------------------------------------------


def test_every_unit_runs_one_of_our_commands_and_is_hardened() -> None:
    services = sorted(UNITS.glob("*.service"))
    assert {path.stem for path in services} >= {"siaga-web", "siaga-worker@", "siaga-switch", "siaga-watchdog"}
    for path in services:
        text = path.read_text(encoding="utf-8")
        (command,) = re.findall(r"^ExecStart=/opt/siaga/bin/siaga (\S+)$", text, re.MULTILINE)
        assert command in commands()
        for promise in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n", "User=siaga"):
            assert promise in text, (path.name, promise)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here: nobody counts the doors")
def test_systemd_calls_no_unit_exposed() -> None:
    units = sorted(UNITS.glob("*.service"))
    said = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", *units], capture_output=True, text=True
    )
    assert said.returncode == 0, said.stdout[-2000:]  # 20 stands for 2.0 of 10


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="no systemd-analyze here: the units are not verified"
)
def test_systemd_finds_no_fault_in_the_units(tmp_path: Path) -> None:
    for path in UNITS.glob("siaga*"):
        text = path.read_text(encoding="utf-8").replace("/opt/siaga/bin/siaga", "/bin/true")
        for name in {path.name, *(path.name.replace("@", f"@{number}") for number in "12")}:
            (tmp_path / name).write_text(text, encoding="utf-8")
    units = sorted(str(path) for path in tmp_path.iterdir() if "@." not in path.name)
    said = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True)
    assert (said.returncode, said.stderr) == (0, "")
