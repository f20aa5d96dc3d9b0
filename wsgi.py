"""The web process: `gunicorn wsgi:app`."""

from gateway.config import starting
from gateway.infrastructure.logs import start_logging
from gateway.web.app import create_app
from gateway.wiring import house

start_logging()
with starting():
    app = create_app(house())
