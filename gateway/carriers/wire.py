"""The parts that every company's wire shares: fields that strangers wrote, and requests that may fail half-way."""

from __future__ import annotations

import codecs
import hashlib
import hmac
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

import requests
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NewConnectionError

from gateway.carriers.description import Probe
from gateway.core.messages import Hook, Outcome, Price, Sent
from gateway.core.phone import country

REF_LENGTH, PHONE_LENGTH, CODE_LENGTH = 120, 64, 40  # so many characters the tables keep of them
POOL = 64  # as many senders as one worker has
STAND_IN_SECONDS = 600.0
CLOCK_SECONDS = 900.0  # how wrong the clock of a signer may be; a replay within is known by its id
DIALABLE = re.compile(r"[+][1-9][0-9]{6,14}")  # E.164
BAD_NUMBER = Sent(Outcome.PERMANENT, code="bad_number")
GARBLED = Sent(Outcome.UNKNOWN, code="garbled")
TIMED_OUT = Sent(Outcome.UNKNOWN, code="timeout")
NEVER_LEFT = (NewConnectionError, ConnectTimeoutError)
STATEMENT_SECONDS = (1.0, 2.0)  # to connect, and between two reads: somebody waits for a page
AMOUNT = re.compile(r"-?[0-9]{1,9}([.][0-9]{1,60})?")  # sums of them stay within what a column holds
PROBE_SECONDS = (5.0, 10.0)  # to connect, and between two reads: somebody waits at a terminal
CURRENCY = re.compile(r"[A-Z]{3}")
# The errors that an SDK or our reading raises for an answer of another shape than promised.
MISSHAPEN = (ValueError, TypeError, AttributeError, KeyError, IndexError)


# --- in: fields that strangers wrote ----------------------------------------------------------------------------

_ABOVE_ASCII = re.compile(rb"[\x80-\xff]+")


