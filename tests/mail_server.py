"""A real SMTP server on the loopback; what it was handed is kept."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from gateway.cli.company import free_port


class Post:
    """A mail server's side: keeps what arrives, and wants the password `kunci`."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.mails: list[tuple[list[str], EmailMessage]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - its name there
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append((envelope.rcpt_tos, mail))
        return "250 kept"

    def authenticate(self, server: Any, session: Any, envelope: Any, mechanism: str, login: Any) -> AuthResult:
        return AuthResult(success=login.password == b"kunci", handled=False)  # it says 535 itself


@contextmanager
def mail_server() -> Iterator[Post]:
    """One that listens until the block is over."""
    post = Post(free_port())
    ways = {"authenticator": post.authenticate, "auth_require_tls": False}
    server = Controller(post, "127.0.0.1", post.port, ready_timeout=30, **ways)
    server.start()
    yield post
    server.stop()
