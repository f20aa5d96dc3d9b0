"""Error answers without a stack trace."""

from __future__ import annotations

import logging

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

log = logging.getLogger(__name__)


def register(app: Flask) -> None:
    app.register_error_handler(Exception, _failed)


def _failed(error: Exception) -> Response:
    if isinstance(error, HTTPException):
        return Response(f"{error.name.lower()}\n", error.code or 500, mimetype="text/plain")
    log.exception("a request failed")
    return Response("something went wrong here; please try again\n", 500, mimetype="text/plain")
