"""The process that holds an Asterisk's calls: `python switch.py`. Idle where no line needs it; several may run."""

from gateway.config import starting
from gateway.infrastructure import database_clock
from gateway.infrastructure.logs import start_logging
from gateway.switch.duty import serve
from gateway.wiring import house
from gateway.worker.queue import every

if __name__ == "__main__":
    start_logging()
    with starting():
        home = house()
    every(database_clock.EACH, home.keep_time, "clock")
    serve(home.open_uow, home.lines)
