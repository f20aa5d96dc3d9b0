"""Keep on the disk, sealed, what is needed when the database is away, and the marks of what was done meanwhile.

A snapshot has two kinds of parts, each a file of its own that is replaced as a whole: a small one is read at once, a
large one is split into BUCKETS, of which one lookup opens one. One process of a host writes (`Writer`); all read. A
file's modification time is when it was last known to be true.

A mark is a file that only one process can make: whoever makes it does what it stands for.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

BUCKETS = 1024
_PLACE = struct.Struct("<QI")  # where a bucket begins in its file, and its length
Sealer = Callable[[bytes], bytes]


class Snapshot:
    """The parts in `folder`. `seal` and `unseal` encrypt and decrypt bytes; unsealing raises ValueError for a file that
    none of our keys opens."""

    def __init__(self, folder: Path, seal: Sealer, unseal: Sealer) -> None:
        self.folder = folder
        self._seal, self._unseal = seal, unseal
        self._read: dict[str, tuple[tuple[int, int, int], Any]] = {}

    def write(self, part: str, content: Any, now: float) -> None:
        """Replace a small part. Raises OSError."""
        self._replace(part, [self._seal(_packed(content))], now)

    def write_buckets(self, part: str, rows: Iterable[tuple[str, Any]], now: float) -> int:
        """Replace a large part by these rows, each with its key; return how many there are. Raises OSError."""
        buckets: list[dict[str, Any]] = [{} for _ in range(BUCKETS)]
        for key, row in rows:
            buckets[_bucket(key)][key] = row
        sealed = [self._seal(_packed(bucket)) for bucket in buckets]
        starts = _PLACE.size * BUCKETS
        head = []
        for token in sealed:
            head.append(_PLACE.pack(starts, len(token)))
            starts += len(token)
        self._replace(part, [b"".join(head), *sealed], now)
        return sum(map(len, buckets))

    def confirm(self, part: str, now: float) -> bool:
        """Note that a part is still true; return False where there is no such part."""
        with suppress(OSError):
            os.utime(self._path(part), (now, now))
            return True
        return False

    def true_at(self, part: str) -> float | None:
        """Return when a part was last known to be true (seconds since 1970), or None where there is none."""
        with suppress(OSError):
            return self._path(part).stat().st_mtime
        return None

    def read(self, part: str) -> Any:
        """Return a small part, or None where there is none that we can read. It is read again only once replaced."""
        try:
            with self._path(part).open("rb") as file:
                known = os.fstat(file.fileno())
                version = (known.st_ino, known.st_size, known.st_ctime_ns)
                if part not in self._read or self._read[part][0] != version:
                    self._read[part] = (version, _unpacked(self._unseal(file.read())))
        except (OSError, ValueError):
            return None
        return self._read[part][1]

    def find(self, part: str, key: str) -> Any:
        """Return the row of a key in a large part, or None."""
        with suppress(OSError, ValueError, struct.error), self._path(part).open("rb") as file:
            file.seek(_PLACE.size * _bucket(key))
            start, length = _PLACE.unpack(file.read(_PLACE.size))
            file.seek(start)
            return _unpacked(self._unseal(file.read(length))).get(key)
        return None

    def _path(self, part: str) -> Path:
        return self.folder / f"{part}.sealed"

    def _replace(self, part: str, content: Iterable[bytes], now: float) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.folder / f"{part}.{secrets.token_hex(4)}.draft"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.writelines(content)
            os.utime(draft, (now, now))
            draft.replace(self._path(part))
        except OSError:
            draft.unlink(missing_ok=True)
            raise


def _bucket(key: str) -> int:
    return zlib.crc32(key.encode()) % BUCKETS


def _packed(content: Any) -> bytes:
    return zlib.compress(json.dumps(content, separators=(",", ":")).encode(), 1)


def _unpacked(content: bytes) -> Any:
    try:
        return json.loads(zlib.decompress(content))
    except zlib.error as error:
        raise ValueError("a part is damaged") from error


class Turn:
    """The right to write, which one process of a host has as long as it lives: the system takes it from a dead one."""

    def __init__(self, path: Path) -> None:
        self._path, self._held = path, -1

    def ours(self) -> bool:
        """Return whether this process may write. Raises OSError where the folder cannot be written."""
        if self._held >= 0:
            return True
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._held = descriptor
        return True


class Marks:
    """Marks in `folder`. A mark has a kind, whose it is, and what else tells it from others; its file's name shows only
    keyed hashes of these (`hide`), and its content is sealed."""

    def __init__(self, folder: Path, seal: Sealer, unseal: Sealer, hide: Callable[[str], str]) -> None:
        self.folder = folder
        self._seal, self._unseal, self._hide = seal, unseal, hide

    def make(self, kind: str, whose: str, what: str = "", content: Any = None) -> bool:
        """Make a mark; return False where another process has, or this one before. Raises OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path, draft = self._path(kind, whose, what), self.folder / f"{secrets.token_hex(8)}.draft"
        try:
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(self._seal(_packed(content)))
                file.flush()
                os.fsync(file.fileno())
            os.link(draft, path)  # as O_EXCL, and nobody ever reads half of it
        except FileExistsError:
            return False
        finally:
            draft.unlink(missing_ok=True)
        return True

    def read(self, kind: str, whose: str, what: str = "") -> Any:
        """Return a mark's content, or None where there is none."""
        return self._content(self._path(kind, whose, what))

    def made(self, kind: str, whose: str, what: str = "") -> bool:
        return self._path(kind, whose, what).exists()

    def of(self, kind: str, whose: str) -> Iterator[Any]:
        """Yield the content of all marks of this kind that are somebody's."""
        for path in sorted(self.folder.glob(f"{kind}-{self._hide(whose)[:24]}-*.mark")):
            content = self._content(path)
            if content is not None:
                yield content

    def drop(self, kind: str, whose: str, what: str = "") -> None:
        self._path(kind, whose, what).unlink(missing_ok=True)

    def clear(self, kinds: Iterable[str], before: float) -> int:
        """Delete all marks of these kinds that were made before `before` (seconds since 1970); return how many."""
        gone = 0
        for kind in kinds:
            for path in self.folder.glob(f"{kind}-*.mark"):
                with suppress(FileNotFoundError):
                    if path.stat().st_mtime < before:
                        path.unlink()
                        gone += 1
        return gone

    def _path(self, kind: str, whose: str, what: str) -> Path:
        return self.folder / f"{kind}-{self._hide(whose)[:24]}-{self._hide(what)[:24]}.mark"

    def _content(self, path: Path) -> Any:
        with suppress(OSError, ValueError):
            return _unpacked(self._unseal(path.read_bytes()))
        return None
