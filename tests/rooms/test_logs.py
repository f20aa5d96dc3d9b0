"""What the libraries underneath would like to tell the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from gateway.carriers.kannel.line import Kannel
from gateway.core.messages import TextOut
from gateway.infrastructure.logs import start_logging


class Broken(BaseHTTPRequestHandler):
    """Answers with a line among its headers that is none."""

    def do_GET(self) -> None:
        self.wfile.write(b"HTTP/1.0 202 Accepted\r\nno header at all\r\n\r\n0: Accepted for delivery")

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: a test's output is the tests'."""


@pytest.fixture
def broken_box() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Broken)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/cgi-bin/sendsms"
    server.shutdown()
    server.server_close()


@pytest.fixture
def own_logging() -> Iterator[None]:
    """The process's logging as it was, after a test that starts it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.mark.usefixtures("own_logging")
def test_an_answer_with_a_broken_header_shows_no_address(broken_box: str, capsys: pytest.CaptureFixture[str]) -> None:
    start_logging()
    line = Kannel(
        name="kannel",
        sendsms_url=broken_box,
        username="siaga",
        password="made-up-password",
        sender="1100",
        hook_token="made-up-hook-token",
        public_url="https://siaga.example",
    )
    line.send_texts([TextOut(7, "+6281234567890", "TOLONG")])
    assert "made-up" not in capsys.readouterr().err
