"""The web server's worker: a thread gets a request only once all of it has arrived.

gunicorn's threads read from blocking sockets, so that a few dozen half-sent requests would hold all of them and every
panic would wait. Here the worker's main loop collects each request, without a thread and within a deadline. Hooks have
threads of their own, which slow pages cannot take. At a reload the old processes stay until the new ones are ready.
"""

from __future__ import annotations

import mmap
import re
import socket
import struct
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from selectors import EVENT_READ
from signal import SIGTERM
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

HEADERS_S, REQUEST_S = 5.0, 10.0  # seconds from the first byte's connection to all headers, and to the whole request
STALLED_S = 10  # seconds that one read or write of a thread may take
MOST_HEADERS = 64 * 1024  # bytes
MOST_BODY = 1024 * 1024  # bytes; a longer one is not collected: the app refuses it (413)
PIECE = 64 * 1024  # bytes read at once
PAGE_THREADS = 8
SUCCESSION_S = 60  # longest that an old process stays after a reload for new ones that do not come
MOST_AGES = 4096
_OLD = struct.Struct("qq")  # the age of the newest worker that is to be replaced, and by how many
HEALTH = b"/healthz"
BEFORE_PAGES = (b"/hooks/", HEALTH)  # paths that have the hooks' threads
END_OF_HEADERS = b"\r\n\r\n"
END_OF_CHUNKS = b"0\r\n\r\n"
REFUSALS = {
    404: b"HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    408: b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    413: b"HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
    431: b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
}
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)


@dataclass(eq=False)
class Incoming:
    """A request, as far as it has arrived: its bytes, since when (monotonic seconds), and where its headers end."""

    since: float
    data: bytearray = field(default_factory=bytearray)
    body_at: int = 0  # 0 until all headers are here

    def add(self, piece: bytes) -> bool:
        """Add bytes; return whether the headers became whole by them."""
        looked = max(0, len(self.data) - len(END_OF_HEADERS))
        self.data += piece
        found = self.data.find(END_OF_HEADERS, looked) if not self.body_at else -1
        self.body_at = found + len(END_OF_HEADERS) if found >= 0 else self.body_at
        return found >= 0

    @property
    def is_whole(self) -> bool:
        """Return whether nothing of it is missing that a thread would have to wait for."""
        if not self.body_at:
            return False
        if _CHUNKED.search(self.data, 0, self.body_at):
            return self.data.endswith(END_OF_CHUNKS)
        length = _LENGTH.search(self.data, 0, self.body_at)
        wanted = int(length[1]) if length else 0
        return wanted > MOST_BODY or len(self.data) - self.body_at >= wanted

    @property
    def fault(self) -> int | None:
        """Return the status with which it is refused because it is too long, or None."""
        if not self.body_at:
            return 431 if len(self.data) > MOST_HEADERS else None
        return 413 if not self.is_whole and len(self.data) - self.body_at > MOST_BODY else None

    @property
    def path(self) -> bytes:
        return bytes(self.data[:PIECE]).partition(b" ")[2]

    @property
    def is_hook(self) -> bool:
        return self.path.startswith(BEFORE_PAGES)

    def is_late(self, now: float) -> bool:
        return now - self.since > (REQUEST_S if self.body_at else HEADERS_S)


