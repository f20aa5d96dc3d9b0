"""Write everything that is kept about one person as one sheet, to be handed to that person and to nobody else.

Somebody else may read it over their shoulder, or may have made them ask for it. So nothing stands in it that the phone
does not know itself: from the first message on that may hold a PIN, whichever it was, no call for help and no position
is told, but for what that phone wrote and read; and nothing of a register entry that it takes for left or undecided.
PINs, other callers, officers, and whom the person fears are never in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select, true

from gateway.core import consents
from gateway.core.days import zone
from gateway.core.outage import holds_pin
from gateway.core.sentences.phrases import say
from gateway.core.words.pinwords import hide_pins
from gateway.identity.callers import identify
from gateway.models import citizen as citizens
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.base import Base
from gateway.models.citizen import Citizen, Person
from gateway.models.fix import Fix
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.lookup import Lookup
from gateway.models.outbound import Outbound
from gateway.operations.personal_data.holdings import BY_TABLE, HOLDINGS, Holding
from gateway.operations.personal_data.someone import Someone
from gateway.unit_of_work import UnitOfWork

MOST_DAYS = 36500
Row = Mapping[str, Any]
Rules = Mapping[type[Base], ColumnElement[bool]]


def sheet(uow: UnitOfWork, who: Someone, language: str) -> str:
    """Return all that is kept about this person, in their language, as text to be printed."""
    clock, rules = _clock(uow), _rules(uow, who)
    told = [say("console.subject.title", language, numbers=", ".join(who.phones), at=clock(uow.now()))]
    told += ["", say("console.subject.how", language)]
    for holding in HOLDINGS:
        rows = list(_rows(uow, holding, who, rules)) if holding.told else []
        if rows:
            told += ["", f"== {say(f'console.subject.{holding.table}', language)} =="]
            told += [_line(row, language, clock) for row in rows]
    told += ["", say("console.subject.left_out", language), ""]
    return "\n".join(told)


# --- rows -------------------------------------------------------------------------------------------------------------


def _rows(uow: UnitOfWork, holding: Holding, who: Someone, rules: Rules) -> Iterator[Row]:
    """Yield the rows of one table that the person may be handed, oldest first, each with the columns that are told."""
    table = next(mapper.class_ for mapper in Base.registry.mappers if mapper.local_table is holding.columns)
    which = and_(who.rows(holding), rules.get(table, true()))
    for row in uow.db.scalars(select(table).where(which).order_by(table.id)).unique():
        values = {name: getattr(row, name) for name in holding.told.split()}
        if isinstance(row, Inbound | Outbound):
            values["body"] = hide_pins(row.body) if row.kind == outbounds.TEXT else None
        if isinstance(row, Citizen):
            values["consent_text"] = row.consent_text or consents.words(row.consent)
        yield values


def _rules(uow: UnitOfWork, who: Someone) -> Rules:
    """Return for each table with such a rule the condition for rows of which the person may know."""
    told = uow.now() - timedelta(days=uow.settings.retain_texts_days or MOST_DAYS)  # older PINs are forgotten
    until = _first_pin(uow, who) or uow.now()
    unsure = [row.id for row in _citizens(uow, who) if _believed(uow, row) in (citizens.PENDING, citizens.LEFT)]
    whose = select(Citizen.person_id).where(Citizen.id.in_(unsure))
    return {
        Incident: and_(Incident.opened_at > told, or_(Incident.closed_at < until, _open_since(until, uow.now()))),
        Fix: and_(Fix.received_at > told, Fix.received_at < until),
        Lookup: and_(Lookup.created_at > told, Lookup.created_at < until),
        Outbound: _was_told(who),
        Citizen: Citizen.id.not_in(unsure),
        Person: Person.id.not_in(whose),
    }


def _open_since(until: datetime, now: datetime) -> ColumnElement[bool]:
    """Return the condition for what is open, which is told only where no PIN has come."""
    return Incident.closed_at.is_(None) if until == now else false()


def _first_pin(uow: UnitOfWork, who: Someone) -> datetime | None:
    """Return when this person's phones first sent what may be a PIN, as far as it is still known."""
    query = select(Inbound).where(who.rows(BY_TABLE[Inbound.__tablename__])).order_by(Inbound.received_at)
    return next((row.received_at for row in uow.db.scalars(query) if holds_pin(row.kind, row.body)), None)


def _citizens(uow: UnitOfWork, who: Someone) -> Sequence[Citizen]:
    return uow.db.scalars(select(Citizen).where(Citizen.id.in_(who.citizens))).all()


def _believed(uow: UnitOfWork, row: Citizen) -> str:
    """Return the state of this entry as far as its phone knows."""
    return row.state if row.state == citizens.REPLACED else identify(uow, row.phone).believed_state


def _was_told(who: Someone) -> ColumnElement[bool]:
    """Return the condition for texts and calls that reached this person, and told of nobody else. What an officer's
    phone is sent tells of callers."""
    own = Outbound.incident_id.in_(who.incidents) & Outbound.to_citizen.is_(True)
    general = false() if who.officers else Outbound.incident_id.is_(None)
    return and_(Outbound.state == outbounds.DONE, or_(own, general))


# --- words ------------------------------------------------------------------------------------------------------------


def _clock(uow: UnitOfWork) -> Callable[[datetime], str]:
    there = zone(units.timezone_of(units.topmost(uow.db)))
    return lambda at: f"{at.astimezone(there):%Y-%m-%d %H:%M}"


def _line(row: Row, language: str, clock: Callable[[datetime], str]) -> str:
    told = (f"{say(f'console.subject.column.{name}', language)}: {_word(value, language, clock)}"
            for name, value in row.items() if value not in (None, ""))  # fmt: skip
    return "- " + "; ".join(told)


def _word(value: Any, language: str, clock: Callable[[datetime], str]) -> str:
    if isinstance(value, datetime):
        return clock(value)
    if isinstance(value, bool):
        return say(f"console.subject.{'yes' if value else 'no'}", language)
    return str(value)
