"""The process `switch`: it holds every line that needs it, and is idle where none does."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Sequence
from functools import partial
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from gateway.carriers.asterisk.line import Asterisk
from gateway.carriers.failover import Switchboard
from gateway.infrastructure.database import is_gone
from gateway.switch import holding
from gateway.switch.exchange import Exchange
from gateway.unit_of_work import OpenUnitOfWork

log = logging.getLogger(__name__)

BEAT = 1.0  # seconds
PARTING = 5.0  # seconds that an ending process waits for its threads
SETTLING = 0.5  # seconds in which calls keep in Asterisk what web has not taken


class Duty:
    """One process's holding of its lines. While the database is away it holds what it held."""

    def __init__(self, open_uow: OpenUnitOfWork, lines: Sequence[Asterisk]) -> None:
        self.ending = threading.Event()
        self._open_uow = open_uow
        self._held: dict[str, bool] = {}
        self.exchanges = [Exchange(line, partial(self._holds, line.name), self.ending) for line in lines]

    def _holds(self, line: str) -> bool:
        return self._held.get(line, False)

    def beat(self) -> None:
        for exchange in self.exchanges:
            name = exchange.line.name
            with self._open_uow() as uow:
                holds = holding.hold(uow, name, linked=exchange.linked)
            if self._held.get(name) is not holds:
                log.info("holds the line from now on" if holds else "stands by", extra={"line": name})
            self._held[name] = holds

    def run(self) -> None:
        """Beat and hold until `ending`."""
        threads = [threading.Thread(target=exchange.run, daemon=True) for exchange in self.exchanges]
        for thread in threads:
            thread.start()
        while True:
            try:
                self.beat()
            except SQLAlchemyError as error:
                told = {"error": type(error).__name__}
                log.warning("no beat: the database is away", exc_info=None if is_gone(error) else error, extra=told)
            if self.ending.wait(BEAT):
                break
        for thread in threads:
            thread.join(PARTING)
        if self.exchanges:
            time.sleep(SETTLING)
            self._leave()

    def _leave(self) -> None:
        try:
            with self._open_uow() as uow:
                holding.leave(uow)
        except SQLAlchemyError:
            log.warning("left without a word: the database is away")


def serve(open_uow: OpenUnitOfWork, lines: Switchboard) -> None:
    """Be the process `switch` until SIGTERM or SIGINT."""
    held = [line for line in map(lines.named, lines.names()) if isinstance(line, Asterisk)]
    duty = Duty(open_uow, held)

    def end(signum: int, frame: FrameType | None) -> None:
        duty.ending.set()

    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, end)
    if not held:
        log.info("no line is held by this process: it is idle")
    duty.run()
    log.info("ends")
