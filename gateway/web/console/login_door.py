"""The door of the log-in: who stands before it, in which lane, and how many passwords are checked at once.

Argon2 takes a core and 64 MiB on purpose. Each lane of `core.login_lanes` has turns of its own, and whoever must wait
waits outside, without a thread.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from flask import current_app, request, session
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug import Response

from gateway.core import login_lanes
from gateway.core.login_lanes import Guesses, Lane
from gateway.infrastructure.budgets import Budgets
from gateway.models import guess as guesses
from gateway.web.console import access

DEVICE = "siaga_device"  # the cookie of a known device
KEPT = timedelta(days=365)  # from the last log-in
NAMES = 12  # users whose device one browser may be: the shifts of a desk
KEPT_GUESSES = timedelta(days=7)
MINUTE = timedelta(minutes=1)


# --- turns ------------------------------------------------------------------------------------------------------------


@dataclass
class Turns:
    """So many passwords at once, so many tries that may wait for a turn, and for how many seconds."""

    at_once: int
    waiting: int
    patience: float
    _turns: threading.BoundedSemaphore = field(init=False)
    _places: threading.BoundedSemaphore = field(init=False)

    def __post_init__(self) -> None:
        self._turns = threading.BoundedSemaphore(self.at_once)
        self._places = threading.BoundedSemaphore(self.at_once + self.waiting)

    @contextmanager
    def take(self) -> Iterator[bool]:
        """Wait for a turn; yield whether there was one."""
        if not self._places.acquire(blocking=False):
            yield False
            return
        try:
            got = self._turns.acquire(timeout=self.patience)
            try:
                yield got
            finally:
                if got:
                    self._turns.release()
        finally:
            self._places.release()


# Together fewer than the server's threads for pages: guessers never hold all of them.
TURNS: Mapping[Lane, Turns] = {
    Lane.KNOWN: Turns(at_once=2, waiting=2, patience=8.0),
    Lane.NEW: Turns(at_once=1, waiting=1, patience=3.0),
    Lane.SUSPECT: Turns(at_once=1, waiting=0, patience=0.0),
}


# --- who stands there ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Visitor:
    """A browser that tries one name: its address, and the mark of its device if that is a known one of this name."""

    name: str  # a mark of it, never the name: people type passwords into the wrong field
    address: str
    device: str = ""

    @property
    def network(self) -> str:
        return login_lanes.network_of(self.address)

    @property
    def so_far(self) -> Guesses:
        return Guesses(
            known=bool(self.device),
            device=_spent(login_lanes.OF_DEVICE, "device", self.device) if self.device else 0,
            address=_spent(login_lanes.OF_ADDRESS, "address", self.address),
            network=_spent(login_lanes.OF_NETWORK, "network", self.network),
            name=_spent(login_lanes.OF_NAME, "name", self.name),
        )

    @property
    def lane(self) -> Lane:
        return login_lanes.lane(self.so_far)


def visitor(name: str) -> Visitor:
    """Return who tries this name with this request."""
    device, names = _device()
    marked = _mark(name)
    return Visitor(marked, request.remote_addr or "", device if marked in names else "")


def note_wrong(who: Visitor) -> None:
    """Count a wrong try: against the device if it is known, else against its address, its network and the name. The
    monitor is told in either case."""
    budgets = _budgets()
    if who.lane is Lane.KNOWN:
        budgets.spend(login_lanes.WINDOW, login_lanes.OF_DEVICE, "device", who.device)
    else:
        budgets.spend(login_lanes.WINDOW, login_lanes.OF_ADDRESS, "address", who.address)
        budgets.spend(login_lanes.WINDOW, login_lanes.OF_NETWORK, "network", who.network)
        budgets.spend(login_lanes.WINDOW, login_lanes.OF_NAME, "name", who.name)
    with access.writing() as uow:
        guesses.note(uow.db, who.network, uow.now())
        guesses.forget(uow.db, uow.now() - KEPT_GUESSES)


# --- the delay --------------------------------------------------------------------------------------------------------


def wait_s(who: Visitor) -> int:
    """Return how many seconds this browser must wait before its try is looked at; 0 if it has waited.

    The note of it is in the signed session, and counts once. Whoever comes too early waits no longer for it.
    """
    note, now = session.get("waits"), access.now()
    age = now - float(note["since"]) if note and note["at"] == who.address else None
    if age is None or age > login_lanes.WAITED_FOR.total_seconds():
        session["waits"] = {"since": now, "at": who.address, "mark": secrets.token_urlsafe(9)}
        return int(login_lanes.DELAY.total_seconds())
    if age < login_lanes.DELAY.total_seconds():
        return int(login_lanes.DELAY.total_seconds() - age) + 1
    if not _budgets().spend(MINUTE, login_lanes.PACE, "pace", who.address):
        return int(login_lanes.DELAY.total_seconds())
    return 0


def spend_wait() -> bool:
    """Take the delay that this browser has waited; return False if a copy of its session has taken it before."""
    note = session.pop("waits", None)
    return bool(note) and _budgets().spend(login_lanes.WAITED_FOR, 1, "waited", note["mark"])


# --- known devices ----------------------------------------------------------------------------------------------------


def remember_device(answer: Response, name: str) -> None:
    """Make this browser a known device of the user who has just logged in."""
    device, names = _device()
    kept = [_mark(name), *(one for one in names if one != _mark(name))][:NAMES]
    value = _signer().dumps({"device": device or secrets.token_urlsafe(12), "names": kept})
    secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
    age = int(KEPT.total_seconds())
    answer.set_cookie(DEVICE, value, max_age=age, path="/login", httponly=True, secure=secure, samesite="Lax")


def _device() -> tuple[str, list[str]]:
    """Return the mark of this browser and those of the names that it is known for; empty for a new one."""
    try:
        told = _signer().loads(request.cookies.get(DEVICE, ""), max_age=int(KEPT.total_seconds()))
        return str(told["device"]), [str(name) for name in told["names"]]
    except (BadData, KeyError, TypeError):
        return "", []


def _signer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.config["SECRET_KEY"]), salt="device")


def _mark(name: str) -> str:
    return hashlib.sha256(f"{current_app.config['SECRET_KEY']}:{name.strip().lower()}".encode()).hexdigest()[:16]


def _budgets() -> Budgets:
    return access.house().budgets


def _spent(most: int, *what: str) -> int:
    return _budgets().spent(login_lanes.WINDOW, most, *what)
