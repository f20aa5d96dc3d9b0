"""The console: what people at a desk see in a browser."""

from __future__ import annotations

from flask import Flask

from gateway.web.console import access, headers, login, monitor, refusals, words
from gateway.wiring import House


def register(app: Flask, house: House) -> None:
    """Add the console's pages to an app that has the carriers' blueprint `hooks` already."""
    headers.register(app, house.settings)
    access.register(app)
    words.register(app)
    refusals.register(app)
    app.register_blueprint(login.page)
    app.register_blueprint(monitor.page)
