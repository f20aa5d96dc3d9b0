"""The table of where personal data stands: for each table of the database whose it is, what it is kept for, what of it
the person may be handed, and what outlives forgetting.

`subject` hands out what is `told`; `erasure` and `siaga purge` clear what `retention.steps` names. A new column that
could tell of somebody stands in `told` or `withheld`, and, if it is never cleared, in `stays`; two tests want it:
tests/rooms/test_personal_data.py and test_retention.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from sqlalchemy import Column, Float, String, Table, Text
from sqlalchemy.orm import InstrumentedAttribute

from gateway.models import Base
from gateway.models.alert import Alert
from gateway.models.base import Sealed
from gateway.models.citizen import Citizen, Person
from gateway.models.clarification import Clarification
from gateway.models.fix import Fix
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
from gateway.models.shift import Shift
from gateway.models.user import User
from gateway.models.ussd_session import UssdSession

Attribute = InstrumentedAttribute[Any]


class Of(Enum):
    """The people whose data a table may hold."""

    CITIZEN = "whoever is, or asks to be, in the register"
    CALLER = "whoever has texted or called"
    STAFF = "officers and users of the console"
    NOBODY = "nobody: the operator's own settings, lines and machines"


@dataclass(frozen=True)
class Holding:
    """One table, and what it holds. `by` is the column by which the rows of one person are found: a number, or the id
    of the row that it refers to. `at` is the time of a row, because a number may have had another holder before.
    Columns are named by their names, separated by blanks."""

    table: str
    of: Of
    why: str
    told: str = ""
    withheld: str = ""
    stays: str = ""
    by: Attribute | None = None
    at: Attribute | None = None

    @property
    def columns(self) -> Table:
        return Base.metadata.tables[self.table]

    def named(self) -> frozenset[str]:
        """Return the columns that the table of a person's data names, handed out or not."""
        return frozenset(self.told.split()) | frozenset(self.withheld.split())


def is_personal(column: Column[Any]) -> bool:
    """Return whether a column could hold something about somebody: words, numbers, places."""
    return isinstance(column.type, String | Text | Sealed | Float)


