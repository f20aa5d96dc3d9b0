"""ROOM: show a duty desk the incidents of its units on the monitor, the worst and newest on top.

Everything here is plain values, read in a handful of queries however many incidents there are. No sentence is made here
except how a position is known (core.ages), which must read alike everywhere.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select, true

from gateway.core.contact_rules import contact_rule
from gateway.core.places.neighbourhood import Neighbourhood
from gateway.core.places.spots import plausible
from gateway.core.reachability import PhoneFacts, Question, Way, reach
from gateway.core.sentences.ages import how_known
from gateway.core.sentences.alert_text import coordinates
from gateway.core.sentences.place_names import names
from gateway.core.words.pinwords import hide_pins
from gateway.identity import confidants, reachability
from gateway.identity.users import Identity
from gateway.models import alert as alerts
from gateway.models import attempt as attempts
from gateway.models import incident as incidents
from gateway.models import incident_timers
from gateway.models import sighting as sightings
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.attempt import Attempt
from gateway.models.event import Event
from gateway.models.fix import Fix
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound
from gateway.models.sighting import Sighting
from gateway.models.unit import Unit
from gateway.monitor import same_events
from gateway.monitor.card import Card, Said, Step, Whereabouts
from gateway.monitor.same_events import Together
from gateway.unit_of_work import UnitOfWork

MOST = 200  # so many open incidents fit on one board
STILL_SHOWN = timedelta(minutes=60)  # closed incidents are shown for so long
WORDS = ("opened", "repeat", "said")  # lines that hold the citizen's own words
LOUD = (
    "opened",
    "repeat",
    "certain",
    "back_up",
    "leader_silent",
    "duress",
    "apart",
    "event_over",
)  # lines that ring the alarm until they were seen
STEPS = (incidents.ACCEPTED, incidents.EN_ROUTE, incidents.ON_SCENE)  # lines that bring it further
LAST_WORDS = 3
Row = TypeVar("Row", Alert, Event)


def cards(uow: UnitOfWork, who: Identity, language: str) -> list[Card]:
    """Return the incidents that this user sees, in the order of the board."""
    return sorted(cards_of(uow, who, language, listed(uow, who)), key=lambda card: card.rank)


def cards_of(uow: UnitOfWork, who: Identity, language: str, rows: Sequence[Incident]) -> list[Card]:
    """Return these incidents as the board shows them to this user, in the same order."""
    ids = [row.id for row in rows]
    facts = _Facts(
        now=uow.now(),
        language=language,
        units={row.id: row for row in uow.db.scalars(select(Unit))},
        fixes={row.id: row for row in uow.db.scalars(select(Fix).where(Fix.id.in_({row.fix_id for row in rows})))},
        alerts=_by_incident(uow.db.scalars(select(Alert).where(Alert.incident_id.in_(ids)).order_by(Alert.id))),
        lines=_by_incident(uow.db.scalars(_lines(ids, {*WORDS, *STEPS, *LOUD}).order_by(Event.id))),
        reached=_reached(uow, ids),
        seen=sightings.of_desk(uow.db, who.desk, ids),
        phones=_phones(uow, rows),
        map=uow.map_index.neighbourhood(uow.db),
        together=same_events.of(uow, visible(uow, who), rows),
    )
    return [_card(facts, row) for row in rows]


def to_hand_over(uow: UnitOfWork, who: Identity) -> list[str]:
    """Return the codes of this user's open incidents for a note to the next shift. Those of which some user must not
    know are left out: anybody may read the note, and whoever may see them finds them on the board."""
    rows = [row for row in listed(uow, who) if not row.closed]
    return [row.code for row in rows if not confidants.around(uow, row.phone).users]


def beyond(uow: UnitOfWork, who: Identity, shown: Sequence[Card]) -> int:
    """Return how many open incidents of this user have no room on the board."""
    if len(shown) < MOST:
        return 0
    query = select(func.count(Incident.id)).where(visible(uow, who), Incident.closed_at.is_(None))
    return max(0, (uow.db.scalar(query) or 0) - sum(card.closed_at is None for card in shown))


def ever_visible(uow: UnitOfWork, who: Identity) -> ColumnElement[bool]:
    """Return the condition that this user may see an incident, however old (`sees`, in SQL)."""
    return _mine(who) & incidents.concerns_people() & confidants.shown(uow, who, Incident.phone, select(Incident.phone))


def visible(uow: UnitOfWork, who: Identity) -> ColumnElement[bool]:
    """Return the condition that this user may see an incident which is open or was closed lately (`sees`, in SQL).
    Nobody is shown a synthetic panic."""
    known = confidants.shown(uow, who, Incident.phone, select(Incident.phone).where(_lately(uow)))
    return _mine(who) & incidents.concerns_people() & known


def _mine(who: Identity) -> ColumnElement[bool]:
    return true() if who.scope is None else Incident.unit_id.in_(who.scope)


def sees(uow: UnitOfWork, who: Identity, incident: Incident) -> bool:
    """Return whether this user may see this incident: it is one of their units', and they may know of it."""
    return who.sees(incident.unit_id) and not confidants.hides(uow, who, incident.phone)


