"""The web process: `gunicorn wsgi:app`."""

from gateway.web.app import create_app
from gateway.wiring import house

app = create_app(house())
