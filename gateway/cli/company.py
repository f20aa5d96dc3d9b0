"""The demo's processes: web and worker, started in the usual way, and the clock of the simulated network."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from typing import NoReturn

import requests

from gateway import demo_city
from gateway.cli.children import STEP, Children
from gateway.config import Settings
from gateway.config.sources import NO_FILE
from gateway.demo_city.network import Wire, exchange
from gateway.identity import users
from gateway.infrastructure import valkey
from gateway.infrastructure.database import migrate
from gateway.wiring import build, handsets

PROGRAMS = ("web", "worker")
PORTS = range(20_000, 32_000)  # below the ports that systems choose themselves: Linux from 32768, others from 49152
BEATS = 0.5  # seconds between two ticks of the network


class Company:
    """A whole demo in the folder of these settings, as a context manager: it loads the city and runs the children.

    `environ` is the environment of the children, from which the settings were read. Raises NoValkey, BrokenCity, and
    what migrating raises.
    """

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self.settings = settings
        migrate(settings.database_url)
        self.house = build(settings)
        self.otpauth = self._settle()
        self.network = exchange(settings, Wire(settings.public_url))
        self.log = settings.data_dir / "demo.log"
        self._children, self._ends = Children(PROGRAMS, environ, self.log), ExitStack()
        self._ticked = 0.0

    def _settle(self) -> Mapping[str, str]:
        demo_city.seed(self.house.open_uow)
        phones = handsets(self.settings)
        with self.house.open_uow() as uow:
            for number in demo_city.phones(uow):
                phones.add(number)
            return users.seed_demo(uow, self.settings.demo_password.get_secret_value())

    def __enter__(self) -> Company:
        self._ends.enter_context(self._children)
        return self

    def __exit__(self, *_: object) -> None:
        self._ends.close()
        self.house.engine.dispose()
        if self.settings.redis_url is None:
            valkey.stop(self.settings.data_dir)

    def tick(self) -> None:
        """Restart children that died, and advance the network's clock."""
        self._children.tick()
        if time.monotonic() - self._ticked >= BEATS:
            self.network.tick()
            self._ticked = time.monotonic()

    def run(self) -> NoReturn:
        """Run until a signal ends the process."""
        while True:
            self.tick()
            time.sleep(STEP)

    def answers(self) -> bool:
        """Return whether the web process takes requests."""
        with suppress(requests.RequestException):
            return requests.get(f"{self.settings.public_url}/healthz", timeout=2).ok
        return False


def settings_environ(environ: Mapping[str, str], **instead: str) -> dict[str, str]:
    """Return the environment without a settings file and any of our settings, except for those in `instead`."""
    ours = set(Settings.names())
    kept = {name: value for name, value in environ.items() if name.removesuffix("_FILE") not in ours}
    return kept | NO_FILE | instead


def is_free(host: str, port: int) -> bool:
    """Return whether somebody could listen on this port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Return a loopback port that nobody listens on and that the system does not give to a connection meanwhile."""
    tried = random.SystemRandom().sample(PORTS, 1000)  # so that two processes that ask at once hardly get the same
    return next(port for port in tried if is_free("127.0.0.1", port))
