"""The duty desk's monitor."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from gateway.web.console.access import allow

page = Blueprint("monitor", __name__)


@page.get("/monitor")
@allow()
def show() -> ResponseReturnValue:
    """The full-screen page of a shift."""
    return render_template("monitor.html")
