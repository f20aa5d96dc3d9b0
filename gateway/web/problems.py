"""Errors of /api/v1 as problem details (RFC 9457), also where no route of it fits."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from flask import Response, request
from werkzeug.exceptions import HTTPException, UnprocessableEntity

PREFIX = "/api/v1"
KIND = "application/problem+json"
UNAUTHORIZED, METHOD_NOT_ALLOWED = 401, 405
NO_KEY = "send a key that has not ended: Authorization: Bearer <key>"


class Unfit(UnprocessableEntity):
    """A request whose fields are not what they must be; `errors` name each of them."""

    def __init__(self, detail: str, errors: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(detail)
        self.errors = list(errors)


def is_asked() -> bool:
    """Return whether the request is one to the API."""
    return request.path.startswith(f"{PREFIX}/")


def refuse(error: HTTPException) -> Response:
    """Answer an error as problem details (RFC 9457); `error` and `message` are their names from before."""
    code = error.code or 500
    detail = NO_KEY if code == UNAUTHORIZED else error.description or ""
    told: dict[str, object] = {
        "type": "about:blank",
        "title": error.name,
        "status": code,
        "detail": detail,
        "instance": request.path,
        "error": error.name.lower(),
        "message": detail,
    }
    if isinstance(error, Unfit) and error.errors:
        told["errors"] = error.errors
    made = Response(f"{json.dumps(told)}\n", code, mimetype=KIND, headers={"Cache-Control": "no-store"})
    if code == UNAUTHORIZED:
        made.headers["WWW-Authenticate"] = "Bearer"
    elif code == METHOD_NOT_ALLOWED:
        made.headers.extend(error.get_headers())
        made.headers["Content-Type"] = KIND
    return made
