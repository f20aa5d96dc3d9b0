"""The web process: blueprints, errors, the threads that empty the spool and keep the snapshot. It holds no logic."""

from __future__ import annotations

import threading

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from gateway.infrastructure import database_clock
from gateway.infrastructure.processes import EACH
from gateway.web import addresses, console, errors, metrics
from gateway.web.api import api
from gateway.web.health import health
from gateway.web.hooks import hooks, replay
from gateway.web.speech import Speech, speech
from gateway.wiring import House
from gateway.worker.queue import every


def create_app(house: House, drain: bool = True) -> Flask:
    """Return a Flask app on this house.

    With `drain` it hands in spooled requests each second; tests do that by hand.
    """
    app = Flask(__name__)
    app.config["SECRET_KEY"] = house.settings.secret_key.get_secret_value()
    app.config["MAX_CONTENT_LENGTH"] = app.config["MAX_FORM_MEMORY_SIZE"] = 1024 * 1024
    app.extensions["house"] = house
    app.extensions["speech"] = Speech(house)
    if house.settings.proxies:
        # only the address; what a signature covers comes from PUBLIC_URL
        before = ProxyFix(app.wsgi_app, x_for=house.settings.proxies, x_proto=0, x_host=0)
        app.wsgi_app = before  # type: ignore[method-assign]
    addresses.register(app)
    app.register_blueprint(hooks)
    app.register_blueprint(speech)
    app.register_blueprint(health)
    errors.register(app)
    app.register_blueprint(api)
    console.register(app, house)
    if drain:
        every(1.0, lambda: drain_spool(house), "spool")
        if house.lines.plays_sounds():
            threading.Thread(target=app.extensions["speech"].warm, name="speech", daemon=True).start()
        every(1.0, house.refresh_snapshot, "snapshot")
        every(EACH, lambda: house.processes.tell({metrics.LISTENERS: len(app.extensions["fanout"])}), "process")
        every(database_clock.EACH, house.keep_time, "clock")
    return app


def drain_spool(house: House) -> None:
    """Hand in the requests that arrived while the database was away."""
    house.spool.drain(lambda line, hook: replay(house, line, hook))
    house.drain_done()
