"""The table of what retention forgets, and when: one step per row. `places` beside this file handles positions.

A step finds only rows that still hold something to forget, so it can be stopped and run again. Most rows stay with
empty columns, because a report counts rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    String,
    Text,
    and_,
    case,
    cast,
    exists,
    literal,
    null,
    or_,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from gateway.core.contact_rules import ContactRule
from gateway.models import citizen as citizens
from gateway.models import inbound as inbounds
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.base import Base, Sealed
from gateway.models.citizen import Citizen, Person
from gateway.models.clarification import Clarification
from gateway.models.event import Event
from gateway.models.heard_phone import HeardPhone
from gateway.models.helping import Helping
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.labelled_text import LabelledText
from gateway.models.lookup import Lookup
from gateway.models.never_asked import NeverAsked
from gateway.models.officer import Officer
from gateway.models.opt_out import OptOut
from gateway.models.outbound import Outbound
from gateway.models.quiet_number import QuietNumber
from gateway.models.report import Report
from gateway.models.sealing import FORGOTTEN
from gateway.models.sighting import Handover
from gateway.models.unit import Unit
from gateway.models.ussd_session import UssdSession
from gateway.operations.retention.limits import Limits

Column = InstrumentedAttribute[Any]
Condition = ColumnElement[bool]
Due = Callable[[datetime], Condition]
EMPTY = literal("", Text)  # an encrypted column's empty value, as it stands in the table
USUAL = str(ContactRule.USUAL)  # how to reach somebody may tell of a disability
DONE = (outbounds.DONE, outbounds.FAILED, outbounds.CALLED_OFF)
PLACE_LINES = ("moved", "place_noted")  # timeline lines whose text is a position
# Timeline lines whose text tells of no person: a wave's number, codes, names of units, our own words.
PLAIN_LINES = ("wave", "no_ring", "linked", "split", "unit", "network_asked", "network_failed", "link_failed")


@dataclass(frozen=True)
class Step:
    """One step: rows of a table that are due by one of the Limits lose some columns or, with `whole`, are deleted.

    `phone` is a number that becomes a pseudonym, so that the calls of one caller still count as those of one caller.
    """

    table: type[Base]
    limit: Literal["texts", "positions", "incidents", "register"]
    due: Due
    clear: Mapping[Column, object] = field(default_factory=dict)
    phone: Column | None = None
    whole: bool = False

    @property
    def columns(self) -> Sequence[Column]:
        return [*self.clear, *([self.phone] if self.phone is not None else [])]

    def condition(self, limits: Limits) -> Condition | None:
        """Return the condition for rows that are due; None if these are kept for ever."""
        before: datetime | None = getattr(limits, self.limit)
        return None if before is None else self.still_tells(self.due(before))

    def still_tells(self, which: Condition) -> Condition:
        """Return the condition for those of these rows that still have something to forget."""
        return and_(which, or_(*self._left()) if self.columns else true())

    def _left(self) -> list[Condition]:
        """Return the conditions of which one holds while the row still has something to forget."""
        left = [is_told(column) for column in self.clear if column not in STATES]
        return left + ([is_number(self.phone)] if self.phone is not None else [])


def is_told(column: Column) -> Condition:
    """Return the condition that a column holds anything, encrypted or not."""
    if column in CONTACTS:
        return column != USUAL
    if isinstance(column.type, String | Sealed):
        return and_(column.is_not(None), type_coerce(column, Text) != "")
    return column.is_not(None) if column.property.columns[0].nullable else column != 0


def is_number(column: Column) -> Condition:
    """Return the condition that a column still holds a person's number. A desk's number is no person's."""
    desks = select(Unit.phone).where(Unit.phone.is_not(None))
    return and_(column != "", ~column.startswith(FORGOTTEN), column.not_in(desks))


def closed(incident_id: Column, before: datetime) -> Condition:
    """Return the condition that the row's incident was closed before then."""
    return exists().where(Incident.id == incident_id, Incident.closed_at < before).correlate_except(Incident)


def over(incident_id: Column, before: datetime) -> Condition:
    """Return the condition that the row's incident was closed before then, or that the row belongs to no incident."""
    return or_(incident_id.is_(None), closed(incident_id, before))


def _register(before: datetime) -> Condition:
    """Return the condition for citizens who are off the register since before then and in no open incident."""
    gone = Citizen.state.in_((citizens.REFUSED, citizens.LEFT, citizens.REPLACED))
    since = case((Citizen.decided_at.is_(None), Citizen.applied_at), else_=Citizen.decided_at)
    running = exists().where(Incident.citizen_id == Citizen.id, Incident.closed_at.is_(None))
    return and_(gone, since < before, ~running, ~Citizen.phone.startswith(FORGOTTEN))


def _nobody_left(before: datetime) -> Condition:
    """Return the condition for persons whose numbers are all forgotten."""
    number = aliased(Citizen)
    known = exists().where(number.person_id == Person.id, ~number.phone.startswith(FORGOTTEN))
    return and_(Person.created_at < before, ~known)


def _nobody_stays(before: datetime) -> Condition:
    """Return the condition for what belongs to persons whose numbers are all forgotten or due to be."""
    stays = and_(~Citizen.phone.startswith(FORGOTTEN), ~_register(before))
    return NeverAsked.person_id.not_in(select(Citizen.person_id).where(stays))


