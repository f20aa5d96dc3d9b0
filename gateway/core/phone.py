"""Phone numbers: read them as people and carriers write them, and show them only as far as the reader may see.

The region is a property of the line that a number came in on, never a global: "0712345678" is a Kenyan mobile
and, read as Indonesian, a perfectly valid landline.
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
    """The number in E.164, or None if this is no phone number (a name, a short code, "anonymous", a local half).

    `region` (ISO 3166) is where a number without a country code is dialled. A valid reading wins over one of merely
    possible length, which is kept too: whoever texts from an odd number is still somebody.
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
    """What a sender is known by: E.164, else the carrier's own string without the blanks around it.

    Nothing is dropped here: a number too short for the books must still be able to raise an alarm.
    """
    return e164(raw, region) or raw.strip()


def can_reply(number: str, region: str = defaults.REGION) -> bool:
    """Whether a text to this sender can reach a person: no name, short code, emergency or service number.

    Answering those costs money at best and at worst starts two machines talking to each other.
    """
    if phonenumbers.is_emergency_number(_bare(number), region):
        return False
    known = e164(number, region)
    return known is not None and phonenumbers.number_type(_parsed(known)) not in _HOLDS_NO_PERSON


def is_mobile_or_unknown(number: str, region: str = defaults.REGION) -> bool:
    """False for what surely gets no text (a landline, a name); a number of no known kind gets its try."""
    known = e164(number, region)
    if known is None:
        return False
    return phonenumbers.number_type(_parsed(known)) in _MOBILE | {PhoneNumberType.UNKNOWN}


def mask(number: str) -> str:
    """For logs: `+62812*****90`. Anything with fewer than five digits (short codes, 110) stays as it is."""
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
    """The text with every phone-like run of eight digits or more masked: better a date too many than one number."""
    return _PHONE_LIKE.sub(lambda run: mask(run.group()), text)


def local(number: str, region: str | None = None) -> str:
    """As people dial it at home: "+6281234567890" -> "081234567890".

    With a reader's `region`, a number of another country stays international. What is no number stays as it is.
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
    """The ISO region of a number in E.164; None for any other."""
    known = e164(number) if number.startswith("+") else None
    return phonenumbers.region_code_for_number(_parsed(known)) if known is not None else None


def police_number(region: str = defaults.REGION) -> str:
    """What a citizen of that region dials for the police: `{emergency}` in the phrases; 112 where we do not know."""
    return _POLICE.get(region, "112")


def _bare(raw: str) -> str:
    return _SCHEME.sub("", raw.strip()).strip()


def _readings(raw: str, region: str) -> Iterator[PhoneNumber]:
    """What these digits may mean, likeliest first.

    A form that was not escaped turns "+" into a blank, modems write "00", and many carriers leave the plus out:
    so bare digits are first tried as international.
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
    """A spreadsheet eats the 0 of "0812…", and 812… is then also a landline in Japan: our own mobile wins over that."""
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
