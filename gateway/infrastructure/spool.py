"""Keep requests that arrive while the database is away: one encrypted file per request, handed in when it is back.

A carrier gets its 200 only after `keep` has returned; from then on the request survives a crash and a power cut.
Panics come home first, then answers, then what carriers report; within a lane the oldest first and several at a time,
but those of one phone one after the other.

Several processes share the folder. A process that hands a file in holds a lock on it, and the system releases that lock
when the process ends, so no file stays claimed by a dead process. A request may be handed in twice; the in-tray
recognises it by its reference.
"""

from __future__ import annotations

import base64
import fcntl
import json
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import replace
from enum import IntEnum
from functools import partial
from itertools import islice
from pathlib import Path

from gateway.core.messages import Hook
from gateway.infrastructure.database import is_gone, is_held

log = logging.getLogger(__name__)
AT_ONCE = 8  # requests of different phones that one process hands in at the same time
ROUND = 64  # phones after which a round looks again for what is more urgent
MOST_FAILURES = 20  # together with the growing pauses this lasts a quarter of an hour
LONGEST_PAUSE_SECONDS = 60.0


class Lane(IntEnum):
    """The place of a kept request in the queue: the lower number comes home first."""

    PANIC = 0  # it may ask for help
    ANSWER = 1  # it answers what we sent or said
    REPORT = 2  # a carrier reports what became of a text or call of ours


