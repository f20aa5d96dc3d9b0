"""The stream of server-sent events for every live page. A page that gets a 503 polls every two seconds."""

from __future__ import annotations

import resource
import ssl

from flask import Blueprint, Flask, Response, current_app, request
from sqlalchemy.exc import SQLAlchemyError

from gateway.monitor.changes import Lookout
from gateway.web.console.access import allow, ended_of, login_mark, me, reading_desk
from gateway.web.console.fanout import Fanout
from gateway.wiring import House

page = Blueprint("live", __name__)
MOST = 5000  # listeners in one process
KEPT_FREE = 256  # file descriptors for hooks, the database and files


@page.get("/live")
@allow()
def listen() -> Response:
    """Join the fan-out. The returned answer goes nowhere, because the connection is no longer the server's."""
    connection = request.environ.get("gunicorn.socket") or request.environ.get("werkzeug.socket")
    fanout: Fanout = current_app.extensions["fanout"]
    if connection is None or isinstance(connection, ssl.SSLSocket):
        return Response("no live stream over this connection\n", 503, mimetype="text/plain")
    try:
        joined = fanout.join(connection, me(), login_mark())
    except SQLAlchemyError:
        joined = False
    return Response("" if joined else "no room\n", 200 if joined else 503, mimetype="text/plain")


def register(app: Flask, house: House) -> None:
    most = min(MOST, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - KEPT_FREE)
    lookout = Lookout(lambda: reading_desk(house))
    app.extensions["fanout"] = Fanout(lookout, max(most, 16), ended=lambda marks: ended_of(house, marks))
    app.register_blueprint(page)