def _nobodys_phone(before: datetime) -> Condition:
    """Return the condition for what is known of a phone that no officer and no desk has any more, and that was not
    heard from since."""
    desks = select(Unit.phone).where(Unit.phone.is_not(None))
    moments = (HeardPhone.text_at, HeardPhone.call_at, HeardPhone.asked_at)
    old = (or_(moment.is_(None), moment < before) for moment in moments)
    return and_(HeardPhone.phone.not_in(select(Officer.phone)), HeardPhone.phone.not_in(desks), *old)


STEPS: tuple[Step, ...] = (
    # --- words
    Step(
        Inbound,
        "texts",
        lambda before: and_(Inbound.received_at < before, over(Inbound.incident_id, before)),
        # a text that nobody has read for so long need not wait any more
        {
            Inbound.body: EMPTY,
            Inbound.raw: EMPTY,
            Inbound.state: case((Inbound.state == inbounds.HANDLED, Inbound.state), else_=inbounds.SEEN),
        },
        Inbound.phone,
    ),
    Step(LabelledText, "texts", lambda before: LabelledText.received_at < before, whole=True),
    Step(
        Outbound,
        "texts",
        lambda before: and_(Outbound.created_at < before, Outbound.state.in_(DONE), over(Outbound.incident_id, before)),
        {Outbound.body: EMPTY, Outbound.by_line: None},
        Outbound.phone,
    ),
    Step(
        Event,
        "texts",
        lambda before: and_(closed(Event.incident_id, before), Event.kind.not_in((*PLAIN_LINES, *PLACE_LINES))),
        {Event.text: EMPTY},
    ),
    Step(
        Incident,
        "texts",
        lambda before: Incident.closed_at < before,
        {Incident.words: null(), Incident.reason: null(), Incident.kind_reason: null(), Incident.contact: USUAL},
    ),
    Step(
        Report,
        "texts",
        lambda before: Report.received_at < before,
        {Report.words: EMPTY, Report.note: null()},
        Report.phone,
    ),
    Step(
        Clarification,
        "texts",
        lambda before: Clarification.asked_at < before,
        {Clarification.answered_by: null(), Clarification.words_key: null()},
        Clarification.phone,
    ),
    Step(
        UssdSession,
        "texts",
        lambda before: and_(UssdSession.touched_at < before, over(UssdSession.incident_id, before)),
        whole=True,
    ),
    Step(QuietNumber, "texts", lambda before: QuietNumber.until < before, whole=True),
    Step(
        OptOut,
        "texts",
        lambda before: and_(OptOut.at < before, OptOut.phone.not_in(select(Officer.phone))),
        whole=True,
    ),
    Step(HeardPhone, "register", _nobodys_phone, whole=True),
    Step(Handover, "texts", lambda before: Handover.at < before, whole=True),
    # --- places
    Step(
        Event,
        "positions",
        lambda before: and_(closed(Event.incident_id, before), Event.kind.in_(PLACE_LINES)),
        {Event.text: EMPTY},
    ),
    Step(
        Lookup,
        "positions",
        lambda before: and_(Lookup.due_at.is_(None), closed(Lookup.incident_id, before)),
        {Lookup.subject: EMPTY},
    ),
    Step(Alert, "positions", lambda before: closed(Alert.incident_id, before), {Alert.distance_m: null()}),
    Step(Outbound, "positions", lambda before: closed(Outbound.incident_id, before), {Outbound.distance_m: 0.0}),
    Step(Helping, "positions", lambda before: closed(Helping.incident_id, before), whole=True),
    Step(
        Officer,
        "positions",
        lambda before: Officer.here_at < before,
        {Officer.here_lat: null(), Officer.here_lon: null(), Officer.here_at: null()},
    ),
    # --- people
    Step(Event, "incidents", lambda before: closed(Event.incident_id, before), {Event.who: ""}),
    Step(Alert, "incidents", lambda before: closed(Alert.incident_id, before), phone=Alert.phone),
    Step(
        Incident,
        "incidents",
        lambda before: Incident.closed_at < before,
        {Incident.name: "", Incident.citizen_id: null(), Incident.officer_id: null()},
        Incident.phone,
    ),
    Step(
        Citizen,
        "register",
        _register,
        {
            Citizen.phone: literal(FORGOTTEN)
            + cast(Citizen.id, Text),  # the row's id, not a pseudonym: it only has to stay unique
            Citizen.state: citizens.REPLACED,
            Citizen.contact: USUAL,
            **dict.fromkeys(
                (Citizen.lat, Citizen.lon, Citizen.usual_lat, Citizen.usual_lon, Citizen.usual_words), null()
            ),
            **dict.fromkeys((Citizen.pin_hash, Citizen.duress_hash, Citizen.forced_hash, Citizen.reason), null()),
        },
    ),
    Step(
        NeverAsked,
        "register",
        _nobody_stays,
        whole=True,
    ),
    Step(
        Person,
        "register",
        _nobody_left,
        {
            Person.name: "",
            **dict.fromkeys((Person.national_id, Person.national_id_hash, Person.address), null()),
            **dict.fromkeys((Person.notes, Person.next_of_kin), null()),
        },
    ),
)
CONTACTS: tuple[Column, ...] = (Incident.contact, Citizen.contact)  # empty is the usual way
# these change together with other columns, but are by themselves no reason to visit a row
STATES: tuple[Column, ...] = (Inbound.state, Citizen.state)
