"""How `gunicorn wsgi:app` serves: hooks and pages on threads, live pages on none (docs/adr/0006-live-pages.md)."""

import os
import resource
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from gunicorn.glogging import Logger


class Discreet(Logger):
    """gunicorn's own log, without what a request said: a line that it cannot read may hold a token, words, numbers."""

    def warning(self, msg: str, *args: Any, **more: Any) -> None:
        super().warning(msg.partition(": ")[0] if msg.startswith("Invalid request") else msg, *args, **more)

    def exception(self, msg: str, *args: Any, **more: Any) -> None:
        if msg.startswith("Socket error"):  # whoever asked has gone, or takes nothing any more
            self.info("a connection broke off while it was answered")
            return
        asked = msg.startswith("Error handling request")
        super().exception("Error handling a request" if asked else msg, *(() if asked else args), **more)


# Asked of a process of its own: what this one imports, SIGHUP would not replace by a newer version's.
found = os.pathsep.join(filter(None, (str(Path(__file__).parent), os.environ.get("PYTHONPATH"))))
asked = subprocess.run(
    [sys.executable, "-m", "gateway.config"],
    env=os.environ | {"PYTHONPATH": found},
    stdout=subprocess.PIPE,
    text=True,
)
if asked.returncode:
    sys.exit(asked.returncode)  # it has said why

logger_class = Discreet
places, processes = asked.stdout.split(" ")
bind = places.split(",")  # the first for hooks; with PAGES_PORT the second for pages
# It waits for requests without a thread; the live stream takes its connections out of its hands.
worker_class = "gateway.web.server.PatientWorker"
worker_connections = 4000  # connections of one process, most of them idle or slow
workers = max(1, int(processes)) * len(bind)  # with none it would listen and never answer
threads = 16  # for hooks; pages have their own
keepalive = 65  # longer than a proxy's own
timeout = 30
graceful_timeout = 10
accesslog = None  # it would show tokens, queries and numbers

# A listener is one file descriptor. 1024, the usual soft limit, would be the limit of listeners too.
with suppress(ValueError, OSError):
    _hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (65536 if _hard == resource.RLIM_INFINITY else min(_hard, 65536), _hard))
control_socket_disable = True  # one socket per user in the home folder, which two deployments would share


def on_reload(server: Any) -> None:
    """Let the processes of before stay until the new ones take requests."""
    from gateway.web.server import succession  # gunicorn has imported it for its worker class

    succession.begin(server.worker_age, server.cfg.workers)


def pre_fork(server: Any, worker: Any) -> None:
    """Give the new process the door that has the fewest of those that stay."""
    from gateway.web.server import succession

    doors = [each.door for each in server.WORKERS.values() if not succession.replaces(each.age)]
    worker.door = min(range(len(server.LISTENERS)), key=doors.count)
