"""The console: the pages for a desk's and an administrator's browser."""

from __future__ import annotations

from flask import Flask

from gateway.web.console import (
    access,
    basemap,
    duty,
    headers,
    incident,
    live,
    login,
    look,
    maps,
    monitor,
    phones,
    pictures,
    refusals,
    words,
)
from gateway.web.console.admin import overview
from gateway.wiring import House


def register(app: Flask, house: House) -> None:
    """Add the console's pages to an app that already has the carriers' blueprint `hooks`."""
    headers.register(app, house.settings)
    access.register(app)
    words.register(app)
    look.register(app)
    refusals.register(app)
    live.register(app, house)
    for pages in (login.page, monitor.page, duty.page, incident.page, pictures.page, maps.page, basemap.page):
        app.register_blueprint(pages)
    if house.settings.demo:
        app.register_blueprint(phones.page)
    overview.register(app)
