"""Serve thousands of live pages with one thread, by taking their connections over from the web server.

A listener occupies a web thread only until it has joined. From then on this process's one fan-out thread holds the bare
socket and writes to it: a beat each second, and every change that the listener may see. See
docs/adr/0006-live-pages.md.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from sqlalchemy.exc import SQLAlchemyError

from gateway.identity.users import Identity
from gateway.monitor.changes import Change, Lookout

log = logging.getLogger(__name__)

EACH = 0.25  # seconds between two looks for changes, so that a page learns of one well within a second
BEAT = 1.0  # a page that hears none for 3 s says that the connection is lost
LIFE = 600.0  # seconds; then the browser reconnects by itself, and we check its log-in again
DEAD_AFTER = 10_000  # milliseconds; a browser that acknowledges nothing for so long counts as gone
HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-store\r\n"
    b"X-Accel-Buffering: no\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\nretry: 1000\n\n"
)


def take_over(connection: socket.socket) -> socket.socket:
    """Take the connection away from its server and return it.

    The server keeps a dummy connection that nobody reads, and closes it in its own way.
    """
    ours = connection.dup()
    near, far = socket.socketpair()
    far.close()
    with near:
        os.dup2(near.fileno(), connection.fileno(), inheritable=False)
    ours.setblocking(False)
    return ours


@dataclass(eq=False)
class Listener:
    connection: socket.socket
    who: Identity
    until: float
    login: str = ""

    def tell(self, data: bytes) -> bool:
        """Send data. Return False if the browser is gone or too slow; it then reconnects by itself and catches up."""
        try:
            return self.connection.send(data) == len(data)
        except OSError:
            return False


@dataclass
class Fanout:
    lookout: Lookout
    most: int  # listeners; further ones get 503 and poll every two seconds
    ended: Callable[[Collection[str]], Collection[str]] = lambda marks: ()  # which log-ins a log-out has ended
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _listeners: set[Listener] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _running: bool = False

    def __len__(self) -> int:
        return len(self._listeners)

    def join(self, connection: socket.socket, who: Identity, login: str = "") -> bool:
        """Take a connection over and send it everything from now on.

        Return False and leave it untouched if there is no room. Raises SQLAlchemyError, because without a database
        there is nothing to send.
        """
        with self._lock:
            if len(self._listeners) >= self.most:
                return False
            if not self._running:
                self.lookout.look()  # every change committed after this line reaches the listener
            listener = Listener(_prepared(take_over(connection)), who, self.clock() + LIFE, login)
            if listener.tell(HEAD + _event("hello", self.lookout.newest)):
                self._listeners.add(listener)
            self._start()
        return True

    def _start(self) -> None:
        if not self._running:
            self._running = True
            threading.Thread(target=self._run, name="fanout", daemon=True).start()

    def _run(self) -> None:
        """Send changes and beats while anybody listens.

        While the database is away we send nothing; every page shows that in red.
        """
        beaten = self.clock()
        while self._goes_on():
            try:
                changes = self.lookout.look()
            except SQLAlchemyError:
                log.warning("the live pages hear nothing: the database does not answer")
                self.sleep(BEAT)
                continue
            self._tell_changes(changes)
            if self.clock() - beaten >= BEAT:
                beaten = self.clock()
                self._tell(self._members(), _event("beat", self.lookout.newest))
                self._retire(beaten)
            self.sleep(EACH)

    def _goes_on(self) -> bool:
        with self._lock:
            self._running = bool(self._listeners)
            return self._running

    def _members(self) -> list[Listener]:
        with self._lock:
            return list(self._listeners)

    def _tell_changes(self, changes: Sequence[Change]) -> None:
        for change in changes:
            who = [one for one in self._members() if change.is_for(one.who)]
            self._tell(who, _event("change", change.event_id, {"code": change.code}))

    def _tell(self, listeners: Sequence[Listener], data: bytes) -> None:
        self._drop([one for one in listeners if not one.tell(data)])

    def _retire(self, now: float) -> None:
        members = self._members()
        try:
            ended = self.ended({one.login for one in members if one.login})
        except SQLAlchemyError:
            ended = ()  # the next beat asks again
        self._drop([one for one in members if one.until < now or one.login in ended])

    def _drop(self, gone: Sequence[Listener]) -> None:
        for one in gone:
            with self._lock:
                self._listeners.discard(one)
            one.connection.close()


def _prepared(connection: socket.socket) -> socket.socket:
    with suppress(OSError):  # a socket other than TCP does not vanish unnoticed
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_AFTER)
    return connection


def _event(name: str, event_id: int, data: object = None) -> bytes:
    return f"id: {event_id}\nevent: {name}\ndata: {json.dumps(data)}\n\n".encode()
