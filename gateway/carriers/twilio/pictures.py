"""Fetch the pictures of an MMS or a WhatsApp message, which stay at Twilio until somebody opens them."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

import requests

from gateway.carriers import wire
from gateway.core.pictures import MOST_BYTES, Picture, picture

MOST = 10  # Twilio's own limit for one message
MOST_REDIRECTS = 3  # Twilio hands on to the store where the file lies
PIECE = 65_536
LONGEST_S = 10.0  # seconds for a whole picture: somebody waits for it


def addresses(raw: str, account: str) -> Sequence[str]:
    """Return the addresses of a text's pictures, from what was kept of it. Others than this account's (`account` is its
    address) are left out: nobody makes us ask elsewhere."""
    try:
        told = json.loads(raw)
        many = min(wire.whole(str(told.get("NumMedia", ""))) or 0, MOST)
        found = [str(told.get(f"MediaUrl{at}", "")) for at in range(many)]
    except (ValueError, AttributeError):
        return ()
    return [address for address in found if address.startswith(f"{account}/")]


def fetch(address: str, account: tuple[str, str], timeout_seconds: tuple[float, float]) -> Picture | None:
    """Return the picture at this address; None where it is gone, too large, or no picture. Raises nothing."""
    try:
        with requests.Session() as session:
            session.max_redirects = MOST_REDIRECTS
            # `requests` sends the account to the first host only.
            with session.get(address, auth=account, timeout=timeout_seconds, stream=True) as answer:
                if not answer.ok or urlsplit(answer.url).scheme != urlsplit(address).scheme:
                    return None
                return _read(answer)
    except requests.RequestException:
        return None


def _read(answer: requests.Response) -> Picture | None:
    body, until = b"", time.monotonic() + LONGEST_S
    for piece in answer.iter_content(PIECE):
        body += piece
        if len(body) > MOST_BYTES or time.monotonic() > until:
            return None
    return picture(body)
