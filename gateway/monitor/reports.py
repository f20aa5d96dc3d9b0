"""ROOM: reports without emergency: a desk reads one, answers it, or raises it as an incident after all.

A report belongs to the desks of the sender's unit; one from an unknown number to those that its words name, else to
the desks at the top (see `gateway.location.home_unit`). A text with a report is also listed among the unread texts;
settling one settles both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select

from gateway import notices
from gateway.core.reachability import Way, Why
from gateway.core.sentences.phrases import tidy
from gateway.core.words.pinwords import hide_pins
from gateway.identity import audit_log, confidants, reachability
from gateway.identity.callers import Caller, identify
from gateway.identity.users import Identity
from gateway.models import inbound as inbounds
from gateway.models import outbound as outbounds
from gateway.models import report as report_rows
from gateway.models.citizen import Citizen, Person
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.report import Report
from gateway.models.unit import Unit
from gateway.responses import raise_from_text
from gateway.unit_of_work import UnitOfWork

MOST = 50  # reports on one page
ANSWER = "tip.answer"


class CannotAnswer(ValueError):  # noqa: N818 - named for its message to the desk
    """No text may go to that phone; the message is a key of `console.reports.cannot_*`."""


@dataclass(frozen=True)
class ListedReport:
    """One report as a page shows it.

    `silent` is the reason why no text may be sent (a key as in CannotAnswer), or empty.
    """

    id: int
    at: datetime
    phone: str
    name: str
    verified: bool
    may_call: bool
    words: str
    channel: str
    unit: str
    seen_at: datetime | None
    seen_by: str
    note: str
    silent: str


@dataclass(frozen=True)
class Wanted:
    """The filter of the list: only `unread` reports or all, a name or number in `words`, ids below `before`."""

    unread: bool = True
    words: str = ""
    before: int | None = None


def listed(uow: UnitOfWork, who: Identity, wanted: Wanted) -> list[ListedReport]:
    """Return at most MOST of this user's reports, the newest first."""
    query = select(Report, Unit.name).outerjoin(Unit, Unit.id == Report.unit_id).where(*_visible(uow, who))
    rows = uow.db.execute(_narrowed(query, wanted).order_by(Report.id.desc()).limit(MOST)).all()
    return [_shown(uow, report, unit or "") for report, unit in rows]


def count_unseen(uow: UnitOfWork, who: Identity) -> int:
    """Return how many of this user's reports nobody has read yet."""
    unseen = select(func.count(Report.id)).where(Report.seen_at.is_(None), *_visible(uow, who))
    return uow.db.scalar(unseen) or 0


def lock(uow: UnitOfWork, who: Identity, report_id: int) -> Report | None:
    """Lock the report until the commit and return its present state; None if this user has none with this id."""
    query = select(Report).where(Report.id == report_id, *_visible(uow, who)).with_for_update()
    return uow.db.scalar(query.execution_options(populate_existing=True))


