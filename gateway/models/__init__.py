"""The tables. Importing this package knows them all (migrations and tests rely on it)."""

from gateway.models.alert import Alert
from gateway.models.ask import Ask
from gateway.models.audit import Audit, AuditHead
from gateway.models.base import Base
from gateway.models.citizen import Citizen, Person
from gateway.models.event import Event
from gateway.models.fix import Fix
from gateway.models.helping import Helping
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.outbound import Attempt, Outbound
from gateway.models.place import Place
from gateway.models.tip import Tip
from gateway.models.unit import Area, Unit
from gateway.models.ussd_session import UssdSession
from gateway.models.worker import LineHealth, Pace, Worker

__all__ = [
    "Alert", "Area", "Ask", "Attempt", "Audit", "AuditHead", "Base", "Citizen", "Event", "Fix", "Helping", "Inbound", "Incident",
    "LineHealth", "Officer", "Outbound", "Pace", "Person", "Place", "Tip", "Unit", "UssdSession",
    "Worker",
]  # fmt: skip
