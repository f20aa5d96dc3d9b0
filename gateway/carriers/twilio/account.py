"""Reach the account at Twilio by the official SDK with our limits, and ask what it has spent and what its balance is.

A text's or call's own price is only known long after it was sent, so the total is asked for instead (UsageRecord
"totalprice", Balance).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from decimal import InvalidOperation
from typing import Any, TypeVar

import requests
from twilio.base.exceptions import TwilioException
from twilio.http.response import Response
from twilio.rest import Client

from gateway.carriers import wire
from gateway.core.messages import Price

API_URL = "https://api.twilio.com"
MOST_RECORDS = 20  # one for a category and a time; however many pages an answer promises
T = TypeVar("T")


class _Limited:
    """The SDK's HTTP client, with our limits.

    Its own client waits for ever, logs every address, and hands back the answer it saw last, which with many threads
    may be another text's.
    """

    is_async = False

    def __init__(self, timeout_seconds: tuple[float, float]) -> None:
        self._timeout = timeout_seconds
        self._session = wire.session()

    def request(self, method: str, uri: str, **sent: Any) -> Any:
        sent["timeout"] = self._timeout
        answer = self._session.request(method, uri, **sent)
        return Response(answer.status_code, answer.text, answer.headers)


def reach(account_sid: str, token: str, timeout_seconds: tuple[float, float], api_url: str | None) -> Any:
    """Return the SDK's account resource. `timeout_seconds` are those to connect, and between two reads. `api_url` is
    another host."""
    client = Client(account_sid, token, http_client=_Limited(timeout_seconds))
    client.edge = client.region = None  # an environment variable of the SDK's must not move the host
    if api_url:
        client.api.base_url = api_url.rstrip("/")
    return client.api.v2010.account


def spent(account: Any, since: date, until: date) -> Sequence[Price] | None:
    """Return one sum a currency for these days (UTC, both included); None when it could not be asked, or not be read:
    half a total would be no total."""

    def ask() -> list[Price | None]:
        days = {"start_date": since, "end_date": until}
        records = account.usage.records.list(category="totalprice", limit=MOST_RECORDS, **days)
        return [wire.price(record.price, record.price_unit) for record in records]

    told = _asked(ask)
    known = [price for price in told or () if price is not None]
    return known if told is not None and len(known) == len(told) else None


def left(account: Any) -> Price | None:
    """Return the balance of the account; None when it could not be asked, as by a sub-account, whose parent has it."""

    def ask() -> Price | None:
        balance = account.balance.fetch()
        return wire.price(balance.balance, balance.currency)

    return _asked(ask)


def _asked(request: Callable[[], T]) -> T | None:
    try:
        return request()
    except (TwilioException, requests.RequestException, InvalidOperation, *wire.MISSHAPEN):  # the SDK counts, too
        return None
