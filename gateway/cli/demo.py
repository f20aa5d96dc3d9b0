"""`siaga demo`: everything on this machine, with made-up people and simulated phones."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from importlib import resources
from io import BytesIO
from pathlib import Path

import click
from sqlalchemy import func, select

from gateway import users, valkey
from gateway.cli import rehearsal
from gateway.cli.phones import exchange
from gateway.config import Settings
from gateway.database import migrate
from gateway.imports import kinds
from gateway.models.unit import Unit
from gateway.wiring import House, build

ROOT = Path(__file__).resolve().parent.parent.parent
CHILDREN = {
    "web": [sys.executable, "-m", "gunicorn", "wsgi:app"],
    "worker": [sys.executable, "worker.py"],
}
CITY = {
    "units": "units.csv",
    "areas": "areas.geojson",
    "officers": "officers.csv",
    "citizens": "citizens.csv",
    "places": "places.csv",
}


@click.command()
@click.option("--once", is_flag=True, help="One panic through the whole chain, then its timeline.")
def demo(once: bool) -> None:
    """A small made-up Pontianak with phones, on this machine."""
    if once:
        sys.exit(_once())
    settings = Settings.load(os.environ | {"DEMO": "1"})
    if not _free(settings.host, settings.port):
        raise click.ClickException(f"port {settings.port} is taken; choose another: PORT=8001 make demo")
    with Company(settings) as company:
        click.echo(greeting(settings, company.otpauth))
        company.run()


def _once() -> int:
    """The rehearsal, in a folder and on a port of its own."""
    with tempfile.TemporaryDirectory(prefix="siaga-") as folder:
        port = str(free_port())
        environ = os.environ | {"DEMO": "1", "DATA_DIR": folder, "PORT": port, "HOST": "127.0.0.1"}
        for name in ("PUBLIC_URL", "DATABASE_URL", "REDIS_URL"):
            environ.pop(name, None)
        settings = Settings.load(environ)
        try:
            with Company(settings, output=Path(folder) / "log") as company:
                return rehearsal.run(company.house, exchange(settings), company.tick)
        finally:
            valkey.stop(Path(folder))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def seed(house: House) -> dict[str, str]:
    """The made-up city, once; returns the log-ins' otpauth URIs."""
    with house.open_desk() as desk:
        empty = not desk.db.scalar(select(func.count(Unit.id)))
    if empty:
        for kind, name in CITY.items():
            data = resources.files("gateway.demo_city").joinpath(name).read_bytes()
            outcome = kinds.bring_in(house.open_desk, kind, BytesIO(data), by="siaga demo")
            for fault in outcome.faults:
                click.echo(f"demo {name}: {fault}", err=True)
    with house.open_desk() as desk:
        return users.seed_demo(desk, house.settings.demo_password.get_secret_value())


def greeting(settings: Settings, otpauth: dict[str, str]) -> str:
    lines = [
        "",
        f"  Siaga demo: {settings.public_url}",
        f"  phones      {settings.public_url}/phones",
        f"  monitor     {settings.public_url}/monitor   (log in as: desk)",
        f"  admin       {settings.public_url}/admin   (log in as: admin)",
        f"  password    {settings.demo_password.get_secret_value()}   (desk, admin, viewer)",
        *(f"  {name}'s authenticator  {uri}" for name, uri in otpauth.items()),
        "",
        "  Be a phone, in another terminal:",
        '    .venv/bin/siaga phone +6281360020001 text "TOLONG ada maling"',
        "    .venv/bin/siaga phone +6281270010006 screen",
        "    .venv/bin/siaga phone +6281270010006 press 1",
        "",
        "  Ctrl-C ends everything.",
        "",
    ]
    return "\n".join(lines)


class Company:
    """Web and worker as child processes, brought back when they die, and the simulated network's clock."""

    def __init__(self, settings: Settings, output: Path | None = None) -> None:
        self.settings = settings
        migrate(settings.database_url)
        self.house = build(settings)
        self.otpauth = seed(self.house)
        self.network = exchange(settings)
        self._output = output.open("ab") if output else None
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._ending = False

    def __enter__(self) -> Company:
        for name in CHILDREN:
            self._start(name)
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._children.values():
            child.terminate()
        for child in self._children.values():
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
        valkey.stop(self.settings.data_dir)

    def _start(self, name: str) -> None:
        environ = os.environ | {
            "DEMO": "1",
            "DATA_DIR": str(self.settings.data_dir.resolve()),
            "HOST": self.settings.host,
            "PORT": str(self.settings.port),
            "PUBLIC_URL": self.settings.public_url,
            "DATABASE_URL": self.settings.database_url,
        }
        self._children[name] = subprocess.Popen(  # noqa: S603 - our own two programs
            CHILDREN[name], cwd=ROOT, env=environ, stdout=self._output, stderr=self._output, start_new_session=True
        )

    def run(self) -> None:
        """Until Ctrl-C or SIGTERM."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: setattr(self, "_ending", True))
        while not self._ending:
            self.tick()
            time.sleep(0.4)

    def tick(self) -> None:
        """Bring back whoever died, and let the network's clock go on."""
        for name, child in list(self._children.items()):
            if child.poll() is not None:
                self._start(name)
        self.network.tick()