def _one_byte_letters(error: UnicodeError) -> tuple[str, int]:
    """Read what is no UTF-8 as Windows-1252, up to the next plain letter; only five bytes are no letter there
    either."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    run = _ABOVE_ASCII.match(error.object, error.start)
    end = run.end() if run else error.end
    return error.object[error.start : end].decode("cp1252", "replace"), end


codecs.register_error("siaga.one_byte_letters", _one_byte_letters)


def letters(raw: bytes) -> str:
    """Return bytes as text: as UTF-8, and whatever is none as the one-byte alphabet of old phones and gateways. A byte
    in another alphabet costs a letter, never the text. Raises nothing."""
    return raw.decode("utf-8", "siaga.one_byte_letters")


def form_fields(encoded: bytes) -> dict[str, tuple[str, ...]]:
    """Return the fields of a form or a query (`a=1&b=%20`), every value of each, blanks too, in order. Raises
    nothing."""
    return {letters(name): tuple(map(letters, values)) for name, values in form_bytes(encoded).items()}


def form_bytes(encoded: bytes) -> dict[bytes, list[bytes]]:
    """Return the same fields as the bytes that were sent."""
    fields: dict[bytes, list[bytes]] = {}
    for name, value in parse_qsl(encoded.decode("latin-1"), keep_blank_values=True, encoding="latin-1"):
        fields.setdefault(name.encode("latin-1"), []).append(value.encode("latin-1"))
    return fields


def json_fields(body: bytes) -> dict[str, Any]:
    """Return the fields of a JSON object, also where its bytes are no UTF-8 or a text in it holds a bare line break;
    no fields for anything else. Raises nothing."""
    try:
        told = _json(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _json(body: bytes) -> Any:
    try:
        return json.loads(body, strict=False)
    except UnicodeDecodeError:
        return json.loads(letters(body), strict=False)


def with_json_as_form(hook: Hook) -> Hook:
    """Return the request with the fields of a JSON body as its form; one that has a form, or another body, as it is.
    What is no text, number or truth value there counts as empty."""
    told = {} if hook.form else json_fields(hook.body)
    return replace(hook, form={name: (_plain(value),) for name, value in told.items()}) if told else hook


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str) else json.dumps(value) if isinstance(value, int | float) else ""


def field(hook: Hook, *names: str) -> str:
    """Return the first of these fields that is not empty, without the characters that no database takes (NUL, half a
    surrogate pair)."""
    value = next((hook.value(name) for name in names if hook.value(name)), "")
    return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


def phone(hook: Hook, *names: str) -> str:
    """Return a number or sender id as the carrier wrote it; a plus that was sent unencoded comes as a blank and is
    mended."""
    value = field(hook, *names)
    if re.fullmatch(r" [0-9]{7,15}", value):
        value = "+" + value[1:]
    return value.strip()[:PHONE_LENGTH]


def region(own_number: str) -> str | None:
    """Return the ISO region of a line by its own number: local numbers on it are numbers there. None for a short
    code."""
    return country(own_number) if own_number.startswith("+") else None


def whole(text: str, digits: int = 9) -> int | None:
    """Return a count as an integer that fits a column, None for anything else."""
    return int(text) if re.fullmatch(rf"[0-9]{{1,{digits}}}", text) else None


def price(amount: object, currency: object) -> Price | None:
    """Return the price of an amount and a currency as carriers write them ("0.8000" and "KES"); None for anything
    else."""
    figure, code = str(amount).strip(), str(currency).strip().upper()
    if AMOUNT.fullmatch(figure) is None or CURRENCY.fullmatch(code) is None:
        return None
    return Price(round(Decimal(figure) * 1_000_000), code)


def attempt(hook: Hook, *names: str) -> int | None:
    """Return our own attempt id as it came back in one of these fields; None for a value that no id of ours can be."""
    return whole(field(hook, *names))


def moment(text: str, zone: tzinfo = UTC) -> datetime | None:
    """Return a time as a carrier writes it: seconds since 1970, or a date and time of day as ISO 8601 has it, with its
    offset or a `Z`; None for anything else.

    A date without an offset is of `zone`, UTC where nobody told us. Where a carrier means its own country's time, east
    of Greenwich, the time then lies behind the text's coming and is not believed (core.text_ages); as local time a true
    UTC would make every text hours old.
    """
    told = text.strip()
    try:
        if re.fullmatch(r"[0-9]{6,11}([.][0-9]{1,9})?", told):
            return datetime.fromtimestamp(float(told), UTC)
        read = datetime.fromisoformat(told) if re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T +][0-9]", told) else None
    except (ValueError, OverflowError, OSError):
        return None
    if read is None:
        return None
    return (read if read.tzinfo is not None else read.replace(tzinfo=zone)).astimezone(UTC)


def reference(value: str, *stand_in: str, at: float = 0.0) -> str:
    """Return the carrier's own id, shortened if absurd; without one, an id made from the parts of the request that its
    repeats share.

    `at` (epoch seconds) keeps such a made-up id from outliving `STAND_IN_SECONDS`: with an id for ever, the same words
    sent again another day would pass for a repeat and be lost.
    """
    if value and len(value) <= REF_LENGTH:
        return value
    parts = (value,) if value else (*stand_in, str(int(at // STAND_IN_SECONDS)))
    return "made-" + hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()[:40]


def raw(hook: Hook) -> str:
    """Return every field as compact JSON (one value as itself, several as a list), or the body where there was no
    form."""
    fields: dict[str, object] = {name: _one_or_all(values) for name, values in {**hook.query, **hook.form}.items()}
    if not hook.form and hook.body:
        fields[""] = letters(hook.body)
    return json.dumps(fields, separators=(",", ":"))


def _one_or_all(values: tuple[str, ...]) -> str | list[str]:
    return values[0] if len(values) == 1 else list(values)


def same_secret(given: str, expected: str) -> bool:
    """Return whether two secrets are equal, in a time that tells nothing; an empty one equals nothing."""
    return bool(expected) and hmac.compare_digest(_bytes(given), _bytes(expected))


def signature(key: str, body: bytes, stamp: str) -> str:
    """Return the signature of a body and of `stamp`, the moment of its sending in seconds since 1970, in hex."""
    return hmac.new(key.encode(), body + stamp.encode(), hashlib.sha256).hexdigest()


def is_signed(hook: Hook, key: str, at: float) -> bool:
    """Return whether `X-Signature` signs the body and `X-Timestamp` with this key, and that moment is about `at`."""
    stamp = hook.header("X-Timestamp")
    sent_at = whole(stamp, digits=12)
    if not key or sent_at is None or abs(at - sent_at) > CLOCK_SECONDS:
        return False
    return same_secret(hook.header("X-Signature").lower(), signature(key, hook.body, stamp))


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


# --- out: requests that may fail half-way -----------------------------------------------------------------------


def session() -> requests.Session:
    """Return an HTTP session with a pool so wide that no sender waits for another's connection."""
    made = requests.Session()
    for scheme in ("https://", "http://"):
        made.mount(scheme, requests.adapters.HTTPAdapter(pool_connections=2, pool_maxsize=POOL))
    return made


