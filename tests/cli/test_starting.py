"""Programs that cannot start: each ends with a sentence that names the setting, as somebody reads it in a log."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests
from cryptography.fernet import Fernet

from gateway.cli.company import free_port, settings_environ
from gateway.infrastructure.installation import ROOT

WEB = (sys.executable, "-m", "gunicorn", "wsgi:app")
WORKER = (sys.executable, "worker.py")
RELEASE = (sys.executable, "-m", "alembic", "upgrade", "head")
SIAGA = (sys.executable, "-m", "gateway", "inbox")


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    # One process of web: where two refuse at once, gunicorn adds a traceback of its own behind their sentences.
    more = {"DEMO": "1", "DATA_DIR": str(tmp_path / "var"), "PORT": str(free_port()), "WEB_CONCURRENCY": "1"}
    return settings_environ(os.environ, **more)


def refused(program: tuple[str, ...], environ: dict[str, str]) -> str:
    done = subprocess.run(program, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.parametrize("program", [WEB, WORKER, RELEASE, SIAGA])
def test_a_wrong_setting_is_named_and_no_traceback_hides_it(program: tuple[str, ...], environ: dict[str, str]) -> None:
    said = refused(program, environ | {"DEFAULT_LANGUAGE": "fr"})
    assert said.count("DEFAULT_LANGUAGE: must be one of id, en, sw") == 1


@pytest.mark.parametrize("program", [WEB, WORKER, SIAGA])
def test_what_only_shows_when_it_is_used_is_tried_before_anybody_relies_on_it(
    program: tuple[str, ...], environ: dict[str, str]
) -> None:
    real = {"DEMO": "0", "CARRIERS": "smsgate", "PUBLIC_URL": "https://siaga.example", "SECRET_KEY": "of-a-test"}
    real |= {
        "ENCRYPTION_KEYS": "Zm9yLXRlc3RzLW9ubHktYS1maXJzdC1rbm93bi1rZXk=",
        "SMSGATE_API_URL": "http://phone.example",
    }
    real |= {
        "SMSGATE_USERNAME": "u",
        "SMSGATE_PASSWORD": "p",
        "SMSGATE_SIGNING_KEY": "k",
        "SMSGATE_NUMBER": "+6281255501001",
    }
    said = refused(program, environ | real | {"REDIS_URL": "redis://localhost:port", "DATA_DIR": "/dev/null"})
    assert "REDIS_URL: must be " in said
    assert "DATA_DIR: must be " in said


@pytest.mark.parametrize("program", [WEB, WORKER, RELEASE, SIAGA])
def test_keys_of_another_database_stop_every_program(program: tuple[str, ...], environ: dict[str, str]) -> None:
    subprocess.run(RELEASE, cwd=ROOT, env=environ, check=True, capture_output=True, timeout=60)
    subprocess.run(SIAGA, cwd=ROOT, env=environ, check=True, capture_output=True, timeout=60)
    said = refused(program, environ | {"ENCRYPTION_KEYS": Fernet.generate_key().decode()})
    assert "ENCRYPTION_KEYS: do not open what is sealed in this database" in said


@pytest.mark.parametrize("url", ["postgresql://siaga:hidden@127.0.0.1:1/siaga", "sqlite:////dev/null/siaga.db"])
def test_a_release_without_its_database_says_so(url: str, environ: dict[str, str]) -> None:
    said = refused(RELEASE, environ | {"DATABASE_URL": url})
    assert "The database does not answer; is it running, and is DATABASE_URL right?" in said
    assert "hidden" not in said


@pytest.mark.parametrize("host", ["", "::1"])
def test_web_listens_where_the_settings_say_and_an_empty_host_is_not_everywhere(
    host: str, environ: dict[str, str], tmp_path: Path
) -> None:
    port = environ.pop("PORT")
    (tmp_path / "port").write_text(f"{port}\n")
    environ |= {"HOST": host, "PORT_FILE": str(tmp_path / "port"), "WEB_CONCURRENCY": "0"}
    with (tmp_path / "said").open("w") as said:
        web = subprocess.Popen(WEB, cwd=ROOT, env=environ, stderr=said)
    try:
        where = f"http://{f'[{host}]' if host else '127.0.0.1'}:{port}"
        deadline = time.monotonic() + 60
        while f"Listening at: {where} " not in (tmp_path / "said").read_text():
            assert time.monotonic() < deadline, (tmp_path / "said").read_text()
            time.sleep(0.1)
        assert requests.get(f"{where}/healthz", timeout=60).status_code == 200
    finally:
        web.terminate()
        web.wait(30)


def test_the_watchdog_reads_the_settings_file(tmp_path: Path) -> None:
    """Its unit for systemd names nothing but that file."""
    told = {"WATCHED_URL": "https://siaga.example", "WATCHDOG_KEY": "no-key", "WATCHDOG_LIST": "watchers"}
    told |= {"CARRIERS": "smsgate", "SMSGATE_API_URL": "http://phone.example", "SMSGATE_NUMBER": "+6281255501001"}
    told |= {"SMSGATE_USERNAME": "u", "SMSGATE_PASSWORD": "p", "SMSGATE_SIGNING_KEY": "k"}
    file = tmp_path / "siaga.env"
    file.write_text("".join(f"{name}={value}\n" for name, value in told.items()))
    said = refused((sys.executable, "-m", "gateway", "watchdog"), settings_environ(os.environ, SETTINGS_FILE=str(file)))
    assert "WATCHDOG_KEY: is no key" in said
    assert "is missing" not in said
