"""Error answers without a stack trace."""

from __future__ import annotations

import logging

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, InternalServerError

from gateway.web import problems

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    app.register_error_handler(Exception, _failed)


def _failed(error: Exception) -> Response:
    known = error if isinstance(error, HTTPException) else None
    if known is None:
        log.exception("a request failed")
    if problems.is_asked():
        return problems.refuse(known or InternalServerError("something went wrong here; please try again"))
    if known is not None:
        return Response(f"{known.name.lower()}\n", known.code or 500, mimetype="text/plain")
    return Response("something went wrong here; please try again\n", 500, mimetype="text/plain")
