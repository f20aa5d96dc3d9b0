"""The processes that `siaga serve` and `siaga demo` start, watch and end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from types import FrameType
from typing import NoReturn

from gateway.cli.programs import command_of

PATIENCE = 12.0  # seconds in which the children may end by themselves; gunicorn gives a request 10 s to finish
AGAIN = 1.0  # seconds from one start of a child to its next: one that cannot live costs no more than that
STEP = 0.2  # seconds between two checks, so that a child that dies is back within about a second
ENDS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Children:
    """Our programs as children of this process, as a context manager: one that ends is started again.

    `programs` may name one several times. What they say goes to the file `log`, or without one where our own words go.
    """

    def __init__(self, programs: Sequence[str], environ: Mapping[str, str], log: Path | None = None) -> None:
        self._programs, self._environ, self._log = tuple(programs), dict(environ), log
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._begun: dict[int, float] = {}

    def __enter__(self) -> Children:
        self.tick()
        return self

    def __exit__(self, *_: object) -> None:
        deadline = time.monotonic() + PATIENCE
        for child in self._running.values():
            child.terminate()
        for child in self._running.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()

    def tick(self) -> None:
        """Start each child that does not run, unless it was started just now."""
        now = time.monotonic()
        for place, program in enumerate(self._programs):
            child = self._running.get(place)
            if (child is None or child.poll() is not None) and now - self._begun.get(place, -AGAIN) >= AGAIN:
                self._running[place], self._begun[place] = self._start(program), now

    def _start(self, program: str) -> subprocess.Popen[bytes]:
        """Start a child in its own session, so that Ctrl-C reaches only us and we end the children in order."""
        with self._log.open("ab") if self._log else nullcontext() as log:
            return subprocess.Popen(  # noqa: S603 - our own programs
                command_of(program),
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )


def end_on_signals() -> None:
    """Make Ctrl-C, SIGTERM and a closed terminal leave through every `with`, so that no child outlives us."""

    def leave(number: int, _: FrameType | None) -> NoReturn:
        for which in ENDS:
            signal.signal(which, signal.SIG_IGN)  # further signals must not disturb the leaving
        sys.exit(0 if number == signal.SIGINT else 128 + number)

    for number in ENDS:
        if signal.getsignal(number) != signal.SIG_IGN or number != signal.SIGHUP:  # under nohup SIGHUP stays ignored
            signal.signal(number, leave)
