"""What the made-up carriers share: a server on the loopback, and a way to call the gateway back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import requests

Form = dict[str, list[str]]


@dataclass(frozen=True)
class Asked:
    """One request that reached the carrier."""

    method: str
    path: str
    form: Form
    headers: Mapping[str, str]
    body: str = ""

    def value(self, name: str, default: str = "") -> str:
        return self.form.get(name, [default])[0]


@dataclass(frozen=True)
class Reply:
    status: int = 200
    body: str = ""
    mimetype: str = "application/json"
    location: str = ""  # where it sends whoever asked


# (address, fields, headers) -> the gateway's answer. Over the wire, or straight into a test client.
CallBack = Callable[[str, Mapping[str, str], Mapping[str, str]], Reply]


def over_the_wire(url: str, fields: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
    answer = requests.post(url, data=dict(fields), headers=dict(headers), timeout=10)
    return Reply(answer.status_code, answer.text, answer.headers.get("Content-Type", ""))


@dataclass
class Trouble:
    """How the whole company is unwell: "slow", "cut_off", "garbled", "misshapen", an HTTP status, or "" for well."""

    kind: str = ""
    seconds: float = 2.0


class Loopback:
    """A threaded HTTP server that is a carrier. Subclasses say `respond`; what was asked is kept in `asked`."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.trouble = Trouble()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def respond(self, asked: Asked) -> Reply:
        raise NotImplementedError

    def unwell(self, asked: Asked) -> Reply | None:
        """What a company in trouble answers; None: it is well."""
        match self.trouble.kind:
            case "":
                return None
            case "slow":
                time.sleep(self.trouble.seconds)
                return Reply(504, "late")
            case "garbled":
                return Reply(201, "<html>It works</html>", "text/html")
            case "misshapen":
                return Reply(201, '["not", "what", "was", "promised"]')
            case status:
                return Reply(int(status), "<html>Sorry</html>", "text/html")


def _handler(carrier: Loopback) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 5

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            parts = urlsplit(self.path)
            form = parse_qs(body, keep_blank_values=True) | parse_qs(parts.query, keep_blank_values=True)
            asked = Asked(self.command, parts.path, form, {k.lower(): v for k, v in self.headers.items()}, body)
            carrier.asked.append(asked)
            if carrier.trouble.kind == "cut_off":
                self.close_connection = True
                return
            self._answer(carrier.unwell(asked) or carrier.respond(asked))

        do_GET = do_DELETE = do_POST  # noqa: N815 - the names that http.server asks for

        def _answer(self, reply: Reply) -> None:
            body = reply.body.encode()
            try:
                self.send_response(reply.status)
                self.send_header("Content-Type", reply.mimetype)
                self.send_header("Content-Length", str(len(body)))
                if reply.location:
                    self.send_header("Location", reply.location)
                self.end_headers()
                self.wfile.write(body)
            except ConnectionError:  # who asked has given up, which is what a slow carrier is for
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet: a test's output is the tests'."""

    return Handler


@dataclass
class Handset:
    """A phone as a carrier sees it: what becomes of a text to it and of a call to it."""

    number: str
    texts: str = "delivered"
    calls: str = "answers"  # answers, busy, absent, refuses
    received: list[str] = field(default_factory=list)
