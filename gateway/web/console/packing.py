"""Seal data into a form between a preview and its storing, with our own key.

So no process has to remember it and nobody can exchange it.
"""

from __future__ import annotations

import base64
import zlib

from cryptography.fernet import InvalidToken

from gateway.models import sealing


class NotOurs(ValueError):  # noqa: N818 - what it is
    """The data was not sealed by us."""


def pack(label: str, content: bytes) -> str:
    """Return the content sealed together with `label`, which says what it is and for whom, without a line break."""
    return sealing.seal(f"{label}\n{base64.b85encode(zlib.compress(content)).decode()}")


def unpack(sealed: str) -> tuple[str, bytes]:
    """Return label and content. Raises NotOurs."""
    try:
        label, _, packed = sealing.unseal(sealed).partition("\n")
        return label, zlib.decompress(base64.b85decode(packed))
    except (InvalidToken, ValueError, zlib.error) as error:
        raise NotOurs from error
