"""The process that holds an Asterisk's calls: `python switch.py`. Idle where no line needs it; several may run."""

from gateway.config import starting
from gateway.infrastructure.logs import start_logging
from gateway.switch.duty import serve
from gateway.wiring import house

if __name__ == "__main__":
    start_logging()
    with starting():
        home = house()
    serve(home.open_uow, home.lines)