def _lately(uow: UnitOfWork) -> ColumnElement[bool]:
    return or_(Incident.closed_at.is_(None), Incident.closed_at > uow.now() - STILL_SHOWN)


def listed(uow: UnitOfWork, who: Identity) -> Sequence[Incident]:
    """Return the incidents for which this user's board has room."""
    order = Incident.closed_at.is_not(None), Incident.state != incidents.OPEN, Incident.opened_at.desc()
    return uow.db.scalars(select(Incident).where(visible(uow, who), _lately(uow)).order_by(*order).limit(MOST)).all()


# --- gathering ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Facts:
    """Everything that the cards of one board are made of, by id."""

    now: datetime
    language: str
    units: Mapping[int, Unit]
    fixes: Mapping[int, Fix]
    alerts: Mapping[int, Sequence[Alert]]
    lines: Mapping[int, Sequence[Event]]  # the oldest first
    reached: Collection[int]  # alerts
    seen: Mapping[int, Sighting]
    phones: Mapping[int, PhoneFacts]  # what decides whether each caller's phone may be reached
    map: Neighbourhood  # what gives each position its names
    together: Mapping[int, Together]


def _phones(uow: UnitOfWork, rows: Sequence[Incident]) -> dict[int, PhoneFacts]:
    over = {row.phone for row in rows if row.closed} - {row.phone for row in rows if not row.closed}
    running = [*rows, *incidents.open_of_phones(uow.db, over)]  # another unit may hold what such a phone has open now
    quiet = reachability.quiet_beside(uow, running, {row.phone for row in rows})
    return {row.id: reachability.of_incident(uow, row, quiet) for row in rows}


def _lines(ids: Collection[int], kinds: Collection[str]) -> Select[Event]:
    """Return the query for the lines of these kinds, and for the newest line of each incident, whatever it is."""
    ours = Event.incident_id.in_(ids)
    newest = select(func.max(Event.id)).where(ours).group_by(Event.incident_id)
    return select(Event).where(ours, or_(Event.kind.in_(kinds), Event.id.in_(newest)))


def _by_incident(rows: Iterable[Row]) -> dict[int, list[Row]]:
    found: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.incident_id].append(row)
    return found


def _reached(uow: UnitOfWork, ids: Collection[int]) -> set[int]:
    """Return the alerts of which a text was delivered or a call was picked up; it does not matter what their owners
    said since."""
    came = or_(Attempt.state == attempts.DELIVERED, Attempt.answered_at.is_not(None))
    query = select(Outbound.alert_id).join(Attempt, Attempt.outbound_id == Outbound.id)
    found = uow.db.scalars(query.where(Outbound.incident_id.in_(ids), Outbound.alert_id.is_not(None), came))
    return {alert_id for alert_id in found if alert_id is not None}


# --- one card -------------------------------------------------------------------------------------------------


