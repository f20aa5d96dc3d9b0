"""What travels in a form from a preview to its keeping: sealed with our own key, so that no process has to remember it
and nobody can exchange it."""

from __future__ import annotations

import base64
import zlib

from cryptography.fernet import InvalidToken

from gateway.models import sealing


class NotOurs(ValueError):  # noqa: N818 - what it is
    """Something that we have not packed."""


def pack(label: str, content: bytes) -> str:
    """`label`: what it is and for whom, without a line break."""
    return sealing.seal(f"{label}\n{base64.b85encode(zlib.compress(content)).decode()}")


def unpack(sealed: str) -> tuple[str, bytes]:
    """Label and content. Raises NotOurs."""
    try:
        label, _, packed = sealing.unseal(sealed).partition("\n")
        return label, zlib.decompress(base64.b85decode(packed))
    except (InvalidToken, ValueError, zlib.error) as error:
        raise NotOurs from error