def _visible(uow: UnitOfWork, who: Identity) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Return the SQL conditions for the reports of this user's units, without those of callers of whom they must not
    know."""
    known = confidants.shown(uow, who, Report.phone, select(Report.phone))
    return report_rows.visible(uow.db, who.scope), known


def _narrowed(query: Select[Report, str], wanted: Wanted) -> Select[Report, str]:
    if wanted.unread:
        query = query.where(Report.seen_at.is_(None))
    if wanted.before is not None:
        query = query.where(Report.id < wanted.before)
    return query.where(or_(*_of_whom(wanted.words))) if wanted.words.strip() else query


def _of_whom(words: str) -> Sequence[ColumnElement[bool]]:
    name, digits = words.strip(), "".join(char for char in words if char.isdigit()).removeprefix("0")
    known = select(Citizen.phone).join(Person).where(Person.name.icontains(name, autoescape=True))
    officers = select(Officer.phone).where(Officer.name.icontains(name, autoescape=True))
    by_number = [Report.phone.contains(digits)] if digits else [Report.phone.icontains(name, autoescape=True)]
    return [Report.phone.in_(known), Report.phone.in_(officers), *by_number]


def _shown(uow: UnitOfWork, report: Report, unit: str) -> ListedReport:
    caller = identify(uow, report.phone)
    return ListedReport(
        id=report.id,
        at=report.received_at,
        phone=report.phone,
        name=caller.name,
        verified=report.verified,
        may_call=reachability.to_caller(uow, caller, Way.SHOW).allowed,
        words=hide_pins(report.words),
        channel=report.channel,
        unit=unit,
        seen_at=report.seen_at,
        seen_by=report.seen_by or "",
        note=report.note or "",
        silent=_silent(uow, caller),
    )


# --- what a desk does -------------------------------------------------------------------------------------------


def note_read(uow: UnitOfWork, who: Identity, report: Report, note: str = "") -> None:
    """Record that a user has read the report, and add `note`, which says what was done, to earlier notes."""
    _settle(uow, who, report, note.strip())
    audit_log.record(uow, who.name, "tip.read", report.phone, f"report {report.id}: {hide_pins(note.strip())}")


def raise_alarm(uow: UnitOfWork, who: Identity, report: Report) -> Incident:
    """Open an incident from this report, because the desk says that it is an emergency."""
    incident = raise_from_text.raise_alarm(uow, who.name, who.unit_id, report.phone, report.words)
    if report.inbound_id is not None:
        uow.db.get_one(Inbound, report.inbound_id).incident_id = incident.id
    _settle(uow, who, report, incident.code)
    audit_log.record(uow, who.name, "tip.emergency", report.phone, f"report {report.id} -> {incident.code}")
    return incident


def answer(uow: UnitOfWork, who: Identity, report: Report, words: str) -> None:
    """Send one text to the sender of the report.

    Raises CannotAnswer if the phone is quiet, if it is no phone, or if the words do not fit in one message: we never
    cut what a desk writes.
    """
    caller, words = identify(uow, report.phone), " ".join(words.split())
    why = _silent(uow, caller) or ("" if words else "no_words")
    unit = uow.db.get(Unit, who.unit_id or report.unit_id or 0)
    body = notices.sentence(uow, caller.language, ANSWER, unit, words=words)
    if why or tidy(words) not in body:
        raise CannotAnswer(why or "too_long")
    notices.owe_text(uow, report.phone, body, purpose=outbounds.WRITTEN)
    _settle(uow, who, report, f"SMS: {hide_pins(words)}")
    audit_log.record(uow, who.name, "tip.answer", report.phone, f"report {report.id}: {hide_pins(words)}")


def see_told_by(uow: UnitOfWork, who: Identity, row: Inbound) -> None:
    """Mark the reports of this text as read, after the text was read among the unread ones."""
    for report in report_rows.told_by(uow.db, row.id):
        _see(uow, who, report)


def _settle(uow: UnitOfWork, who: Identity, report: Report, note: str) -> None:
    text = uow.db.get(Inbound, report.inbound_id) if report.inbound_id is not None else None
    if text is not None and text.state == inbounds.TO_HUMAN:
        text.state = inbounds.SEEN
    _see(uow, who, report)
    report.note = "\n".join(filter(None, (report.note, note))) or None


def _see(uow: UnitOfWork, who: Identity, report: Report) -> None:
    """Record who read the report, unless somebody read it before."""
    if report.seen_at is None:
        report.seen_at, report.seen_by = uow.now(), who.name[:120]


# --- whether that phone may light up ------------------------------------------------------------------------------


def _silent(uow: UnitOfWork, caller: Caller) -> str:
    """Why no text may be written to a phone (a key as in CannotAnswer); empty where one may."""
    why = reachability.to_caller(uow, caller, Way.WRITE).why
    if why is None:
        return ""
    return "no_phone" if why is Why.NO_NUMBER else "quiet"