def _card(facts: _Facts, row: Incident) -> Card:
    unit, seen = facts.units.get(row.unit_id or 0), facts.seen.get(row.id)
    asked = facts.alerts.get(row.id, ())
    newest = {alert.phone: alert for alert in asked}.values()
    leader = next((alert for alert in asked if alert.id == row.leader_id), None)
    lines = facts.lines.get(row.id, ())
    loudest = max((line.id for line in lines if line.kind in LOUD), default=0)
    return Card(
        id=row.id,
        code=row.code,
        state=row.state,
        name=row.name,
        phone=row.phone,
        may_call=reach(facts.phones[row.id], Way.SHOW).allowed,
        may_write=reach(facts.phones[row.id], Way.WRITE).allowed,
        no_call=reach(facts.phones[row.id], Way.SHOW).why or "",
        not_answered=facts.phones[row.id].question is Question.NOT_ANSWERED,
        contact=contact_rule(row.contact),
        quiet=row.quiet,
        duress=row.duress,
        drill=row.drill,
        uncertain=row.uncertain,
        opened_at=row.opened_at,
        sent_at=row.sent_at,
        answered_at=max((alert.answered_at for alert in asked if alert.answered_at is not None), default=None),
        closed_at=row.closed_at,
        steps=_steps(row, leader, lines),
        unit=unit.name if unit is not None else "",
        timezone=units.timezone_of(unit),
        where=whereabouts(facts.map, facts.fixes.get(row.fix_id or 0), facts.now, facts.language),
        said=_said(lines),
        leader=leader.holder if leader is not None else "",
        leader_is_desk=leader is not None and leader.is_desk,
        leader_silent=not row.closed and incident_timers.leader_is_reminded(row),
        silence_at=row.clock_at,
        arrivals=_arrivals(row, newest),
        asked=len(newest),
        reached=len({alert.phone for alert in asked if _was_reached(alert, facts.reached)}),
        accepted=sum(alert.state == alerts.ACCEPTED and not alert.serves for alert in newest),
        declined=sum(alert.state == alerts.DECLINED for alert in newest),
        wave=row.wave,
        next_wave_at=row.next_wave_at,
        repeats=row.repeats,
        newest=max((line.id for line in lines), default=0),
        unseen=not row.closed and loudest > (seen.event_id if seen is not None else 0),
        seen_by=seen.who if seen is not None else "",
        kind=row.what,
        kind_words=row.kind_reason or "",
        kind_by=row.kind_by or "",
        together=facts.together.get(row.id, same_events.ALONE),
    )


def _arrivals(row: Incident, newest: Iterable[Alert]) -> list[Step]:
    """Return when those who accepted say that they arrive, the fastest first; nothing once somebody is there."""
    if row.closed or row.state == incidents.ON_SCENE:
        return []
    going = [alert for alert in newest if alert.state == alerts.ACCEPTED]
    told = [Step("arrives", alert.arrives_at, alert.title) for alert in going if alert.arrives_at is not None]
    return sorted(told, key=lambda step: step.at)


def _was_reached(alert: Alert, reached: Collection[int]) -> bool:
    return alert.id in reached or alert.state == alerts.DELIVERED or alert.answered_at is not None


def _said(lines: Sequence[Event]) -> list[Said]:
    """Return the caller's last words, the newest first."""
    words = [line for line in lines if line.kind in WORDS and line.text]
    return [Said(line.at, hide_pins(line.text)) for line in words[: -LAST_WORDS - 1 : -1]]


def _steps(row: Incident, leader: Alert | None, lines: Sequence[Event]) -> list[Step]:
    """Return each step once: the time at which the present leader took it, else the time at which anybody took it
    first."""
    title = leader.title if leader is not None else ""
    steps = [Step("received", row.opened_at)]
    for kind in STEPS:
        taken = sorted((line for line in lines if line.kind == kind), key=lambda line: line.who != title)
        steps += [Step(kind, line.at, line.who) for line in taken[:1]]
    return [*steps, Step(row.state, row.closed_at)] if row.closed_at is not None else steps


def whereabouts(known_map: Neighbourhood, fix: Fix | None, now: datetime, language: str) -> Whereabouts | None:
    """Return a position as every page shows it. A registered home has no age, and a forgotten position is None."""
    if fix is None or not plausible(fix.lat, fix.lon):
        return None
    age = fix.age_seconds(now)
    known = how_known(fix.source, age, fix.radius_m, language)
    place = names(fix.place, known_map.of(fix.lat, fix.lon), language) or coordinates(fix.lat, fix.lon)
    return Whereabouts(fix.lat, fix.lon, fix.radius_m, place, known)
