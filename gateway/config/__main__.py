"""`python -m gateway.config` prints where web listens (gunicorn.conf.py asks), or what is wrong with the settings."""

import sys

from gateway.config import Settings, starting

with starting():
    settings = Settings.load()
host = f"[{settings.host}]" if ":" in settings.host else settings.host
sys.stdout.write(f"{host}:{settings.port}")