class Succession:
    """Memory that gunicorn's processes share, so that at a reload the old ones leave only once the new take requests.

    gunicorn numbers its workers by age. It tells the old ones to go as soon as it has forked the new ones, which then
    import for seconds.
    """

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, _OLD.size + MOST_AGES)

    def begin(self, newest: int, workers: int) -> None:
        """Note that workers up to the age `newest` are to be replaced by so many."""
        self._shared[: _OLD.size] = _OLD.pack(newest, workers)

    def replaces(self, age: int) -> bool:
        """Return whether the worker of this age is, or was, to be replaced."""
        newest: int = _OLD.unpack(self._shared[: _OLD.size])[0]
        return age <= newest

    def ready(self, age: int) -> None:
        """Note that the worker of this age takes requests."""
        self._shared[_OLD.size + age % MOST_AGES] = 1
        self._shared[_OLD.size + (age + MOST_AGES // 2) % MOST_AGES] = 0  # ages come round again

    def may_leave(self, age: int) -> bool:
        """Return whether nobody needs the worker of this age any more: it is no old one, or all new ones are ready."""
        newest, workers = _OLD.unpack(self._shared[: _OLD.size])
        new = (self._shared[_OLD.size + each % MOST_AGES] for each in range(newest + 1, newest + 1 + workers))
        return not self.replaces(age) or all(new)


succession = Succession()


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker, which waits for requests without a thread."""

    door = 0  # this process's own listener (gunicorn.conf.py): with PAGES_PORT 0 is for hooks, 1 for pages

    def init_process(self) -> None:
        self.alone = len(self.sockets) == 1
        self.sockets: list[Any] = [self.sockets[self.door]]
        self.incoming: dict[Any, Incoming] = {}
        self.told_at = 0.0  # when it was told to leave (monotonic seconds); 0: it was not
        self.hook_threads = ThreadPoolExecutor(self.cfg.threads, "hook")
        super().init_process()

    def get_thread_pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(PAGE_THREADS, "page")

    def run(self) -> None:
        succession.ready(self.age)
        try:
            super().run()
        finally:
            self.hook_threads.shutdown(wait=False)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Leave as told, but after a reload not before the new processes take requests: until then look each second."""
        self.told_at = self.told_at or time.monotonic()
        if succession.may_leave(self.age) or time.monotonic() - self.told_at > SUCCESSION_S:
            super().handle_exit(sig, frame)

    def enqueue_req(self, conn: Any) -> None:
        """Collect the next request of a connection: a new one, or one on which something arrived."""
        early = b""
        if conn.parser is None:
            _limit_stalls(conn.sock)
        else:
            early = conn.parser.unreader.take_buffered()
        request = self.incoming[conn] = Incoming(time.monotonic())
        conn.sock.setblocking(False)
        self.poller.register(conn.sock, EVENT_READ, partial(self._receive, conn))
        if early:
            self._add(conn, request, early)

    def _receive(self, conn: Any, _socket: object) -> None:
        request = self.incoming[conn]
        try:
            piece = conn.sock.recv(PIECE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if piece:
            self._add(conn, request, piece)
        else:
            self._close(conn)

    def _add(self, conn: Any, request: Incoming, piece: bytes) -> None:
        if request.add(piece) and _EXPECTS.search(request.data, 0, request.body_at):
            with suppress(OSError):
                conn.sock.send(CONTINUE)
        if request.fault is not None:
            self._close(conn, REFUSALS[request.fault])
        elif request.is_whole and not self._is_ours(request):
            self._close(conn, REFUSALS[404])
        elif request.is_whole:
            self._begin(conn, request)

    def _is_ours(self, request: Incoming) -> bool:
        """Return whether this process answers a request: hooks at their door, pages at theirs, and both whether it is
        alive."""
        return self.alone or request.path.startswith(HEALTH) or request.is_hook == (self.door == 0)

    def _begin(self, conn: Any, request: Incoming) -> None:
        """Let a thread answer a request that has arrived."""
        self._forget(conn)
        conn.sock.setblocking(True)
        conn.data_ready = True
        threads = self.hook_threads if request.is_hook else self.tpool
        done: Callable[[Future[Any]], object] = partial(self.method_queue.defer, self.finish_request, conn)
        threads.submit(self._answer, conn, bytes(request.data)).add_done_callback(done)

    def _answer(self, conn: Any, data: bytes) -> Any:
        conn.init()
        conn.parser.unreader.unread(data)
        return self.handle(conn)

    def murder_pending(self) -> None:
        """Refuse what has not arrived in time, beside gunicorn's own; the main loop calls it each second."""
        super().murder_pending()
        if self.told_at and self.alive:
            self.handle_exit(SIGTERM, None)
        now = time.monotonic()
        for conn in [conn for conn, request in self.incoming.items() if request.is_late(now)]:
            self._close(conn, REFUSALS[408])

    def _close(self, conn: Any, said: bytes = b"") -> None:
        self._forget(conn)
        with suppress(OSError):
            if said:
                conn.sock.send(said)
        self.nr_conns -= 1
        conn.close()

    def _forget(self, conn: Any) -> None:
        del self.incoming[conn]
        with suppress(OSError, KeyError, ValueError):
            self.poller.unregister(conn.sock)


def _limit_stalls(connection: socket.socket) -> None:
    """Let no thread wait longer than STALLED_S for one read or write on this connection."""
    limit = struct.pack("ll", STALLED_S, 0)
    for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, option, limit)
