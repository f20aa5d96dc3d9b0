"""Phone numbers: read them as people and carriers write them, and show only as much as the reader may see.

The region belongs to the line that a number came in on, and is never a global setting: "0712345678" is a Kenyan mobile
number, but read as Indonesian it is a perfectly valid landline.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from gateway.core import defaults

_SCHEME = re.compile(r"^(?:whatsapp|tel|sms):", re.IGNORECASE)
_PHONE_LIKE = re.compile(r"\+?\d(?:[ ().-]{0,2}\d){7,}")

_MOBILE = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_HOLDS_NO_PERSON = frozenset(
    {
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.PREMIUM_RATE,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.UAN,
        PhoneNumberType.VOICEMAIL,
        PhoneNumberType.PAGER,
    }
)
_POLICE = {
    defaults.REGION: defaults.EMERGENCY,
    "KE": "999",
    "TZ": "112",
    "UG": "999",
    "NG": "112",
    "MY": "999",
    "SG": "999",
}


def e164(raw: str, region: str = defaults.REGION) -> str | None:
    """Return the number in E.164, or None if this is no phone number (a name, a short code, "anonymous").

    `region` (ISO 3166) is the country of a number without a country code. A valid reading wins; else a reading of
    possible length is taken, because the person behind an odd number still needs help.
    """
    readings = list(_readings(raw, region))
    for number in readings:
        if phonenumbers.is_valid_number(number):
            return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    for number in readings:
        if phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE:
            return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return None


def key(raw: str, region: str = defaults.REGION) -> str:
    """Return the string by which we know a sender: E.164, else the carrier's own string without blanks around it.

    No sender is dropped here: even a number that is too short to be valid must be able to raise an alarm.
    """
    return e164(raw, region) or raw.strip()


def can_reply(number: str, region: str = defaults.REGION) -> bool:
    """Return whether a text to this sender can reach a person: no name, short code, emergency or service number.

    Answering such a sender costs money, and at worst starts two machines talking to each other.
    """
    if phonenumbers.is_emergency_number(_bare(number), region):
        return False
    known = e164(number, region)
    return known is not None and phonenumbers.number_type(_parsed(known)) not in _HOLDS_NO_PERSON


def is_mobile_or_unknown(number: str, region: str = defaults.REGION) -> bool:
    """Return False for a sender that surely gets no text (a landline, a name).

    A number of unknown kind is worth a try.
    """
    known = e164(number, region)
    if known is None:
        return False
    return phonenumbers.number_type(_parsed(known)) in _MOBILE | {PhoneNumberType.UNKNOWN}


def mask(number: str) -> str:
    """Return the number masked for logs: `+62812*****90`.

    Fewer than five digits (short codes, 110) stay as they are.
    """
    total = sum(char.isdigit() for char in number)
    if total < 5:
        return number
    head, tail = (5, 2) if total >= 10 else (2, 1)
    seen, masked = 0, []
    for char in number:
        seen += char.isdigit()
        masked.append("*" if char.isdigit() and head < seen <= total - tail else char)
    return "".join(masked)


def mask_in(text: str) -> str:
    """Return the text with every run of eight or more digits masked: rather mask a date than show one phone number."""
    return _PHONE_LIKE.sub(lambda run: mask(run.group()), text)


def local(number: str, region: str | None = None) -> str:
    """Return the number as people dial it at home: "+6281234567890" becomes "081234567890".

    With a reader's `region`, a number of another country stays international. A text that is no number stays as it is.
    """
    known = e164(number) if number.startswith("+") else None
    if known is None:
        return number
    parsed = _parsed(known)
    if region is not None and parsed.country_code != phonenumbers.country_code_for_region(region):
        return known
    digits = re.sub(r"\D", "", phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL))
    return digits or known


def country(number: str) -> str | None:
    """Return the ISO region of a number in E.164; None for any other text."""
    known = e164(number) if number.startswith("+") else None
    return phonenumbers.region_code_for_number(_parsed(known)) if known is not None else None


def prefix(region: str = defaults.REGION) -> str:
    """Return the dialling prefix of a region: "+62"."""
    return f"+{phonenumbers.country_code_for_region(region)}"


def police_number(region: str = defaults.REGION) -> str:
    """Return the police number of a region, which fills `{emergency}` in sentences; 112 for an unknown region."""
    return _POLICE.get(region, "112")


def _bare(raw: str) -> str:
    return _SCHEME.sub("", raw.strip()).strip()


def _readings(raw: str, region: str) -> Iterator[PhoneNumber]:
    """Yield the possible readings of these digits, the likeliest first.

    A form that was not escaped turns "+" into a blank, modems write "00", and many carriers leave the plus out. So bare
    digits are first read as international.
    """
    bare = _bare(raw)
    if any(char.isalpha() for char in bare):
        return
    if bare.startswith("+"):
        yield from _parse(bare, None)
        return
    abroad = list(_parse("+" + re.sub(r"^\D*(?:00)?", "", bare), None))
    at_home = list(_parse(bare, region)) if not bare.startswith("00") else list(_parse(bare[1:], region))
    yield from (at_home + abroad if _lost_its_zero(abroad, at_home) else abroad + at_home)


def _lost_its_zero(abroad: list[PhoneNumber], at_home: list[PhoneNumber]) -> bool:
    """Return whether a spreadsheet has removed the leading 0 of a mobile number of ours.

    Then 812… is also a landline in Japan, but our own mobile is likelier.
    """
    ours = any(phonenumbers.number_type(number) in _MOBILE for number in at_home)
    theirs = any(phonenumbers.number_type(number) in _MOBILE for number in abroad)
    return ours and not theirs


def _parse(text: str, region: str | None) -> Iterator[PhoneNumber]:
    try:
        yield phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return


def _parsed(known: str) -> PhoneNumber:
    return phonenumbers.parse(known, None)
