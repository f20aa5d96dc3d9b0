"""The carriers' entrance: prove, do, answer. The answer is 200 only once the row is committed or, if the database is
away, spooled."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

from gateway.carriers import wire
from gateway.carriers.base import Carrier, TextCarrier, UssdCarrier
from gateway.carriers.description import HookKind
from gateway.carriers.registry import carrier_of
from gateway.core.messages import Answer, BadHook, Hook
from gateway.core.outage import Cry
from gateway.infrastructure.database import is_gone, is_held
from gateway.infrastructure.spool import Lane
from gateway.unit_of_work import UnitOfWork
from gateway.web import android, calls, texts, ussd
from gateway.wiring import House

log = logging.getLogger(__name__)
hooks = Blueprint("hooks", __name__)


@dataclass(frozen=True)
class Door:
    """The functions behind a route: `take` does the work in one transaction; `spooled` answers when only the spool
    could take the request; `lane` tells in which lane it waits there, and whose phone it is from; `cry` what may be a
    cry for help in it."""

    take: Callable[[UnitOfWork, Carrier, Hook], Answer]
    spooled: Callable[[Carrier, Hook], Answer]
    lane: Callable[[Carrier, Hook], tuple[Lane, str]]
    cry: Callable[[Carrier, Hook], Cry | None]


def no_cry(carrier: Carrier, hook: Hook) -> Cry | None:
    return None


DOORS = {
    HookKind.TEXT: Door(texts.receive, texts.nothing, texts.lane, texts.cry),
    HookKind.RECEIPT: Door(texts.report, texts.nothing, texts.reports, no_cry),
    HookKind.OPT_OUT: Door(texts.opted_out, texts.nothing, texts.reports, no_cry),
    HookKind.CALL: Door(calls.heard, calls.cannot_talk, calls.lane, calls.cry),
    HookKind.USSD_STEP: Door(ussd.hop, ussd.cannot_talk, ussd.lane, ussd.cry),
    HookKind.USSD_END: Door(ussd.ended, ussd.nothing, ussd.lane, ussd.cry),
    HookKind.ENVELOPE: Door(android.event, android.nothing, android.lane, android.cry),
}
CAN = {  # what a line's code must be able to do behind a route; settings may leave a part of it out
    HookKind.TEXT: TextCarrier,
    HookKind.RECEIPT: TextCarrier,
    HookKind.USSD_STEP: UssdCarrier,
    HookKind.USSD_END: UssdCarrier,
}
NAME = re.compile(r"[A-Za-z][A-Za-z_]{0,39}[0-9]{0,2}")
MOST_NAMES = 50


@hooks.route("/hooks/<line>", methods=["GET", "POST"], defaults={"rest": ""}, strict_slashes=False)
@hooks.route("/hooks/<line>/<path:rest>", methods=["GET", "POST"])
def enter(line: str, rest: str) -> Response:
    """Take any carrier's request. Answer 404 for a line that is not configured, or for a route that the line does not
    have. A slash at the end, which a dashboard may add, changes nothing; what is signed is the address as called."""
    house: House = current_app.extensions["house"]
    token, path = _split(line, rest.rstrip("/"))
    carrier, door = house.lines.named(line), _door(house, line, path)
    if carrier is None or door is None:
        return Response("not found\n", 404, mimetype="text/plain")
    try:
        hook = read_hook(house.settings.public_url, path, token)
    except RequestEntityTooLarge:
        log.warning("a hook's body is longer than any carrier's", extra={"line": line, "hook": path})
        raise
    if not carrier.authentic(hook):
        log.warning("a hook did not prove itself", extra={"line": line, "hook": path, "fields": _names(hook.form)})
        return Response("forbidden\n", 403, mimetype="text/plain")
    return _written(_taken(house, line, carrier, door, hook))


def _door(house: House, line: str, path: str) -> Door | None:
    """Return the door of a path behind /hooks/<line>/ (and behind the token, where the carrier has one), or None."""
    described = carrier_of(line)
    kind = described.routes.get(path) if described else None
    if kind is None or not isinstance(house.lines.named(line), CAN.get(kind, object)):
        return None
    return DOORS[kind]


def _names(form: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what a log may show of an unknown sender's form: the names of the fields that hold something. In a body
    that is no form the whole text, number and all, would be such a name, so it is left out."""
    return sorted(name for name, values in form.items() if NAME.fullmatch(name) and any(values))[:MOST_NAMES]


def _split(line: str, rest: str) -> tuple[str, str]:
    described = carrier_of(line)
    if described is None or not described.token_in_path:
        return "", rest
    token, _, path = rest.partition("/")
    return token, path


def _taken(house: House, line: str, carrier: Carrier, door: Door, hook: Hook) -> Answer:
    try:
        with house.open_hook_uow() as uow:
            return door.take(uow, carrier, hook)
    except BadHook as error:
        return Answer(f"{error}\n", status=400)
    except Exception as error:  # no error of ours may lose what the carrier delivered
        told = {"line": line, "hook": hook.path, "error": type(error).__name__}
        # While the database is away each request fails alike, and the traces would fill the disk that the spool needs.
        log.error("a hook goes to the spool", exc_info=not is_gone(error), extra=told)
        kept = house.spool.keep(line, hook, *_lane(carrier, door, hook))
        if is_gone(error) and not is_held(error):  # a lock is held by a database that answers
            house.outage.heard(_cry(carrier, door, hook), lambda: house.spool.holds(kept))
        return door.spooled(carrier, hook)


def _lane(carrier: Carrier, door: Door, hook: Hook) -> tuple[Lane, str]:
    try:
        return door.lane(carrier, hook)
    except Exception:  # what nobody can read may be a panic
        log.warning("a hook that nobody can read waits with the panics", extra={"hook": hook.path})
        return Lane.PANIC, ""


def _cry(carrier: Carrier, door: Door, hook: Hook) -> Cry | None:
    try:
        return door.cry(carrier, hook)
    except Exception:
        log.warning("a hook that nobody can read asks nobody", extra={"hook": hook.path})
        return None


def replay(house: House, line: str, hook: Hook) -> None:
    """Take a spooled hook, which came in when the spool says. Raise every error that still stands in its way; a hook
    that is no hook (BadHook) is dropped instead."""
    carrier, door = house.lines.named(line), _door(house, line, hook.path)
    if carrier is None or door is None:
        return
    try:
        with house.open_hook_uow(hook.kept_at) as uow:
            door.take(uow, carrier, hook)
    except BadHook:
        log.warning("a spooled request was no hook after all", extra={"line": line, "hook": hook.path})


def read_hook(public_url: str, path: str, token: str) -> Hook:
    """Return this request as plain values without Flask, with the URL that the carrier called."""
    query = request.query_string.decode("latin-1")
    body = request.get_data(cache=True)  # this is read before the form is parsed, which would use it up
    # Flask drops a whole form for one raw byte that is no UTF-8, and with it somebody's words.
    url_encoded = request.mimetype == "application/x-www-form-urlencoded"
    form = wire.form_fields(body) if url_encoded else {name: tuple(v) for name, v in request.form.lists()}
    return Hook(
        method=request.method,
        url=f"{public_url}{request.path}{'?' + query if query else ''}",
        path=path,
        token=token,
        headers={name.lower(): value for name, value in request.headers.items()},
        query=wire.form_fields(request.query_string),
        form=form,
        body=body,
    )


def _written(answer: Answer) -> Response:
    return Response(answer.body, answer.status, mimetype=answer.mimetype)
