"""The bodies and parameters that /api/v1 takes. Their words stand in the description that other systems read."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from gateway.core.incident_kinds import IncidentKind
from gateway.core.languages import CODES
from gateway.core.phone import e164

MOST = 200  # rows of one page
CURSOR = r"^[0-9]{1,15}$"


def _number(typed: str) -> str:
    found = e164(typed)
    if found is None:
        raise ValueError("must be a telephone number, E.164: +628123456789")
    return found


def _language(code: str) -> str:
    if code not in CODES:
        raise ValueError(f"must be one of {', '.join(CODES)}")
    return code


def _plain(text: str) -> str:
    if not all(char.isprintable() or char in "\n\t" for char in text):
        raise ValueError("holds a sign that nobody sees")
    return text.strip()


Words = Annotated[str, Field(max_length=1000), AfterValidator(_plain)]
Line = Annotated[str, Field(max_length=120), AfterValidator(_plain)]
Human = Annotated[
    str, Field(min_length=2, max_length=50, description="The human who says so, by name"), AfterValidator(_plain)
]
Number = Annotated[str, Field(max_length=20, description="E.164"), AfterValidator(_number)]
Lat = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False, description="degrees WGS 84")]
Lon = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False, description="degrees WGS 84")]


class Asked(BaseModel):
    """A body or a query; an unknown field is refused, because a misspelt one would be lost without a word."""

    model_config = ConfigDict(extra="forbid")


# --- reading --------------------------------------------------------------------------------------------------


class Page(Asked):
    """The page of a list that is asked for."""

    limit: int = Field(50, ge=1, le=MOST, description="rows of a page")
    cursor: str | None = Field(None, pattern=CURSOR, description="`next` of the page before")


class WhichIncidents(Page):
    """A choice of incidents. Without `state`: what the monitor shows, in its order, on one page."""

    state: Literal["open", "closed", "all"] | None = None
    since: datetime | None = Field(None, description="opened at this time or later (ISO 8601, with its zone)")

    @model_validator(mode="after")
    def _has_zone(self) -> WhichIncidents:
        if self.since is not None and self.since.tzinfo is None:
            raise ValueError("since: name the zone, as in 2026-11-30T07:00:00Z")
        return self


class Period(Asked):
    """Of which days, and of which unit with all below it; without: the last 30 days, the user's unit."""

    unit: str | None = Field(None, max_length=20, description="a unit's code")
    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")


# --- acting ---------------------------------------------------------------------------------------------------


class NewIncident(Asked):
    """An emergency that another system reports. A position, a place in words, a unit or a caller on the register must
    tell where it is. Without `caller` nothing is sent to anybody who asked, and the calls to officers say that there is
    no number to ring."""

    caller: Number | None = None
    name: Line = Field("", description="who asks, or the alarm panel")
    kind: IncidentKind = IncidentKind.UNKNOWN
    words: Words = Field("", description="what is known; everybody who is asked may read it")
    place: Line = Field("", description="where, in words")
    lat: Lat | None = None
    lon: Lon | None = None
    radius_m: float = Field(50, ge=0, le=50_000, allow_inf_nan=False, description="how well the position is known")
    unit: str | None = Field(
        None, max_length=20, description="the code of the unit that answers where nothing else does"
    )
    quiet: bool = Field(False, description="nothing may make the caller's phone ring or light up")

    @model_validator(mode="after")
    def _is_somewhere(self) -> NewIncident:
        if (self.lat is None) is not (self.lon is None):
            raise ValueError("lat and lon: give both or none")
        if self.lat is None and not (self.place or self.unit or self.caller):
            raise ValueError("tell where it is: lat and lon, place, unit or caller")
        return self


class MoreWords(Asked):
    """Words for everybody who was told of the incident."""

    words: Annotated[Words, Field(min_length=1)]
    by: Line = ""


class Yes(Asked):
    """The yes of the unit's desk, never an officer's."""

    by: Human


class Closing(Asked):
    """The end of an incident."""

    by: Human
    outcome: Literal["resolved", "false_alarm"]
    reason: Annotated[Line, Field(min_length=1)]


class OnDuty(Asked):
    """Whether an officer is on duty."""

    on_duty: bool
    by: Line = ""


class NewCitizen(Asked):
    """A citizen who applies; verify them with a second request, once a human has seen who they are."""

    phone: Number
    name: Annotated[Line, Field(min_length=1)]
    national_id: str = Field("", max_length=32)
    address: Words = ""
    language: Annotated[str, AfterValidator(_language)] | None = None
    quiet: bool = False
    unit: str | None = Field(None, max_length=20, description="the code of their unit")


class Verified(Asked):
    """That a human has seen who they are."""

    by: Human
    reason: Line = ""


# --- answers --------------------------------------------------------------------------------------------------


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[dict[str, str]] | None = None
