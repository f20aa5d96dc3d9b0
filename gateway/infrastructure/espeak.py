"""Synthesise speech with espeak-ng, a program of its own: offline, and with a voice for each of our languages.

The text reaches it on its standard input, without a shell. What could be more than text to it is taken out: its
phonemes in double brackets, markup, control characters, and whatever is longer than a call.
"""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Sequence

from gateway.core import sounds
from gateway.core.languages import CODES
from gateway.core.sounds import BadSound, Samples

log = logging.getLogger(__name__)

PROGRAM = "espeak-ng"
VOICES = {"id": "id", "en": "en-gb", "sw": "sw"}
PATIENCE = 5.0  # seconds that one sentence may take
MOST = 600  # characters of one sentence
AT_ONCE = 4  # processes at the same time
QUEUE = 15.0  # seconds that a sentence waits for its turn
REST = 30.0  # seconds without a new promise after it failed
WORDS_A_MINUTE = 150
_NO_TEXT = re.compile(r"[^\w\s.,;:!?'%+()/-]|_")


class SilentError(Exception):
    """No sound could be made."""


class Espeak:
    """The program on this machine. It is safe to use from any thread; `run` is replaced in tests of its failures."""

    def __init__(self, program: str = PROGRAM, run: Callable[..., subprocess.CompletedProcess[bytes]] = subprocess.run):
        self._path = shutil.which(program)
        self._run = run
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._failed_at: float | None = None

    @property
    def is_installed(self) -> bool:
        return self._path is not None

    def languages(self) -> frozenset[str]:
        """Return the languages that it can be counted on to speak now."""
        resting = self._failed_at is not None and time.monotonic() - self._failed_at < REST
        return frozenset() if self._path is None or resting else frozenset(VOICES) & frozenset(CODES)

    def say(self, text: str, language: str) -> Samples:
        """Return the samples of one sentence. Raises SilentError."""
        if self._path is None or language not in VOICES:
            raise SilentError("not_installed")
        command = [self._path, "--stdin", "--stdout", "-b", "1", "-v", VOICES[language], "-s", str(WORDS_A_MINUTE)]
        try:
            made = self._made(command, plain(text).encode())
            return sounds.spoken(made)
        except (OSError, subprocess.SubprocessError, BadSound) as error:
            self._failed_at = time.monotonic()
            log.warning("no speech could be made", extra={"error": type(error).__name__})
            raise SilentError(type(error).__name__) from error

    def _made(self, command: Sequence[str], text: bytes) -> bytes:
        if not self._places.acquire(timeout=QUEUE):
            raise SilentError("busy")  # which is no fault of the program
        try:
            done = self._run(
                command,
                input=text,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=PATIENCE,
                check=True,
                env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
            )
        finally:
            self._places.release()
        return done.stdout


def plain(text: str) -> str:
    """Return the text with nothing in it that the program would take for anything but words, and no longer than
    MOST."""
    return " ".join(_NO_TEXT.sub(" ", text).split())[:MOST] + "\n"
