"""The end of `siaga init`: everything is started, and one officer's phone gets a text and a call."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import partial

import requests
from sqlalchemy import exists, select

from gateway.cli.asking import Asking
from gateway.cli.children import STEP, Children
from gateway.cli.company import is_free
from gateway.cli.serve import programs
from gateway.config.sources import NO_FILE, environment
from gateway.core import phone as phones
from gateway.identity import audit_log
from gateway.infrastructure import valkey
from gateway.models import heard_phone
from gateway.models import officer as officers
from gateway.models import outbound as outbounds
from gateway.models.attempt import Attempt
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.register import phone_checks
from gateway.wiring import House

STARTING = 120.0  # seconds until web answers
LEAVING = 60.0  # seconds until a text or call of ours has left
PATIENCE = 90.0  # seconds in which a human may pick up and press a key
Tick = Callable[[], None]


def ring(asking: Asking, home: House) -> None:
    """Ask for an officer's number, text and ring it, and say how far that came."""
    with home.open_reading_uow() as uow:
        if not uow.db.scalar(select(exists().where(Officer.id.is_not(None)))):
            asking.say("drill_nobody")
            return
    if number := _number(asking, home):
        with _running(asking, home) as tick:
            if tick is not None:
                _try(asking, home, number, tick)


def _number(asking: Asking, home: House) -> str:
    """Return an officer's number, E.164; empty where nobody is to be tried."""

    def read(said: str) -> str:
        return phones.e164(said, home.settings.default_region) or ""

    def check(said: str) -> str:
        with home.open_reading_uow() as uow:
            known = not said or officers.by_phone(uow.db, read(said)) is not None
        return "" if known else asking.words("no_officer")

    return read(asking.until("test", asking.words("drill"), check))


@contextmanager
def _running(asking: Asking, home: House) -> Iterator[Tick | None]:
    """Run everything for a while, unless Siaga runs already. Yield what has to be called meanwhile, or None where it
    does not run."""
    settings = home.settings
    if _web_answers(home):
        yield lambda: None
    elif not is_free(settings.host, settings.port):
        asking.say("drill_taken", port=settings.port)
        yield None
    else:
        asking.say("drill_starts")
        log = settings.data_dir / "init.log"
        with Children(programs(settings), environment() | NO_FILE, log) as children:
            answers = _until(lambda: _web_answers(home), children.tick, STARTING)
            if not answers:
                asking.say("drill_late", log=log)
            yield children.tick if answers else None
        if settings.redis_url is None:
            valkey.stop(settings.data_dir)


def _try(asking: Asking, home: House, number: str, tick: Tick) -> None:
    with home.open_uow() as uow:
        officer, begun = officers.by_phone(uow.db, number), uow.now()
        if officer is None or not phone_checks.ask(uow, number, officer.language):
            asking.say("drill_soon")
            return
        audit_log.record(uow, "siaga init", "officer.test", number)
    for kind, name in ((outbounds.TEXT, "text"), (outbounds.CALL, "call")):
        line = _until(partial(_left, home, number, kind, begun), tick, LEAVING)
        asking.say(f"drill_{name}" if line else f"drill_no_{name}", line=line)
    answered = _until(lambda: _answered(home, number, begun), tick, PATIENCE)
    asking.say("drill_answered" if answered else "drill_unanswered", seconds=int(PATIENCE))


def _until(look: Callable[[], str], tick: Tick, patience: float) -> str:
    """Return what `look` finds; empty where it finds nothing in so many seconds."""
    deadline = time.monotonic() + patience
    while not (found := look()) and time.monotonic() < deadline:
        tick()
        time.sleep(STEP)
    return found


def _web_answers(home: House) -> str:
    host = f"[{home.settings.host}]" if ":" in home.settings.host else home.settings.host
    with suppress(requests.RequestException):
        answer = requests.get(f"http://{host}:{home.settings.port}/healthz", timeout=2)
        return "yes" if answer.ok else ""
    return ""


def _left(home: House, number: str, kind: str, since: datetime) -> str:
    """Return the line that took a text or call of ours to this number; empty as long as none has."""
    query = (
        select(Attempt.line)
        .join(Outbound)
        .where(Outbound.phone == number, Outbound.kind == kind, Outbound.created_at >= since, Attempt.ref != "")
    )
    with home.open_reading_uow() as uow:
        return uow.db.scalar(query.limit(1)) or ""


def _answered(home: House, number: str, since: datetime) -> str:
    with home.open_reading_uow() as uow:
        row = heard_phone.of(uow.db, [number]).get(number)
    heard = [at for at in (row.text_at, row.call_at) if at is not None] if row is not None else []
    return "yes" if any(at >= since for at in heard) else ""
