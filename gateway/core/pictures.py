"""Tell a picture by its first bytes. Only these are ever handed on to a browser, whatever their sender calls them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MOST_BYTES = 5_000_000  # an MMS carries less, and WhatsApp's limit for pictures is the same
BEGINNINGS: Mapping[bytes, str] = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
}
WEBP = b"RIFF", b"WEBP"  # with four bytes of length between them


@dataclass(frozen=True)
class Picture:
    body: bytes
    mimetype: str


def picture(body: bytes) -> Picture | None:
    """Return these bytes as a picture; None if they are none that we know, or too many."""
    if len(body) > MOST_BYTES:
        return None
    if (body[:4], body[8:12]) == WEBP:
        return Picture(body, "image/webp")
    kind = next((mimetype for begin, mimetype in BEGINNINGS.items() if body.startswith(begin)), None)
    return Picture(body, kind) if kind is not None else None
