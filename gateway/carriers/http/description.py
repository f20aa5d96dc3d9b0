"""Describe the line that settings describe: every company that takes texts by one HTTP request each, and every USSD
gateway that asks us for screens. docs/lines/http.md explains each setting with real companies' formats."""

from __future__ import annotations

from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from gateway.carriers.base import Carrier
from gateway.carriers.description import CarrierDescription, HookKind, HouseSettings, LineSettings
from gateway.carriers.http import format
from gateway.core.line_abilities import TEXTS, TWO_WAY, Abilities, Ability, Doors, is_dialled
from gateway.core.setting_values import NO_SECRET, HookToken, Url

FACTS = ("to", "to_digits", "to_local", "text", "attempt", "sender", "username", "password", "key", "seconds")
HEADER_FACTS = tuple(name for name in FACTS if name != "text")  # no header holds a whole text
SCREEN = ("screen",)


def _fields(value: str) -> str:
    return format.form(value, FACTS)


def _headers(value: str) -> str:
    return format.form(value, HEADER_FACTS)


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("must be the name of a time zone like Asia/Jakarta")
    return value


def _place(value: str) -> str:
    format.Place.read(value)
    return value


def _answers(value: str) -> str:
    format.table(value, format.ANSWERS)
    return value


def _reports(value: str) -> str:
    format.table(value, format.REPORTS)
    return value


def _screen(value: str) -> str:
    return format.template(value, SCREEN)


def _lower(value: str) -> str:
    return value.strip().lower()


Fields = Annotated[str, AfterValidator(_fields)]
Place = Annotated[str, AfterValidator(_place)]
Screen = Annotated[str, AfterValidator(_screen)]


class HttpSettings(LineSettings):
    hook_token: HookToken
    sender: str = ""  # what phones see: a number, a short code or a name
    username: str = ""
    password: SecretStr = NO_SECRET
    key: SecretStr = NO_SECRET

    ussd_phone: str = ""  # empty: no USSD on this line
    ussd_session: str = ""
    ussd_text: str = ""
    ussd_code: str = ""
    ussd_as: Annotated[Literal["text", "json"], BeforeValidator(_lower)] = "text"
    ussd_more: Screen = "CON {screen}"
    ussd_end: Screen = "END {screen}"

    send_url: Url = ""  # empty: a USSD gateway, which brings no texts
    send_method: Annotated[Literal["post", "get"], BeforeValidator(_lower)] = "post"
    send_as: Annotated[Literal["form", "json"], BeforeValidator(_lower)] = "form"  # a GET has its fields in the query
    send_auth: Annotated[Literal["", "basic"], BeforeValidator(_lower)] = ""
    send_headers: Annotated[str, AfterValidator(_headers)] = Field(default="", repr=False)
    send_fields: Fields = Field(default="", repr=False)

    answer_id: Place = ""  # where the company's id of a text stands; empty: reports tell ours
    answer_state: Place = ""
    answer_states: Annotated[str, AfterValidator(_answers)] = ""
    hook_answer: str = ""  # the body that the company wants to read from us

    report_id: str = ""
    report_attempt: str = ""
    report_state: str = ""
    report_phone: str = ""
    report_states: Annotated[str, AfterValidator(_reports)] = ""

    text_from: str = ""  # empty: no texts come in on this line
    text_words: str = ""
    text_id: str = ""
    text_time: str = ""
    text_zone: Annotated[str, AfterValidator(_zone)] = "UTC"  # of a time without an offset
    text_to: str = ""

    @field_validator("send_url")
    @classmethod
    def _does_something(cls, value: str, info: ValidationInfo) -> str:
        if not value and not info.data.get("ussd_phone"):
            raise PydanticCustomError("missing", "is missing")
        return value

    @field_validator("send_fields")
    @classmethod
    def _says_what_to_whom(cls, value: str, info: ValidationInfo) -> str:
        sends = bool(info.data.get("send_url"))
        if sends and ("{text}" not in value or not any(f"{{{to}}}" in value for to in ("to", "to_digits", "to_local"))):
            raise ValueError("must hold {text} and one of {to}, {to_digits}, {to_local}")
        return value

    def doors(self) -> Doors:
        """Return the short code or number. A name takes no reply, and neither does a line that takes no texts."""
        takes = bool(self.send_url and self.text_from)
        texts = (self.sender,) if takes and is_dialled(self.sender) else ()
        return Doors(takes and (not self.sender or bool(texts)), texts, lacks=self._lacks(takes))

    def _lacks(self, takes: bool) -> Abilities:
        texts: Abilities = frozenset() if takes else TWO_WAY if self.send_url else TEXTS
        return texts if self.ussd_phone else texts | {Ability.USSD}

    def open(self, line: str, house: HouseSettings) -> Carrier:
        from gateway.carriers.http.line import LINES

        return LINES[bool(self.send_url), bool(self.ussd_phone)](name=line, settings=self)


CARRIER = CarrierDescription(
    settings=HttpSettings,
    routes={
        "sms": HookKind.TEXT,
        "report": HookKind.RECEIPT,
        "ussd": HookKind.USSD_STEP,
        "ussd/end": HookKind.USSD_END,
    },
    token_in_path=True,
    reach={"": TEXTS | {Ability.USSD}},
    dashboard={"texts in": "sms", "delivery reports": "report", "USSD": "ussd", "USSD, end of session": "ussd/end"},
)
