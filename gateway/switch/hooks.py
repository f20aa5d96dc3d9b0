"""Tell web what happened to a call, as any carrier does; a hook that web could not take is told again."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping

import requests

from gateway.carriers import wire
from gateway.carriers.asterisk.line import Asterisk
from gateway.carriers.scripts import read_script
from gateway.core.messages import Script

log = logging.getLogger(__name__)

LIMITS = (2.0, 8.0)  # seconds to connect, and between two reads; the room keeps a repeat from counting twice
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0  # seconds between two tries


class Hooks:
    """The hooks of one line. Safe to call from any thread; raises nothing."""

    def __init__(self, line: Asterisk, ending: threading.Event) -> None:
        self._line, self._ending = line, ending
        self._session = wire.session()

    @property
    def ends(self) -> bool:
        """Return whether this process is about to end."""
        return self._ending.is_set()

    def tell(
        self, path: str, fields: Mapping[str, str], patience: float, wanted: Callable[[], bool] = lambda: True
    ) -> Script | None:
        """Return the script that web answers. Return None when web refuses the hook, or could not take it for
        `patience` seconds, or when nobody wants the answer any more."""
        body = json.dumps(fields, separators=(",", ":")).encode()
        deadline, pause = time.monotonic() + patience, FIRST_PAUSE
        while True:
            answer = self._post(path, body)
            if answer is not None and answer.status_code < requests.codes.server_error:
                return self._script(path, answer)
            if time.monotonic() + pause > deadline or not wanted() or self._ending.wait(pause):
                log.error("web could not take a hook of a call", extra={"line": self._line.name, "hook": path})
                return None
            pause = min(pause * 2, LONGEST_PAUSE)

    def _post(self, path: str, body: bytes) -> requests.Response | None:
        try:
            return self._session.post(
                self._line.hook_url(path),
                data=body,
                headers=self._line.signed(body),  # anew for each try: a signature is for one moment
                timeout=LIMITS,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            log.warning("web does not answer", extra={"line": self._line.name, "error": type(error).__name__})
            return None

    def _script(self, path: str, answer: requests.Response) -> Script | None:
        try:
            if answer.status_code == requests.codes.ok:
                return read_script(answer.content)
        except ValueError:
            log.error("web answered something that is no script", extra={"line": self._line.name, "hook": path})
            return None
        told = {"line": self._line.name, "hook": path, "status": answer.status_code}
        log.error("web refuses a hook of a call: is PUBLIC_URL right, and the hook key the same?", extra=told)
        return None
