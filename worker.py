"""A worker process: `python worker.py`. Run as many as you like, side by side."""

from gateway.config import starting
from gateway.infrastructure.logs import start_logging
from gateway.wiring import connect_redis_to_wait, house
from gateway.worker.queue import listen

if __name__ == "__main__":
    start_logging()
    with starting():
        home = house()
    listen(
        home.sweep,
        lambda: connect_redis_to_wait(home.settings),
        home.heartbeat,
        home.keep_time,
        home.nightly_purge,
        home.beside,
    )
