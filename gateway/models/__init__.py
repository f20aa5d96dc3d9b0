"""The tables, one file per noun with its queries.

Importing this package loads them all; migrations and tests rely on it.
"""

from gateway.models.alert import Alert
from gateway.models.api_key import ApiAnswer, ApiKey
from gateway.models.attempt import Attempt
from gateway.models.audit import Audit, AuditHead
from gateway.models.base import Base
from gateway.models.caller_view import CallerView
from gateway.models.canary import Canary
from gateway.models.cell import CELLS
from gateway.models.citizen import Citizen, Person
from gateway.models.clarification import Clarification
from gateway.models.drill import Drill, DrillPlan
from gateway.models.ended_login import EndedLogin
from gateway.models.event import Event
from gateway.models.fix import Fix
from gateway.models.guess import Guess
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
from gateway.models.part import Part
from gateway.models.place import Place
from gateway.models.policy_rule import PolicyRule, PolicyVersion
from gateway.models.quiet_number import QuietNumber
from gateway.models.recording import Recording
from gateway.models.report import Report
from gateway.models.shift import Shift
from gateway.models.sighting import Handover, Sighting
from gateway.models.synthetic_panic import SyntheticPanic, SyntheticPlan
from gateway.models.unit import Area, Unit
from gateway.models.user import User
from gateway.models.ussd_session import UssdSession
from gateway.models.webhook import Webhook, WebhookMessage
from gateway.models.wording import Wording
from gateway.models.worker import LineHealth, Pace, Switch, Worker

__all__ = [
    "CELLS",
    "Alert",
    "ApiAnswer",
    "ApiKey",
    "Area",
    "Attempt",
    "Audit",
    "AuditHead",
    "Base",
    "CallerView",
    "Canary",
    "Citizen",
    "Clarification",
    "Drill",
    "DrillPlan",
    "EndedLogin",
    "Event",
    "Fix",
    "Guess",
    "Handover",
    "HeardPhone",
    "Helping",
    "Inbound",
    "Incident",
    "LabelledText",
    "LineHealth",
    "Lookup",
    "NeverAsked",
    "Officer",
    "OptOut",
    "Outbound",
    "Pace",
    "Part",
    "Person",
    "Place",
    "PolicyRule",
    "PolicyVersion",
    "QuietNumber",
    "Recording",
    "Report",
    "Shift",
    "Sighting",
    "Switch",
    "SyntheticPanic",
    "SyntheticPlan",
    "Unit",
    "User",
    "UssdSession",
    "Webhook",
    "WebhookMessage",
    "Wording",
    "Worker",
]  # fmt: skip
