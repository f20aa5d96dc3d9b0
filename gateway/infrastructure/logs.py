"""Structured logs: one JSON object per line. Phone numbers are masked even if the caller forgot it."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime

from gateway.core.phone import mask_in

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_TOKEN = re.compile(r"(/hooks/[a-z]+/)[^/\s?]+(?=/)")  # some carriers prove who they are by a token in the path


class JsonLines(logging.Formatter):
    """A log formatter that writes time, level, logger, message and every `extra`, with secrets and numbers masked."""

    def format(self, record: logging.LogRecord) -> str:
        facts = {name: value for name, value in vars(record).items() if name not in _STANDARD}
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": clean(record.getMessage()),
            **{name: _shown(value) for name, value in facts.items()},
        }
        if record.exc_info:
            line["trace"] = clean(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def _shown(value: object) -> object:
    if isinstance(value, list | tuple | set | frozenset):
        return [_shown(one) for one in value]
    return clean(value) if isinstance(value, str) else value


def clean(text: str) -> str:
    """Return the text without tokens, URL queries and whole phone numbers."""
    return mask_in(_TOKEN.sub(r"\1***", text))


def start_logging(level: int = logging.INFO) -> None:
    """Send all logs to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("rq.worker", "twilio.http_client", "alembic", "werkzeug"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # its warnings show whole addresses: Kannel's holds a password
