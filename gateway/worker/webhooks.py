"""Send what webhooks are owed. While another system thinks, no lock, no transaction and no connection is held."""

from __future__ import annotations

import hashlib
import hmac
import threading
from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit

import certifi
import urllib3

from gateway.models import webhook as rows
from gateway.monitor import webhooks
from gateway.monitor.webhooks import PREFIX, Letter
from gateway.positions.short_links import Resolve, is_public, resolve
from gateway.unit_of_work import OpenUnitOfWork

EACH = 1.0  # seconds between two looks for what is owed
SECONDS = 5.0  # that one request may take
AT_ONCE = 4  # requests to one webhook
PORTS = {"https": 443, "http": 80}
Post = Callable[[Letter, datetime], str]  # sends, and returns what went wrong ("": nothing); never raises


def signed(letter: Letter, now: datetime) -> dict[str, str]:
    """Return the headers of Standard Webhooks: id, time and signature of a message."""
    at = str(int(now.timestamp()))
    key = b64decode(letter.secret.removeprefix(PREFIX))
    made = hmac.new(key, f"{letter.id}.{at}.".encode() + letter.body, hashlib.sha256).digest()
    return {"webhook-id": letter.id, "webhook-timestamp": at, "webhook-signature": f"v1,{b64encode(made).decode()}"}


@dataclass(frozen=True)
class Poster:
    """The client that brings messages out. It connects to the very address that it has looked at, since a second
    look-up of the name could give another, follows no redirect and reads no answer."""

    resolve: Resolve = resolve
    is_allowed: Callable[[str], bool] = is_public
    authorities: str = field(default_factory=certifi.where)

    def __call__(self, letter: Letter, now: datetime) -> str:
        """Send a message; return a word for what went wrong, "" where it was taken."""
        try:
            status = self._post(letter, signed(letter, now))
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:  # its message may hold the address
            return type(error).__name__
        return "" if 200 <= status < 300 else str(status)

    def _post(self, letter: Letter, headers: dict[str, str]) -> int:
        parts = urlsplit(letter.url)
        host = parts.hostname or ""
        port = parts.port or PORTS[parts.scheme]
        found = self.resolve(host, port)
        if not letter.is_private and not all(self.is_allowed(address) for address in found):
            raise PrivateAddress
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        more = {"Host": parts.netloc.rpartition("@")[2], "Content-Type": "application/json"}
        with self._pool(parts.scheme, found[0], port, host) as pool:
            answer = pool.urlopen(
                "POST",
                path,
                letter.body,
                headers | more,
                retries=False,
                redirect=False,
                preload_content=False,
                timeout=urllib3.Timeout(total=SECONDS),
            )
            answer.close()
            return answer.status

    def _pool(self, scheme: str, address: str, port: int, host: str) -> urllib3.HTTPConnectionPool:
        if scheme == "http":
            return urllib3.HTTPConnectionPool(address, port)
        return urllib3.HTTPSConnectionPool(
            address, port, server_hostname=host, assert_hostname=host, ca_certs=self.authorities
        )


class PrivateAddress(ValueError):  # noqa: N818 - its name is what an operator reads
    """A name that must be on the open internet leads into a private network."""


class Webhooks:
    """One worker's sender of webhooks. A receiver that hangs holds its own threads and no others."""

    def __init__(
        self, open_uow: OpenUnitOfWork, run: Callable[[str, Callable[[], None]], None], post: Post | None = None
    ) -> None:
        self._open_uow, self._run, self._post = open_uow, run, post or Poster()
        self._busy = Counter[int]()
        self._lock = threading.Lock()

    def tick(self) -> None:
        """Write what is owed since the last look, claim what is due, and let it leave."""
        with self._open_uow() as uow:
            found = webhooks.write(uow)
        for webhook_id in found:
            with self._lock:
                free = AT_ONCE - self._busy[webhook_id]
            if free > 0:
                with self._open_uow() as uow:
                    claimed = rows.claim(uow.db, webhook_id, uow.now(), free)
                for message_id in claimed:
                    self._begin(webhook_id, message_id)

    def _begin(self, webhook_id: int, message_id: int) -> None:
        with self._lock:
            self._busy[webhook_id] += 1

        def work() -> None:
            try:
                self._send(message_id)
            finally:
                with self._lock:
                    self._busy[webhook_id] -= 1

        self._run(f"{rows.WEBHOOK_LANE}/{webhook_id}", work)

    def _send(self, message_id: int) -> None:
        with self._open_uow() as uow:
            letter, now = webhooks.letter(uow, message_id), uow.now()
        if letter is None:
            return
        trouble = self._post(letter, now)
        with self._open_uow() as uow:
            if trouble:
                webhooks.failed(uow, message_id, trouble)
            else:
                webhooks.arrived(uow, message_id)