def ask(probe: Probe) -> int | None:
    """Return the status with which a company answers this request; None if it does not answer."""
    try:
        return requests.get(
            probe.url,
            params=probe.params,
            headers=dict(probe.headers),
            auth=probe.account,
            timeout=PROBE_SECONDS,
            allow_redirects=False,
        ).status_code
    except requests.RequestException:
        return None


def failed(error: requests.RequestException) -> Sent:
    """Return the outcome of a request without an answer: refused if nothing can have left, else unknown (better twice
    than never)."""
    if isinstance(error, requests.exceptions.Timeout) and not isinstance(error, requests.exceptions.ConnectTimeout):
        return TIMED_OUT
    if _never_left(error):
        return Sent(Outcome.REFUSED, code="unreachable")
    return Sent(Outcome.UNKNOWN, code="cut_off")


def _never_left(error: requests.RequestException) -> bool:
    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    never_left = (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError, requests.exceptions.ProxyError)
    return isinstance(error, never_left) or isinstance(reason, NEVER_LEFT)


def refused(status: object, code: object = None, table: Mapping[str, Outcome] | None = None) -> Sent:
    """Return the outcome of an HTTP answer that is no success: by the carrier's own code where the table has it, else
    by class.

    4xx (429 too) was not done and may be done later or elsewhere; of 5xx and 408 nobody knows.
    """
    status = status if isinstance(status, int) else 500
    known = str(code) if isinstance(code, int) and not isinstance(code, bool) else str(status)
    by_class = Outcome.UNKNOWN if status >= 500 or status == 408 else Outcome.REFUSED
    return Sent((table or {}).get(known, by_class), code=known[:CODE_LENGTH])


def refused_call(status: object, code: object = None, table: Mapping[str, Outcome] | None = None) -> Sent:
    """Return the outcome of an HTTP answer to a call that is no success. Of a 5xx, too, a call that was not placed is
    believed: another line rings the phone at once, and if both ring it, one of them finds it busy. A text is another
    matter (`refused`): nothing stops both from arriving."""
    told = refused(status, code, table)
    answered = isinstance(status, int) and status >= 500
    return replace(told, outcome=Outcome.REFUSED) if answered and told.outcome is Outcome.UNKNOWN else told


def word(text: object) -> str:
    """Return a carrier's own words as a short code without digits, so that no number and no key can be in it."""
    letters = re.findall(r"[A-Za-z]+", text) if isinstance(text, str) else []
    return "_".join(letters)[:CODE_LENGTH] or "no_reason"


def dialable(number: str) -> bool:
    return DIALABLE.fullmatch(number) is not None


def speakable(text: str) -> str:
    """Return the text without the characters that XML cannot carry: a control character in a name must not end the
    call."""
    return "".join(" " if unicodedata.category(letter) in ("Cc", "Cs", "Cn") else letter for letter in text)
