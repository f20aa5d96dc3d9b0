"""Read what Africa's Talking answers when we hand something over, or ask for the balance.

The shapes of its fields are those that its official SDKs' tests and its users' issues show. `cost` is "KES 0.8000", or
"0" for a text that was not taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.carriers import wire
from gateway.carriers.africastalking import codes
from gateway.core.messages import Outcome, Price, Sent

NOTHING = frozenset({"", "none", "null"})  # how it writes "no value"


def value(text: str) -> str:
    """Return the text, or an empty string where the text means "no value"."""
    return "" if text.strip().lower() in NOTHING else text


def recipients(answer: Any, numbers: Sequence[str]) -> dict[str, Sent]:
    """Return the answer for each number, by number and never by order. A number that is missing among others may have
    got the text; if the answer names no number at all, nobody got it."""
    try:
        data = answer["SMSMessageData"]
        found = {_digits(one["number"]): _recipient(one) for one in data["Recipients"]}
        message = data.get("Message")
    except wire.MISSHAPEN:
        return dict.fromkeys(numbers, wire.GARBLED)
    missing = Sent(Outcome.UNKNOWN, code="not_listed") if found else Sent(Outcome.REFUSED, code=wire.word(message))
    return {number: found.get(_digits(number), missing) for number in numbers}


def _recipient(one: Mapping[str, Any]) -> Sent:
    code, status = str(one.get("statusCode", "")), wire.word(one.get("status"))
    outcome = codes.RECIPIENTS.get(code) or codes.RECIPIENT_WORDS.get(status.lower()) or _by_class(code)
    if outcome is not Outcome.ACCEPTED:
        opted_out = not codes.OPTED_OUT.isdisjoint({code, status.lower()})
        about = opted_out or code in codes.ABOUT_NUMBER
        return Sent(outcome, code=f"{code[:3]} {status}", about_number=about, opted_out=opted_out)
    ref = value(str(one.get("messageId", "")))[: wire.REF_LENGTH]
    return Sent(outcome, ref=ref, parts=wire.whole(str(one.get("messageParts"))) or None, price=_price(one.get("cost")))


def _by_class(code: str) -> Outcome:
    return {"1": Outcome.ACCEPTED, "4": Outcome.REFUSED}.get(code[:1], Outcome.UNKNOWN)


def entry(answer: Any) -> Sent:
    """Return the answer for one call; "None" as the errorMessage is its word for success."""
    try:
        entries, message = answer["entries"], str(answer.get("errorMessage", ""))
        if not entries and value(message):
            return Sent(Outcome.REFUSED, code=wire.word(message))
        status = wire.word(entries[0].get("status"))
        ref = value(str(entries[0].get("sessionId", "")))[: wire.REF_LENGTH]
    except wire.MISSHAPEN:
        return wire.GARBLED
    outcome = codes.CALLS.get(status.lower(), Outcome.UNKNOWN)
    return Sent(outcome, ref=ref, code="") if outcome is Outcome.ACCEPTED else Sent(outcome, code=status)


def balance(answer: Any) -> Price | None:
    """Return the balance: "KES 1785.50" among the account's data; None for any other shape."""
    try:
        return _price(answer["UserData"]["balance"])
    except wire.MISSHAPEN:
        return None


def _price(told: object) -> Price | None:
    """Return the price of a cost like "KES 0.8000", or None."""
    currency, _, amount = str(told).partition(" ")
    return wire.price(amount, currency)


def _digits(number: object) -> str:
    return re.sub(r"[^0-9]", "", str(number))
