"""Describe the line that settings describe: every company that takes texts by one HTTP request each, and every USSD
gateway that asks us for screens. docs/lines/http.md explains each setting with real companies' formats."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, field_validator

from gateway.carriers.base import Carrier
from gateway.carriers.description import CarrierDescription, HookKind, HouseSettings, LineSettings
from gateway.carriers.http import format
from gateway.core.line_abilities import TEXTS, TWO_WAY, Ability, Doors, is_dialled
from gateway.core.setting_values import NO_SECRET, HookToken, Url

FACTS = ("to", "to_digits", "to_local", "text", "attempt", "sender", "username", "password", "key", "seconds")
SCREEN = ("screen", "session")


def _fields(value: str) -> str:
    for part in format.pairs(value, "&").values():
        format.template(part, FACTS)
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

    send_url: Url
    send_method: Annotated[Literal["post", "get"], BeforeValidator(_lower)] = "post"
    send_as: Annotated[Literal["form", "json"], BeforeValidator(_lower)] = "form"  # a GET has its fields in the query
    send_auth: Annotated[Literal["", "basic"], BeforeValidator(_lower)] = ""
    send_headers: Fields = Field(default="", repr=False)
    send_fields: Fields = Field(repr=False)

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
    text_to: str = ""

    ussd_phone: str = ""  # empty: no USSD on this line
    ussd_session: str = ""
    ussd_text: str = ""
    ussd_code: str = ""
    ussd_as: Annotated[Literal["text", "json"], BeforeValidator(_lower)] = "text"
    ussd_more: Screen = "CON {screen}"
    ussd_end: Screen = "END {screen}"

    @field_validator("send_fields")
    @classmethod
    def _says_what_to_whom(cls, value: str) -> str:
        if "{text}" not in value or not any(f"{{{to}}}" in value for to in ("to", "to_digits", "to_local")):
            raise ValueError("must hold {text} and one of {to}, {to_digits}, {to_local}")
        return value

    def doors(self) -> Doors:
        """Return the short code or number. A name takes no reply, and neither does a line that takes no texts."""
        takes = bool(self.text_from)
        texts = (self.sender,) if takes and is_dialled(self.sender) else ()
        lacks = (frozenset() if takes else TWO_WAY) | (frozenset() if self.ussd_phone else {Ability.USSD})
        return Doors(takes and (not self.sender or bool(texts)), texts, lacks=lacks)

    def open(self, line: str, house: HouseSettings) -> Carrier:
        from gateway.carriers.http.line import HttpLine, HttpUssdLine

        made = HttpUssdLine if self.ussd_phone else HttpLine
        return made(name=line, settings=self)


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
)
