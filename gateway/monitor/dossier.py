"""ROOM: one incident with everything that a desk may know of it.

That is: the alerts and how far each got, the whole timeline, the caller, this number's earlier incidents, and linked
incidents. Only desks see it. The person's notes and next of kin are personal data: each look at them (`reveal`) is
audited.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from gateway.core.words.pinwords import hide_pins
from gateway.identity import audit_log, confidants
from gateway.identity.users import Identity
from gateway.inbound import in_tray
from gateway.incidents import reopening
from gateway.models import alert as alerts
from gateway.models import event as events
from gateway.models import incident as incidents
from gateway.models import policy_rule
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.citizen import Citizen
from gateway.models.event import Event
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.outbound import CALL, Outbound
from gateway.models.policy_rule import PolicyVersion
from gateway.models.report import Report
from gateway.models.unit import Unit
from gateway.monitor import board
from gateway.monitor.card import Card
from gateway.unit_of_work import UnitOfWork

MANY = 8  # people who were asked; the waves of more are folded
EARLIER = 10  # the most earlier incidents of this number that we list
LINKED, SPLIT = "linked", "split"  # kinds of timeline lines whose text is the other incident's code


@dataclass(frozen=True)
class Contact:
    """One text or call of an alert, and how far it got."""

    kind: str
    state: str  # of the last attempt (of a call: its ending), else of the outbound
    line: str
    tries: int
    at: datetime | None
    keyed: bool


@dataclass(frozen=True)
class Asked:
    """One officer or desk that was asked, in the newest wave that asked them."""

    alert_id: int
    title: str
    phone: str
    is_desk: bool
    wave: int
    state: str
    distance_m: float | None
    asked_at: datetime
    answered_at: datetime | None
    leads: bool
    contacts: Sequence[Contact]


@dataclass(frozen=True)
class Group:
    """The people of one wave, or (`wave` 0) those of any wave who come."""

    wave: int
    people: Sequence[Asked]
    folds: bool  # they are many: at first only counted

    @property
    def counts(self) -> Mapping[str, int]:
        """Return how many alerts there are in each state, the most frequent first."""
        return dict(Counter(one.state for one in self.people).most_common())


@dataclass(frozen=True)
class Earlier:
    code: str
    opened_at: datetime
    state: str
    reason: str | None


@dataclass(frozen=True)
class Line:
    at: datetime
    kind: str
    who: str
    text: str


@dataclass(frozen=True)
class RanBy:
    """The version of the policy by which an incident runs: its name, the unit at whose level it is written (None: it is
    the built-in one), the kind and hours that it is for ("" for all), and its number."""

    name: str
    unit: str | None
    kind: str
    hours: str
    number: int


@dataclass(frozen=True)
class Dossier:
    card: Card
    asked: Sequence[Asked]
    lines: Sequence[Line]  # the newest first
    earlier: Sequence[Earlier]
    false_alarms: int
    reports: int  # the number of reports without emergency from this number
    links: Sequence[str]
    pictures: Sequence[tuple[int, int]]  # of its texts: the text's id, and the picture's number there
    may_reopen: bool  # an officer or a desk closed it a short time ago
    reason: str | None
    has_profile: bool  # whether notes or next of kin are on file
    leader_id: int | None
    channel: str
    clock_at: datetime | None
    ran_by: RanBy | None

    @property
    def groups(self) -> Sequence[Group]:
        """Return who was asked, wave by wave, and before them whoever comes, who is never folded."""
        return grouped(self.asked)


@dataclass(frozen=True)
class Profile:
    """The data on file for responders about the person behind the number."""

    address: str
    notes: str
    next_of_kin: str


def find(uow: UnitOfWork, who: Identity, code: str) -> Incident | None:
    """Return the newest incident with this code, if this user may see it."""
    incident = incidents.newest_by_code(uow.db, code.upper())
    return incident if incident is not None and board.sees(uow, who, incident) else None


def read(uow: UnitOfWork, who: Identity, incident: Incident, language: str) -> Dossier:
    """Return everything about one incident."""
    rows = [row for row in events.of_incident(uow.db, incident.id) if not _names_hidden(uow, who, row)]
    lines = [Line(row.at, row.kind, row.who, hide_pins(row.text)) for row in rows]
    earlier = _earlier(uow, incident)
    return Dossier(
        card=board.cards_of(uow, who, language, [incident])[0],
        asked=_asked(uow, incident),
        lines=lines[::-1],
        earlier=earlier[:EARLIER],
        false_alarms=_false_alarms(uow, incident),
        reports=uow.db.scalar(select(func.count(Report.id)).where(Report.phone == incident.phone)) or 0,
        links=links(lines),
        pictures=_pictures(uow, incident),
        may_reopen=reopening.may_reopen(incident, uow.now()),
        reason=incident.reason,
        has_profile=_has_profile(_citizen(uow, incident)),
        leader_id=incident.leader_id,
        channel=incident.channel,
        clock_at=incident.clock_at,
        ran_by=_ran_by(uow, incident),
    )


def _pictures(uow: UnitOfWork, incident: Incident) -> Sequence[tuple[int, int]]:
    texts = select(Inbound).where(Inbound.incident_id == incident.id, Inbound.kind == "text").order_by(Inbound.id)
    return [(row.id, at) for row in uow.db.scalars(texts) for at in range(1, in_tray.pictures(uow, row) + 1)]


def _ran_by(uow: UnitOfWork, incident: Incident) -> RanBy | None:
    row = uow.db.get(PolicyVersion, incident.policy_id) if incident.policy_id is not None else None
    if row is None:
        return None
    unit, slot = units.by_id(uow.db, row.unit_id), policy_rule.slot_of(row)
    name, hours = policy_rule.name_of(row), str(slot.hours or "")
    return RanBy(name, unit.name if unit is not None else None, slot.kind or "", hours, row.number)


def _names_hidden(uow: UnitOfWork, who: Identity, row: Event) -> bool:
    """Return whether this line names an incident of which this user must not know."""
    other = incidents.newest_by_code(uow.db, row.text) if row.kind in (LINKED, SPLIT) else None
    return other is not None and confidants.hides(uow, who, other.phone)


def reveal(uow: UnitOfWork, who: Identity, incident: Incident) -> Profile | None:
    """Return the data on file about the person, and audit the look."""
    citizen = _citizen(uow, incident)
    if citizen is None:
        return None
    audit_log.record(uow, who.name, "incident.profile", incident.code)
    person = citizen.person
    return Profile(person.address or "", person.notes or "", person.next_of_kin or "")


def candidates(uow: UnitOfWork, who: Identity, incident: Incident) -> Sequence[Officer]:
    """Return officers of this user's units who can still be asked, those on duty first, then by name. Whoever must not
    know of the incident stands on no list."""
    barred = confidants.around(uow, incident.phone).phones
    asked = select(Alert.phone).where(Alert.incident_id == incident.id)
    query = select(Officer).where(Officer.suspended.is_(False), Officer.phone != incident.phone)
    query = query.where(Officer.phone.not_in(asked), Officer.phone.not_in(barred)).order_by(
        Officer.on_duty.desc(), Officer.name
    )
    return uow.db.scalars(query if who.scope is None else query.where(Officer.unit_id.in_(who.scope))).all()


def other_open(uow: UnitOfWork, who: Identity, incident: Incident) -> Sequence[Incident]:
    """Return the open incidents that this one may be linked with."""
    query = select(Incident).where(Incident.closed_at.is_(None), Incident.id != incident.id, board.visible(uow, who))
    return uow.db.scalars(query.order_by(Incident.opened_at.desc())).all()


def other_units(uow: UnitOfWork, who: Identity) -> Sequence[Unit]:
    """Return the units that may be asked in addition."""
    query = select(Unit).order_by(Unit.name)
    return uow.db.scalars(query if who.scope is None else query.where(Unit.id.in_(who.scope))).all()


def links(lines: Sequence[Line]) -> list[str]:
    """Return the codes of the incidents that this one is linked to and not split from since."""
    state: dict[str, bool] = {}
    for line in lines:
        if line.kind in (LINKED, SPLIT):
            state[line.text] = line.kind == LINKED
    return [code for code, linked in state.items() if linked]


# --- who was asked --------------------------------------------------------------------------------------------


def _asked(uow: UnitOfWork, incident: Incident) -> list[Asked]:
    """Return each asked phone once: the leader first, then those who accepted, then by wave and distance."""
    contacts = _contacts(uow, incident)
    newest: dict[str, Alert] = {}
    reached: dict[str, list[Contact]] = defaultdict(list)
    for row in alerts.of_incident(uow.db, incident.id):
        newest[row.phone] = row
        reached[row.phone] += contacts.get(row.id, [])
    people = [_person(incident, row, reached[row.phone]) for row in newest.values()]
    return sorted(people, key=lambda one: (not one.leads, one.state != alerts.ACCEPTED, one.wave, one.distance_m or 0))


def grouped(asked: Sequence[Asked]) -> list[Group]:
    """Return those who were asked in their groups, each in the order in which they stand."""
    groups: dict[int, list[Asked]] = defaultdict(list)
    for one in asked:
        groups[0 if one.state == alerts.ACCEPTED else one.wave].append(one)
    return [Group(wave, groups[wave], folds=wave > 0 and len(asked) > MANY) for wave in sorted(groups)]


def _person(incident: Incident, row: Alert, contacts: Sequence[Contact]) -> Asked:
    return Asked(
        alert_id=row.id,
        title=row.title,
        phone=row.phone,
        is_desk=row.is_desk,
        wave=row.wave,
        state=row.state,
        distance_m=row.distance_m,
        asked_at=row.asked_at,
        answered_at=row.answered_at,
        leads=row.id == incident.leader_id,
        contacts=contacts,
    )


def _contacts(uow: UnitOfWork, incident: Incident) -> Mapping[int, list[Contact]]:
    """Return the texts and calls of each alert, the oldest first; of several attempts the last one counts."""
    query = select(Outbound).where(Outbound.incident_id == incident.id, Outbound.purpose == "alert")
    owed = uow.db.scalars(query.order_by(Outbound.id)).all()
    last = _last_attempts(uow, [row.id for row in owed])
    found: dict[int, list[Contact]] = defaultdict(list)
    for row in owed:
        if row.alert_id is not None:
            found[row.alert_id].append(_contact(row, last.get(row.id)))
    return found


def _last_attempts(uow: UnitOfWork, outbound_ids: Sequence[int]) -> Mapping[int, Attempt]:
    query = select(Attempt).where(Attempt.outbound_id.in_(outbound_ids)).order_by(Attempt.id)
    return {row.outbound_id: row for row in uow.db.scalars(query)}


def _contact(owed: Outbound, attempt: Attempt | None) -> Contact:
    if attempt is None:
        return Contact(owed.kind, owed.state, "", owed.tries, None, keyed=False)
    state = attempt.ending or attempt.state if owed.kind == CALL else attempt.state
    return Contact(owed.kind, state, attempt.line, owed.tries, attempt.started_at, attempt.keyed)


# --- who called -----------------------------------------------------------------------------------------------


def _earlier(uow: UnitOfWork, incident: Incident) -> list[Earlier]:
    query = select(Incident).where(Incident.phone == incident.phone, Incident.id < incident.id)
    rows = uow.db.scalars(query.order_by(Incident.id.desc()).limit(EARLIER))
    return [Earlier(row.code, row.opened_at, row.state, row.reason) for row in rows]


def _false_alarms(uow: UnitOfWork, incident: Incident) -> int:
    """Return the number of earlier false alarms, for a human to weigh: it never blocks a panic."""
    query = select(func.count(Incident.id)).where(Incident.phone == incident.phone, Incident.id != incident.id)
    return uow.db.scalar(query.where(Incident.state == incidents.FALSE_ALARM)) or 0


def _citizen(uow: UnitOfWork, incident: Incident) -> Citizen | None:
    return uow.db.get(Citizen, incident.citizen_id) if incident.citizen_id is not None else None


def _has_profile(citizen: Citizen | None) -> bool:
    person = citizen.person if citizen is not None else None
    return person is not None and bool(person.notes or person.next_of_kin or person.address)
