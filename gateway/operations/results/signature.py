"""Sign a report that we issue, over its bytes and over the head that the audit trail had then; verify such a one.

It is one word inside the file (a row of the CSV, a key of the JSON, a comment behind the PDF); what is signed is the
file without that word.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

from gateway.identity import audit_log
from gateway.identity.audit_log import Head
from gateway.models import sealing
from gateway.unit_of_work import UnitOfWork

PLACE = "siaga-signature-here"  # a writer puts it where the word belongs
_WORD = re.compile(rb"siaga-sig1\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
WHOLE, TRAIL_LOST, CHANGED, UNSIGNED = "whole", "trail_lost", "changed", "unsigned"


@dataclass(frozen=True)
class Verdict:
    """The state of a file, one of those above, and the head that it was issued with."""

    state: str
    head: Head | None = None


def signed(content: str | bytes, head: Head) -> bytes:
    """Return the report with its signature in place of the last PLACE."""
    written = content.encode() if isinstance(content, str) else content
    before, _, after = written.rpartition(PLACE.encode())
    told = f"{head.count}:{head.link}".encode()
    word = b".".join((b"siaga-sig1", _plain(told), _plain(sealing.sign(_covered(told, before, after)))))
    return before + word + after


def verified(uow: UnitOfWork, content: bytes) -> Verdict:
    """Return whether a report is as we issued it, and whether the audit trail still contains its head."""
    words = list(_WORD.finditer(content))
    if not words:
        return Verdict(UNSIGNED)
    try:
        told, signature = (_bytes(piece) for piece in words[-1].groups())
        count, _, link = told.decode().partition(":")
        head = Head(int(count), link)
    except ValueError:
        return Verdict(CHANGED)
    covered = _covered(told, content[: words[-1].start()], content[words[-1].end() :])
    if not sealing.is_signed(covered, signature):
        return Verdict(CHANGED)
    return Verdict(WHOLE if audit_log.contains(uow, head) else TRAIL_LOST, head)


def _covered(told: bytes, before: bytes, after: bytes) -> bytes:
    return b"\0".join((b"siaga-report", told, str(len(before)).encode(), before + after))


def _plain(content: bytes) -> bytes:
    return base64.urlsafe_b64encode(content).rstrip(b"=")


def _bytes(piece: bytes) -> bytes:
    """Return what a piece of the word holds. Raises ValueError for a form that we never write."""
    content = base64.urlsafe_b64decode(piece + b"=" * (-len(piece) % 4))
    if _plain(content) != piece:
        raise ValueError("not the form that we write")
    return content
