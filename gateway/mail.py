"""Send mail: the only place that does (SMTP_URL, SMTP_FROM). Nothing that rings a phone waits for it."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from urllib.parse import unquote, urlsplit

PATIENCE = 20.0  # seconds that one step of a conversation with the server may take
PORTS = {"smtp": 587, "smtps": 465}
HERE = ("127.0.0.1", "::1", "localhost")  # nothing to a server on this machine crosses a network


class NotSent(Exception):  # noqa: N818 - what happened
    """The mail did not leave; the sentence says why, without the address of a reader or a password."""


@dataclass(frozen=True)
class Enclosure:
    """A file that a mail carries."""

    name: str
    mimetype: str  # such as "application/pdf"
    content: bytes


@dataclass(frozen=True)
class Mailer:
    """A way to one mail server: `url` is smtp://user:password@host:587 (STARTTLS) or smtps://…:465."""

    url: str = field(repr=False)
    sender: str

    def send(self, readers: Sequence[str], subject: str, words: str, enclosures: Sequence[Enclosure] = ()) -> None:
        """Send one mail to each of these addresses, so that no reader sees the others. Raises NotSent."""
        with self._server() as server:
            for reader in readers:
                refused = server.send_message(self._mail(reader, subject, words, enclosures), self.sender, [reader])
                if refused:
                    raise NotSent("the server refused a reader")

    def fault(self) -> str:
        """Return why no mail can leave now, or nothing: it connects and logs in, and sends nothing."""
        try:
            with self._server() as server:
                server.noop()
        except NotSent as error:
            return str(error)
        return ""

    def _mail(self, reader: str, subject: str, words: str, enclosures: Sequence[Enclosure]) -> EmailMessage:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = self.sender, reader, subject
        mail["Date"] = format_datetime(datetime.now(UTC))
        mail["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2])
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday note answers it
        mail.set_content(words)
        for one in enclosures:
            kind, _, form = one.mimetype.partition("/")
            mail.add_attachment(one.content, maintype=kind, subtype=form, filename=one.name)
        return mail

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        """Yield a server that is ready for a mail. Raises NotSent, also for what goes wrong in the block."""
        parts = urlsplit(self.url)
        host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
        try:
            with _connected(parts.scheme, host, port) as server:
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                yield server
        except (smtplib.SMTPException, OSError) as error:
            code = getattr(error, "smtp_code", "")
            raise NotSent(f"{host}:{port}: {type(error).__name__} {code}".rstrip()) from error


def _connected(scheme: str, host: str, port: int) -> smtplib.SMTP:
    """Return a connection whose words nobody else on the network reads."""
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=PATIENCE, context=ssl.create_default_context())
    server = smtplib.SMTP(host, port, timeout=PATIENCE)
    if host not in HERE:
        try:
            server.starttls(context=ssl.create_default_context())  # raises where the server offers none
        except BaseException:
            server.close()
            raise
    return server
