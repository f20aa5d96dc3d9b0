"""A real Kannel, configured as docs/deploy.md tells an operator, with two operators behind it on the loopback.

bearerbox and smsbox come as system packages (Debian's `kannel`); no Python registry has them.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import quote_plus, unquote_to_bytes

import requests
from worst.processes import eventually

from gateway.carriers.kannel.line import Kannel
from gateway.cli.company import free_port
from tests.loopback import Asked, Loopback, Reply

PROGRAMS = tuple(shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") for name in ("bearerbox", "smsbox"))
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "deploy.md"
TOKEN, PASSWORD, SHORT_CODE = "made-up-hook-token", "made-up-password", "1100"
OVER_HTTP, NOWHERE, BARRED = "+62899", "+254", "+62870"  # the first digits of numbers: who takes them

OPERATORS = f"""
group = smsc
smsc = fake
smsc-id = FAKE
host = 127.0.0.1
port = {{fake}}
connect-allow-ip = 127.0.0.1
denied-prefix = "{OVER_HTTP};{NOWHERE}"

group = smsc
smsc = http
system-type = kannel
smsc-id = HTTP
port = {{http}}
send-url = "{{operator}}/out"
dlr-url = "http://127.0.0.1:{{http}}/?username=u&password=p"
smsc-username = u
smsc-password = p
connect-allow-ip = 127.0.0.1
allowed-prefix = "{OVER_HTTP}"
"""


class HttpOperator(Loopback):
    """Takes texts over HTTP, or answers what `refusal` says, and reports what a test tells it to."""

    refusal = ""

    def respond(self, asked: Asked) -> Reply:
        return Reply(202, self.refusal or "0: Accepted for delivery", "text/plain")

    def report(self, to: str, mask: int) -> str:
        """What became of the text to this number: 1 delivered, 2 failed, 4 buffered. Returns what Kannel said."""
        (asked,) = [one for one in self.asked if one.value("to") == to]
        url = asked.value("dlr-url").replace("%d", str(mask))
        return requests.get(f"{url}&to={quote_plus(to)}", timeout=5).text


@dataclass
class Link:
    """The fake operator's end of its connection, in the words of Kannel's fakesmsc."""

    port: int
    _buffer: bytes = b""

    def __enter__(self) -> Self:
        self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=5)
        return self

    def __exit__(self, *error: object) -> None:
        self._socket.close()

    def text(self, sender: str, body: str, kind: str = "text") -> None:
        """A text comes from a phone. `kind`: "text", "ucs2", "data" (url-encoded bytes) or "udh <header>"."""
        words = quote_plus(body.encode("utf-16-be")) if kind == "ucs2" else body
        self._socket.sendall(f"{sender} {SHORT_CODE} {kind} {words}\n".encode())

    def got(self) -> tuple[str, str, str]:
        """The next text that left for a phone: its number, its header ("" where it is no part of many), its words."""
        while b"\n" not in self._buffer:
            self._buffer += self._socket.recv(65536)
        first, _, self._buffer = self._buffer.partition(b"\n")
        _, to, kind, words = first.split(b" ", 3)
        header = b""
        if kind == b"udh":
            header, kind, words = words.split(b" ", 2)
        alphabet = "utf-16-be" if kind == b"ucs-2" else "utf-8"
        plain = words if kind == b"text" else unquote_to_bytes(words.replace(b"+", b" "))
        return to.decode(), header.decode(), plain.decode(alphabet)


@dataclass
class Boxes:
    """bearerbox and smsbox, from `__enter__` on with the fake operator connected. `hooks`: our public address."""

    folder: Path
    public_url: str
    operator: HttpOperator | None = None
    operators: str = OPERATORS
    queue_limit: int = 1000
    ports: dict[str, int] = field(
        default_factory=lambda: {name: free_port() for name in ("fake", "http", "send", "admin", "box")}
    )
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def send_url(self) -> str:
        return f"http://127.0.0.1:{self.ports['send']}/cgi-bin/sendsms"

    def line(self, **more: str) -> Kannel:
        account = {"username": "siaga", "password": PASSWORD, "sender": SHORT_CODE} | more
        return Kannel(
            name="kannel",
            sendsms_url=self.send_url,
            username=account["username"],
            password=account["password"],
            sender=account["sender"],
            hook_token=TOKEN,
            public_url=self.public_url,
        )

    def link(self) -> Link:
        return Link(self.ports["fake"])

    def __enter__(self) -> Self:
        config = self.folder / "kannel.conf"
        (self.folder / "spool").mkdir(parents=True)
        config.write_text(self._config())
        for program, ready in zip(PROGRAMS, ("Status: running", "smsbox:"), strict=True):
            self._start(str(program), config)
            eventually(5, lambda word=ready: word in self.status(), f"{program} runs\n{self.said}")
        return self

    def __exit__(self, *error: object) -> None:
        for name in self._running:
            self.kill(name)

    def kill(self, name: str) -> None:
        """End "bearerbox" or "smsbox" as a crash does."""
        process = self._running[name]
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def status(self) -> str:
        with suppress(requests.RequestException):
            url = f"http://127.0.0.1:{self.ports['admin']}/status.txt"
            return requests.get(url, params={"password": PASSWORD}, timeout=2).text
        return ""

    @property
    def said(self) -> str:
        return "".join(path.read_text(errors="replace")[-1000:] for path in self.folder.glob("*.log"))

    def _start(self, program: str, config: Path) -> None:
        name = Path(program).name
        with (self.folder / f"{name}.log").open("wb") as log:
            command = [program, "-v", "1", str(config)]
            self._running[name] = subprocess.Popen(command, stdout=log, stderr=log, start_new_session=True)

    def _config(self) -> str:
        (block,) = re.findall(r"^## Kannel\n.*?^```\n(.*?)^```", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
        asked = {"https://siaga.example": self.public_url, "<token>": TOKEN, "<KANNEL_PASSWORD>": PASSWORD}
        asked |= {"<a password>": PASSWORD, "= 13000": f"= {self.ports['admin']}", "= 13001": f"= {self.ports['box']}"}
        asked |= {"= 13013": f"= {self.ports['send']}", "/var/spool/kannel": f"{self.folder}/spool"}
        # so that no test waits for it, and so that there is something to be full and somebody who is barred
        asked |= {"mo-timeout = 15": f"mo-timeout = 1\nsms-outgoing-queue-limit = {self.queue_limit}"}
        asked |= {"concatenation = true": f'concatenation = true\nblack-list-regex = "{re.escape(BARRED)}"'}
        for old, new in asked.items():
            assert block.count(old) == 1, f"docs/deploy.md has no {old}"
            block = block.replace(old, new)
        return block + self.operators.format(**self.ports, operator=self.operator.url if self.operator else "")