class Spool:
    """A folder of kept requests. `seal` and `unseal` encrypt and decrypt text, `mark` makes a keyed hash (hexadecimal)
    of it; `clock` returns seconds since 1970."""

    def __init__(
        self,
        folder: Path,
        seal: Callable[[str], str],
        unseal: Callable[[str], str],
        mark: Callable[[str], str],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.folder, self.bad = folder, folder / "bad"
        self._seal, self._unseal, self._mark, self._clock = seal, unseal, mark, clock
        self._newest = 0  # nanoseconds since 1970 in the newest file's name: two of one moment keep their order
        # What a disk that refuses to be written keeps from being noted there: when a file's next try is due. Never, for
        # one that is handed in and could not be deleted.
        self._not_before: dict[str, float] = {}

    def keep(self, line: str, hook: Hook, lane: Lane = Lane.PANIC, phone: str = "") -> Path:
        """Write a request to the disk; it is there once this returns its file. `phone` is whose it is, "" where nobody
        knows. Raises OSError when the disk refuses."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._newest = max(self._newest + 1, int(self._clock() * 1e9))
        whose = self._mark(f"spool:{phone}")[:12] if phone else secrets.token_hex(6)
        path = self.folder / f"{self._newest:020}-{lane}-{whose}-{secrets.token_hex(4)}.0.hook"
        draft = path.with_suffix(".draft")
        try:
            _write(draft, self._seal(_to_json(line, hook)).encode("ascii"))
            draft.replace(path)
            _flush_folder(self.folder)
        except OSError:
            draft.unlink(missing_ok=True)
            raise
        return path

    def holds(self, path: Path) -> bool:
        """Return whether a request that `keep` has written is not handed in yet."""
        return any(self.folder.glob(f"{path.name.split('.')[0]}.*.hook"))

    def is_home(self) -> bool:
        """Return whether nothing waits to be handed in, but for what a human must look at."""
        return not _kept(self.folder)

    def drain(self, take: Callable[[str, Hook], None]) -> int:
        """Pass each kept request to `take(line, hook)`, which several threads call, and return how many were handed in.

        If `take` raises because the database is (still) away, the rest waits for the next time; if it raises because
        another transaction holds a lock, those of that phone wait. Any other failure belongs to that request alone: it
        is tried again after a growing pause, and after MOST_FAILURES it is set aside in `bad/` for a human. Raises
        OSError when the folder cannot be read.
        """
        home, lanes = 0, list(Lane)
        with ThreadPoolExecutor(AT_ONCE, "spool") as threads:
            while lanes:
                chains = islice(self._chains(lanes[0]), ROUND)
                brought = list(threads.map(partial(self._bring_home, take), chains))
                home += sum(count for count, _ in brought)
                if any(gone for _, gone in brought):
                    return home
                # After whatever came home a new panic may be waiting.
                lanes = list(Lane) if any(count for count, _ in brought) else lanes[1:]
        return home

    def _chains(self, lane: Lane) -> Iterable[list[Path]]:
        """Return the requests of a lane that are due, those of each phone together, the phone of the oldest first."""
        chains: dict[str, list[Path]] = {}
        for path in self._due():
            if _lane(path) == lane:
                chains.setdefault(_whose(path), []).append(path)
        return chains.values()

    def _bring_home(self, take: Callable[[str, Hook], None], chain: list[Path]) -> tuple[int, bool]:
        """Hand in the requests of one phone in their order; return how many, and whether the database is away. Where
        another process hands in the first of them, all are left to it."""
        home = 0
        for path in chain:
            with _claimed(path) as ours:
                if not ours and path.exists():
                    return home, False
                try:
                    if ours:
                        line, hook = _from_json(self._unseal(path.read_text(encoding="ascii")))
                        take(line, replace(hook, kept_at=_kept_at(path)))
                        self._delete(path)
                        home += 1
                except Exception as error:  # after any failure the request stays and the next one gets its turn
                    if is_gone(error):
                        return home, not is_held(error)
                    self._put_back(path)
        return home, False

    def forget(self, before: float) -> int:
        """Delete requests in `bad/` and drafts of crashed processes that are older than `before` (seconds since 1970).

        Return how many files were deleted.
        """
        old = [*_kept(self.bad), *self.folder.glob("*.draft")]
        return sum(_deleted(path, before) for path in old)

    def waiting(self) -> int:
        """Return how many requests are not handed in yet.

        Those in `bad/` count too, because a human must look at them.
        """
        return len(_kept(self.folder)) + len(_kept(self.bad))

    def _due(self) -> Iterator[Path]:
        for path in _kept(self.folder):
            with suppress(FileNotFoundError):  # another process has handed it in
                due = self._not_before.get(path.name, path.stat().st_mtime if _failures(path) else 0.0)
                if due <= self._clock():
                    yield path

    def _delete(self, path: Path) -> None:
        """Delete what is handed in. On a disk that refuses to, it must hold up nothing behind it."""
        try:
            path.unlink()
            self._not_before.pop(path.name, None)
        except OSError as error:
            self._not_before[path.name] = float("inf")
            log.error("a spooled request is handed in and stays on the disk", extra={"error": type(error).__name__})

    def _put_back(self, path: Path) -> None:
        failures = _failures(path) + 1
        given_up = failures >= MOST_FAILURES
        log.log(
            logging.ERROR if given_up else logging.WARNING,
            "a spooled request %s",
            "is set aside for a human" if given_up else "failed",
            exc_info=True,
            extra={"file": path.name, "failures": failures},
        )
        due = self._clock() + min(2.0**failures, LONGEST_PAUSE_SECONDS)
        try:
            if given_up:
                self.bad.mkdir(mode=0o700, exist_ok=True)
            else:
                os.utime(path, (due, due))  # the file's modification time is the time of the next try
            path.rename((self.bad if given_up else self.folder) / f"{path.name.split('.')[0]}.{failures}.hook")
        except OSError:  # the disk cannot be written: this process remembers it
            self._not_before[path.name] = due


# --- files -------------------------------------------------------------------------------------------------------


def _kept(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.hook"))


def _deleted(path: Path, before: float) -> bool:
    with suppress(FileNotFoundError):  # somebody else was quicker
        if path.stat().st_mtime < before:
            path.unlink()
            return True
    return False


def _kept_at(path: Path) -> float:
    """Return when a request came in, in seconds since 1970; the file's name says it and never changes."""
    return int(path.name.partition("-")[0]) / 1e9


def _lane(path: Path) -> Lane:
    """Return the lane of a request. Files of a version that had none count as panics."""
    parts = path.name.split("-")
    return Lane(int(parts[1])) if len(parts) == 4 else Lane.PANIC


def _whose(path: Path) -> str:
    """Return the mark of the phone that a request is from, else one of its own."""
    parts = path.name.split("-")
    return parts[2] if len(parts) == 4 else path.name


def _failures(path: Path) -> int:
    return int(path.name.split(".")[1])


def _write(path: Path, content: bytes) -> None:
    """Write a new file that only we may read; it is on the disk once this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _flush_folder(folder: Path) -> None:
    """Flush the folder to the disk: a new file name is safe only after that."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _claimed(path: Path) -> Iterator[bool]:
    """Lock the file for the `with` block; yield False if another process holds it or has already handed it in."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        yield _locked(descriptor) and path.exists()
    finally:
        os.close(descriptor)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _to_json(line: str, hook: Hook) -> str:
    fields = {name: dict(value) if isinstance(value, Mapping) else value for name, value in vars(hook).items()}
    return json.dumps({"line": line, "hook": fields | {"body": base64.b64encode(hook.body).decode("ascii")}})


def _from_json(text: str) -> tuple[str, Hook]:
    kept = json.loads(text)
    fields = kept["hook"]
    for name in ("query", "form"):
        fields[name] = {key: tuple(values) for key, values in fields[name].items()}
    return kept["line"], Hook(**fields | {"body": base64.b64decode(fields["body"])})
