"""Two hosts of one installation: each with web, a worker and a DATA_DIR of its own; a proxy in front of both."""

from __future__ import annotations

import itertools
import socket
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from worst.processes import Running, eventually
from worst.town import Town

from gateway.cli.company import free_port

CHUNK = 65536  # bytes


class Proxy:
    """Brings each connection to the next host in turn, and past one that does not answer, as a proxy does."""

    def __init__(self, port: int, hosts: list[int]) -> None:
        self.served = dict.fromkeys(hosts, 0)
        self._turn = itertools.cycle(hosts)
        self._lock = threading.Lock()
        self._door = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._stand, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _stand(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                threading.Thread(target=self._bring, args=(client,), daemon=True).start()

    def _bring(self, client: socket.socket) -> None:
        with client:
            for _ in self.served:
                with self._lock:
                    host = next(self._turn)
                with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", host), 30) as web:
                    self.served[host] += 1
                    asking = threading.Thread(target=_copy, args=(client, web), daemon=True)
                    asking.start()
                    _copy(web, client)
                    return


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while said := source.recv(CHUNK):
            target.sendall(said)
        target.shutdown(socket.SHUT_WR)


@dataclass
class Host:
    """One machine, as the town's processes are told of it."""

    town: Town
    running: list[Running] = field(default_factory=list)

    def start(self) -> None:
        before = len(self.town.beats())
        self.running = [
            self.town.start("web", [sys.executable, "-m", "gunicorn", "wsgi:app"]),
            self.town.start("worker", [sys.executable, "worker.py"]),
        ]
        eventually(40, self.town.web_answers, "the web process answers")
        eventually(40, lambda: len(self.town.beats()) > before, "the worker beats")

    def loses_power(self) -> None:
        for one in self.running:
            one.kill()


def two_hosts(town: Town, folder: Path) -> tuple[Proxy, Host, Host]:
    """Return the town behind a proxy at its address, and two hosts that serve it and are not started yet."""
    public = {"PUBLIC_URL": town.address}
    hosts = [
        Host(replace(town, port=free_port(), data_dir=folder / name, settings=town.settings | public))
        for name in ("first", "second")
    ]
    return Proxy(town.port, [host.town.port for host in hosts]), hosts[0], hosts[1]
