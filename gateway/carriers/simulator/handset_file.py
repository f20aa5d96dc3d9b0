"""The SQLite file that simulated phones live in, opened side by side by web, worker and `siaga phone`.

Every use is one short transaction. Each thread of each process keeps a connection of its own, so that none is shared
by threads or across a fork.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from gateway.carriers.simulator import handset_rows as rows
from gateway.carriers.simulator.phones import Owed

BUSY_SECONDS = 10.0
FORGETFUL = "PRAGMA synchronous = OFF"  # pretend phones may forget after a power cut; tests must be quick
LEASE = timedelta(seconds=30)  # longer than any hook takes: two tickers never post the same one at once


class PhoneFile:
    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._of_thread = threading.local()
        if not self._path.exists():
            self._create()

    def _create(self) -> None:
        """Make the file whole beside its place and then link it there: SQLite does not wait for another process that
        turns WAL on."""
        with TemporaryDirectory(dir=self._path.parent) as beside:
            made = Path(beside) / "phones"
            with closing(sqlite3.connect(made)) as db:
                db.execute(FORGETFUL)
                db.executescript(rows.SCHEMA)
            with suppress(FileExistsError):  # somebody else was quicker
                self._path.hardlink_to(made)

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        db = self._connection()
        db.execute("BEGIN IMMEDIATE")
        try:
            yield db
        except BaseException:
            db.execute("ROLLBACK")
            raise
        db.execute("COMMIT")

    def read(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        return self._connection().execute(sql, tuple(values)).fetchall()

    def _connection(self) -> sqlite3.Connection:
        """Return this thread's connection; one that came along through a fork is left alone."""
        kept: Kept | None = getattr(self._of_thread, "kept", None)
        if kept is None or kept.pid != os.getpid():
            kept = self._of_thread.kept = Kept(self._path)
        return kept.db


class Kept:
    """A connection that one thread of one process keeps, and that is closed with the thread."""

    def __init__(self, path: Path) -> None:
        self.pid = os.getpid()
        self.db = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        self.db.execute(FORGETFUL)

    def __del__(self) -> None:
        self.db.close()


class OwedHooks:
    """The hooks that the network owes the gateway, kept until one of its processes has posted them."""

    def __init__(self, file: PhoneFile) -> None:
        self._file = file

    def add(self, path: str, told: Mapping[str, object], due: datetime, about: str = "") -> Owed:
        """Owe a hook from `due` on; `path` is what stands behind /hooks/simulator/."""
        with self._file.write() as db:
            return rows.owe(db, path, told, due, about)

    def due(self, now: datetime) -> list[Owed]:
        found = self._file.read("SELECT * FROM hooks WHERE due <= ? ORDER BY due, id", (rows.stamp(now),))
        return [rows.read_owed(row) for row in found]

    def claim(self, owed: Owed, now: datetime) -> Owed | None:
        """Take a hook to post it; None when another ticker has it."""
        with self._file.write() as db:
            claimed = db.execute(rows.CLAIM_HOOK, (rows.stamp(now + LEASE), owed.id, owed.tries)).rowcount
        return replace(owed, tries=owed.tries + 1) if claimed else None

    def postpone(self, owed: Owed, until: datetime) -> None:
        with self._file.write() as db:
            db.execute("UPDATE hooks SET due = ? WHERE id = ?", (rows.stamp(until), owed.id))

    def pay(self, owed: Owed) -> None:
        with self._file.write() as db:
            db.execute("DELETE FROM hooks WHERE id = ?", (owed.id,))

    def about(self, about: str) -> bool:
        """Return whether an answer that steers this call or session is still awaited."""
        return bool(self._file.read("SELECT 1 FROM hooks WHERE about = ?", (about,)))
