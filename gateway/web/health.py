"""Health pages for load balancers, alarms and Prometheus."""

from __future__ import annotations

import hmac
from datetime import timedelta

from flask import Blueprint, Response, current_app, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from gateway.web import metrics
from gateway.wiring import House

health = Blueprint("health", __name__)
LATE = timedelta(seconds=5)


@health.get("/healthz")
def alive() -> Response:
    """Answer that the process runs. Route traffic by this, because a web process alone still takes panics."""
    return jsonify(status="alive")


@health.get("/readyz")
def ready() -> tuple[Response, int]:
    """Answer 503 with the reasons if anything that rings phones is missing. Alarms use this. `warnings` are what no
    restart mends, for example phones that no line can make ring. `overdue` is what is late, by the incident's code; who
    knows a code can speak of it by text, so it is told only where HEALTH_TOKEN keeps others out."""
    house = _opened()
    reasons, overdue = house.reasons(), house.overdue()
    if not house.settings.health_token.get_secret_value():
        overdue = [one | {"code": ""} for one in overdue]
    told = jsonify(ready=not reasons, reasons=reasons, warnings=house.warnings(), overdue=overdue)
    return told, 503 if reasons else 200


@health.get("/metrics")
def numbers() -> Response:
    """Answer with numbers for Prometheus, the same from every process."""
    # with `mimetype` the header would name the charset twice
    return Response(metrics.text(_opened()), content_type=CONTENT_TYPE_LATEST)


def _opened() -> House:
    """Return the house to whoever sends HEALTH_TOKEN as a bearer token; to everybody if none is set. Raises
    Unauthorized."""
    house: House = current_app.extensions["house"]
    token = house.settings.health_token.get_secret_value()
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    fits = hmac.compare_digest(given.strip().encode(), token.encode())
    if token and not (kind.lower() == "bearer" and fits):
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    return house
