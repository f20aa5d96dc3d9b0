"""Is it alive, is it well: for load balancers, alarms and Prometheus."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from gateway.web import metrics
from gateway.wiring import House

health = Blueprint("health", __name__)
LATE = timedelta(seconds=5)


@health.get("/healthz")
def alive() -> Response:
    """The process answers: route traffic by this, for a web process alone still takes panics."""
    return jsonify(status="alive")


@health.get("/readyz")
def ready() -> tuple[Response, int]:
    """For alarms: 503 with the reasons when anything that rings phones is missing."""
    house: House = current_app.extensions["house"]
    reasons = house.reasons()
    return jsonify(ready=not reasons, reasons=reasons), 503 if reasons else 200


@health.get("/metrics")
def numbers() -> Response:
    house: House = current_app.extensions["house"]
    metrics.refresh(house)
    return Response(generate_latest(), content_type=CONTENT_TYPE_LATEST)  # a mimetype would name the charset twice
