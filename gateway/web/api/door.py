"""The door of /api/v1: its blueprint, who may come in, its answers and its errors."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Any, Never, ParamSpec, TypeVar

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from pydantic import ValidationError
from spectree import SecurityScheme, SpecTree
from spectree.models import SecureType, SecuritySchemeData
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import Forbidden, HTTPException, default_exceptions

from gateway.identity.api_keys import Scope
from gateway.web.console.access import allow, granted
from gateway.web.problems import PREFIX, Unfit, refuse

P = ParamSpec("P")
R = TypeVar("R")
TITLE = "Siaga"
VERSION = "1"
ABOUT = """What a user's monitor shows, as JSON for other systems, and what these may do.

Prove who you are by a key: `Authorization: Bearer <key>` (`siaga key add`). It sees the units of the user that it acts
for, and may do what its scopes say. Times are UTC (ISO 8601), positions degrees WGS 84, distances and radii metres,
numbers E.164. Errors are problem details (RFC 9457). A request that changes something may bear an `Idempotency-Key`:
sent again within 24 hours, it is answered as before and does nothing. `do_not_contact` says that nobody may ring or
text this person; of one who hides neither number nor name nor words are told."""
RETRY_S = 5  # seconds after which a request is worth sending again while the database is away
LANGUAGE = "en"  # the language of the words that name the source of a position

api = Blueprint("api", __name__, url_prefix=PREFIX)


def _complain(asked: object, answered: object, error: Exception | None, *_: object) -> None:
    """Raise Unfit for what pydantic has refused; spectree calls this before each view."""
    if not isinstance(error, ValidationError):
        return
    found = [
        {"field": ".".join(map(str, one["loc"])) or "body", "message": str(one["msg"])}
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    raise Unfit("; ".join(f"{one['field']}: {one['message']}" for one in found), found)


description = SpecTree(
    "flask",
    title=TITLE,
    version=VERSION,
    description=ABOUT,
    mode="strict",
    annotations=True,
    before=_complain,
    nested_naming_strategy=lambda _, child: child,
    naming_strategy=lambda model: model.__name__,
    security_schemes=[SecurityScheme(name="key", data=SecuritySchemeData(type=SecureType.HTTP, scheme="bearer"))],
    security={"key": []},
)


# --- who comes in ---------------------------------------------------------------------------------------------


def needs(scope: Scope) -> Callable[[Callable[P, R]], Callable[P, R | ResponseReturnValue]]:
    """Let in only a key with this scope, or to read a log-in whose role may."""

    def decorate(view: Callable[P, R]) -> Callable[P, R | ResponseReturnValue]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R | ResponseReturnValue:
            if current_user.is_authenticated and scope not in granted().scopes:
                raise Forbidden(f"the key has no scope {scope}")
            return view(*args, **kwargs)

        return allow()(checked)

    return decorate


# --- answers --------------------------------------------------------------------------------------------------


def answer(told: Mapping[str, object], status: int = 200, kind: str = "application/json") -> Response:
    """Answer with JSON. What is read carries an ETag over everything but `now`; who sends it again gets a 304."""
    made = Response(f"{to_json(told)}\n", status, mimetype=kind, headers={"Cache-Control": "no-store"})
    if request.method == "GET" and status == 200:
        still = {name: value for name, value in told.items() if name != "now"}
        made.set_etag(hashlib.sha256(to_json(still).encode()).hexdigest()[:32], weak=True)
        made.make_conditional(request)
    return made


def to_json(told: Mapping[str, object]) -> str:
    return json.dumps(told, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form here")


# --- errors ---------------------------------------------------------------------------------------------------


def _away(error: SQLAlchemyError) -> Response:
    """Answer that the database is away: nothing was done, send it again with the same Idempotency-Key."""
    away = HTTPException("the database is away; nothing was done, try again")
    away.code = 503
    made = refuse(away)
    made.headers["Retry-After"] = str(RETRY_S)
    return made


def conflict(reason: str) -> Never:
    """Raise the 409 of something that is not possible now."""
    refused = HTTPException(reason)
    refused.code = 409
    raise refused


for status in default_exceptions:  # by its code: the pages' own answer to a code would go before a whole class
    api.register_error_handler(status, refuse)
api.register_error_handler(HTTPException, refuse)
api.register_error_handler(SQLAlchemyError, _away)