HOLDINGS: Sequence[Holding] = (
    # --- the register
    Holding(
        "persons", Of.CITIZEN, "to know who asks for help, and whom to look for",
        told="name national_id address notes next_of_kin created_at",
        withheld="national_id_hash",
        by=Person.id,
    ),
    Holding(
        "citizens", Of.CITIZEN, "to take a number's call for help at once, and to reach the person safely",
        told="phone state language lat lon quiet ring_back contact hide_address desk_first volunteer_m usual_lat "
        "usual_lon usual_words usual_radius_m usual_from usual_until channel consent consent_text applied_at "
        "decided_at reason",
        withheld="pin_hash duress_hash forced_hash decided_by",
        stays="language channel consent consent_text decided_by usual_radius_m",  # that they agreed
        by=Citizen.id,
    ),
    Holding(
        "never_asked", Of.CITIZEN, "to keep a call for help from those whom the person fears",
        withheld="whom whom_hash",
        by=NeverAsked.person_id,
    ),
    Holding(
        "quiet_numbers", Of.CALLER, "to keep a phone dark that has asked for it",
        told="since until", withheld="phone lifted_by reason",
        by=QuietNumber.phone, at=QuietNumber.since,
    ),
    Holding(
        "opt_outs", Of.CALLER, "to send no texts to whom has told the network STOP",
        told="at line", withheld="phone source",
        by=OptOut.phone, at=OptOut.at,
    ),
    # --- calls for help
    Holding(
        "incidents", Of.CALLER, "to bring help, and to prove afterwards what was done",
        told="code opened_at closed_at state channel kind words name phone language",
        withheld="contact reason kind_reason kind_by shown_code citizen_told",
        stays="code language state channel kind kind_by shown_code citizen_told",
        by=Incident.id, at=Incident.opened_at,
    ),
    Holding("caller_views", Of.CALLER, "to tell a phone what it may know", withheld="code told", stays="code told"),
    Holding(
        "events", Of.CALLER, "to prove who did what in a call for help",
        withheld="kind who text", stays="kind",
    ),
    Holding(
        "fixes", Of.CALLER, "to find the person",
        told="taken_at source lat lon radius_m place", withheld="phone raw",
        stays="source radius_m",  # how well positions were known is a figure
        by=Fix.phone, at=Fix.received_at,
    ),
    Holding(
        "lookups", Of.CALLER, "to find the person with the help of the network",
        told="created_at kind outcome", withheld="subject", stays="kind outcome",
        by=Lookup.incident_id, at=Lookup.created_at,
    ),
    Holding(
        "inbounds", Of.CALLER, "to understand a message, and to lose none",
        told="received_at kind body", withheld="line ref phone raw state called",
        stays="line kind ref called",  # the carrier's own ids: what it repeats years later is still known
        by=Inbound.phone, at=Inbound.received_at,
    ),
    Holding(
        "outbounds", Of.CALLER, "to answer, and to ask officers",
        told="created_at kind body", withheld="purpose lane distance_m phone by_line state claimed_by",
        stays="kind purpose lane state claimed_by",
        by=Outbound.phone, at=Outbound.created_at,
    ),
    Holding(
        "attempts", Of.CALLER, "to know what reached a phone, and to check the carrier's bill",
        withheld="line state ref code ending currency",
        stays="line state ref code ending currency",  # the carrier's own ids, for its bill
    ),
    Holding(
        "asks", Of.CALLER, "to ask back where a text may be a call for help",
        told="asked_at said_no_at answered_at", withheld="code phone state words_key answered_by",
        stays="code state",
        by=Clarification.phone, at=Clarification.asked_at,
    ),
    Holding(
        "tips", Of.CALLER, "to take a report without emergency",
        told="received_at words channel", withheld="phone seen_by note", stays="channel seen_by",
        by=Report.phone, at=Report.received_at,
    ),
    Holding(
        "ussd_sessions", Of.CALLER, "to keep the place in a menu",
        told="started_at ended_at", withheld="line ref phone node memory hops",
        by=UssdSession.phone, at=UssdSession.started_at,
    ),
    Holding(
        "labelled_texts", Of.CALLER, "to learn what texts mean, names and digits masked",
        told="received_at words", withheld="label kind language read_by confirmed_by",
        by=LabelledText.inbound_id,
    ),
    Holding(
        "api_answers", Of.CALLER, "to answer another system's repeated request alike; deleted after a day",
        withheld="mark asked body", stays="mark asked body",
    ),
    Holding(
        "helpings", Of.CITIZEN, "to ask neighbours who have offered their help",
        told="asked_at state answered_at", withheld="distance_m", stays="state",
        by=Helping.citizen_id, at=Helping.asked_at,
    ),
    Holding("parts", Of.CALLER, "to let two calls of one event be one", withheld="by", stays="by"),
    Holding("sightings", Of.STAFF, "to know which desk has seen what", withheld="who", stays="who"),
    # --- staff
    Holding(
        "officers", Of.STAFF, "to alert whoever is nearest and on duty",
        told="phone name rank language lat lon on_duty here_lat here_lon here_at away_until",
        withheld="pin_hash",
        stays="phone name rank language lat lon pin_hash",  # as long as they are on the list
        by=Officer.id,
    ),
    Holding(
        "shifts", Of.STAFF, "to set duty by the roster", told="weekday starts minutes",
        by=Shift.officer_id,
    ),
    Holding(
        "alerts", Of.STAFF, "to ask an officer to come, and to know who does",
        told="asked_at answered_at on_scene_at",
        withheld="phone language state distance_m closes_as clicked_by",
        stays="language state closes_as clicked_by",
        by=Alert.officer_id, at=Alert.asked_at,
    ),
    Holding(
        "heard_phones", Of.STAFF, "to know that an officer's phone works",
        told="text_at call_at asked_at", withheld="phone text_line call_line word",
        stays="phone text_line call_line word",  # as long as they are on the list
        by=HeardPhone.phone,
    ),
    Holding(
        "users", Of.STAFF, "to let only those in who may",
        told="name role language phone created_at signed_in_at",
        withheld="password_hash totp_secret key_hash",
        stays="name role language password_hash totp_secret key_hash phone",
        by=User.phone,
    ),
    Holding("handovers", Of.STAFF, "to hand a shift over", withheld="who note"),
    Holding("recordings", Of.STAFF, "to speak with a human voice", withheld="language words seconds recorded_by",
            stays="language words seconds recorded_by"),  # staff's voices, until they are deleted
    Holding(
        "audits", Of.STAFF, "to prove who did or saw what", withheld="who what subject detail link",
        stays="who what subject detail link",  # a chain: a row that changed would call all of it forged
    ),
    Holding("guesses", Of.STAFF, "to slow down whoever guesses at the log-in", withheld="network",
            stays="network tries"),  # deleted after a week
    # --- nobody's
    Holding("api_keys", Of.NOBODY, "of other systems", stays="name key_hash scopes"),
    Holding("areas", Of.NOBODY, "of units", stays="name geometry"),
    Holding("audit_heads", Of.NOBODY, "the end of the trail", stays="link"),
    Holding("canaries", Of.NOBODY, "to notice wrong keys", stays="word"),  # ours, sealed
    Holding("cells", Of.NOBODY, "masts", stays="radio lat lon"),
    Holding("drill_plans", Of.NOBODY, "drills"),
    Holding("drills", Of.NOBODY, "drills"),
    Holding("ended_logins", Of.NOBODY, "to end every copy of a session", stays="mark"),  # random; deleted after a day
    Holding("line_health", Of.NOBODY, "of lines", stays="line kind code"),
    Holding("paces", Of.NOBODY, "of lines", stays="lane"),
    Holding("places", Of.NOBODY, "the operator's list of public places", stays="name aliases lat lon radius_m"),
    Holding("policy_rules", Of.NOBODY, "of units", stays="kind policy waves"),
    Holding("policy_versions", Of.NOBODY, "what an incident ran by", stays="kind policy waves"),
    Holding("switches", Of.NOBODY, "of lines", stays="line holder"),
    Holding("synthetic_panics", Of.NOBODY, "our own test phones", stays="phone word missing"),
    Holding("synthetic_plans", Of.NOBODY, "our own test phones", stays="phone"),
    Holding("unit_numbers", Of.NOBODY, "our own numbers", stays="phone"),
    Holding("units", Of.NOBODY, "offices",
            stays="code name kind phone lat lon timezone policy waves policy_was keyword sender"),
    Holding("webhook_messages", Of.NOBODY, "what other systems are told", stays="kind"),
    Holding("webhooks", Of.NOBODY, "of other systems, sealed", stays="name url secret trouble"),
    Holding("wordings", Of.NOBODY, "the operator's own sentences", stays="key language text changed_by"),
    Holding("workers", Of.NOBODY, "of machines", stays="name clock_ahead_s"),
)  # fmt: skip
BY_TABLE = {holding.table: holding for holding in HOLDINGS}
