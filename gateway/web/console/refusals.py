"""Error pages for people: the reason, and the way back. Scripts and carriers get one plain line."""

from __future__ import annotations

from flask import Flask, Response, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from gateway.web import problems

TOLD = (400, 403, 404)


def register(app: Flask) -> None:
    for status in TOLD:
        app.register_error_handler(status, _refused)


def _refused(error: HTTPException) -> Response:
    if problems.is_asked():
        return problems.refuse(error)
    status = error.code or 400
    if "text/html" in request.headers.get("Accept", "") and not request.path.startswith("/hooks/"):
        return make_response(render_template("refused.html", status=status), status)
    return Response(f"{error.name.lower()}\n", status, mimetype="text/plain")
