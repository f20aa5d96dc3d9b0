"""`siaga demo`: everything on this machine, with made-up people and simulated phones."""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from pathlib import Path

import click

from gateway.cli import rehearsal
from gateway.cli.children import end_on_signals
from gateway.cli.company import Company, free_port, is_free, settings_environ
from gateway.cli.door import Trouble
from gateway.config import Settings
from gateway.config.sources import NO_FILE, environment
from gateway.demo_city import BUDI, JOKO


@click.command()
@click.option("--once", is_flag=True, help="One panic through the whole chain, then its timeline.")
def demo(once: bool) -> None:
    """A small made-up Pontianak with phones, on this machine.

    With --once: one panic through the whole chain in a folder and on a port of its own; ends with 0 only if an officer
    accepted.
    """
    end_on_signals()
    if once:
        sys.exit(_once())
    _stay()


def _stay() -> None:
    environ = environment() | NO_FILE | {"DEMO": "1"}
    settings = Settings.load(environ)
    if not is_free(settings.host, settings.port):
        raise Trouble(f"port {settings.port} of {settings.host} is taken; choose another: PORT=8001 make demo")
    click.echo("Siaga demo is starting …")
    with Company(settings, environ) as company:
        try:
            rehearsal.until("web answers", company.answers, company.tick, rehearsal.FIRST)
        except TimeoutError as error:
            raise Trouble(f"gave up {error}; the reason is in {company.log}") from error
        click.echo(greeting(company))
        company.run()


def _once() -> int:
    with tempfile.TemporaryDirectory(prefix="siaga-") as folder:
        port = str(free_port())
        environ = settings_environ(os.environ, DEMO="1", DATA_DIR=folder, HOST="127.0.0.1", PORT=port)
        with Company(Settings.load(environ), environ) as company:
            return rehearsal.run(company)


def _called() -> str:
    """Return how `siaga` is called from another terminal for this demo, with what the environment told this one."""
    told = [f"{name}={shlex.quote(os.environ[name])}" for name in ("DATA_DIR", "PORT") if os.environ.get(name)]
    program = Path(sys.executable).with_name("siaga")
    here = Path.cwd()
    return " ".join([*told, str(program.relative_to(here) if program.is_relative_to(here) else program)])


def greeting(company: Company) -> str:
    """Return the text with the addresses of the pages, the log-in, and three commands to try."""
    settings, ours = company.settings, _called()
    lines = [
        f"Siaga demo       {settings.public_url}",
        f"  phones         {settings.public_url}/phones",
        f"  monitor        {settings.public_url}/monitor   (log in as desk)",
        f"  administration {settings.public_url}/admin   (log in as admin)",
        f"  password       {settings.demo_password.get_secret_value()}   (of desk, admin and viewer)",
        *(f"  {name}'s codes  {uri}" for name, uri in company.otpauth.items()),
        f"  log            {company.log}",
        "",
        f"Be a phone, in another terminal in {Path.cwd()}:",
        f'  {ours} phone {BUDI} text "TOLONG ada maling"',
        f"  {ours} phone {JOKO} screen",
        f"  {ours} phone {JOKO} press 1",
        "",
        "Ctrl-C ends everything.",
    ]
    return "\n" + "\n".join(lines) + "\n"
