"""`python -m gateway.config` prints what gunicorn.conf.py asks, or what is wrong with the settings.

It asks where web listens, and with how many processes at each of these places.
"""

import sys

from gateway.config import BadSetting, Settings, starting
from gateway.config.sources import environment

with starting():
    settings = Settings.load()
    processes = environment().get("WEB_CONCURRENCY") or "2"
    if not processes.isdigit():
        raise BadSetting({"WEB_CONCURRENCY": "must be a number of processes"})
host = f"[{settings.host}]" if ":" in settings.host else settings.host
places = ",".join(f"{host}:{port}" for port in (settings.port, settings.pages_port) if port)
sys.stdout.write(f"{places} {processes}")
