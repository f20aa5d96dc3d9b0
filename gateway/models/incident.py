"""An incident: one person's call for help, from the panic to the closing line."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, String, func, or_, select, text, union_all
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from gateway.core import codes, defaults
from gateway.core.contact_rules import ContactRule
from gateway.core.incident_kinds import IncidentKind
from gateway.core.words.reading import names_an_incident
from gateway.models import caller_view
from gateway.models import clarification as clarifications
from gateway.models.base import Base, Sealed
from gateway.models.caller_view import CallerView
from gateway.models.memory import remembered
from gateway.models.states import StateTable

OPEN, ACCEPTED, EN_ROUTE, ON_SCENE = "open", "accepted", "en_route", "on_scene"
RESOLVED, FALSE_ALARM, CANCELLED = "resolved", "false_alarm", "cancelled"
CLOSED = (RESOLVED, FALSE_ALARM, CANCELLED)
# Only gateway.models.incident_states moves an incident.
STATES = StateTable(
    first=(OPEN,),
    moves={
        (OPEN, ACCEPTED): "the first yes",
        (OPEN, RESOLVED): "a desk closes it",
        (OPEN, FALSE_ALARM): "a desk closes it",
        (OPEN, CANCELLED): "the person's PIN, before any yes",
        (ACCEPTED, EN_ROUTE): "somebody says so",
        (ACCEPTED, ON_SCENE): "somebody says so",
        (ACCEPTED, OPEN): "the leader cannot come after all",
        (ACCEPTED, RESOLVED): "an officer or a desk closes it",
        (ACCEPTED, FALSE_ALARM): "an officer or a desk closes it",
        (EN_ROUTE, ON_SCENE): "somebody says so",
        (EN_ROUTE, OPEN): "the leader cannot come after all",
        (EN_ROUTE, RESOLVED): "an officer or a desk closes it",
        (EN_ROUTE, FALSE_ALARM): "an officer or a desk closes it",
        (ON_SCENE, OPEN): "the leader cannot come after all",
        (ON_SCENE, RESOLVED): "an officer or a desk closes it",
        (ON_SCENE, FALSE_ALARM): "an officer or a desk closes it",
        (RESOLVED, OPEN): "a desk's BUKA, within 30 minutes",
        (FALSE_ALARM, OPEN): "a desk's BUKA, within 30 minutes",
    },
)
SYNTHETIC = "synthetic"  # the channel of a machine's test, which no person and no figure sees
LAST = 3  # so many of its last incidents may say how a phone stands: one that a desk opened again is none of the newest
CODE_REST = timedelta(hours=24)  # a code is not used again before that (contract.md)
Fresh = Callable[[int, Callable[[Sequence[str]], Collection[str]], Callable[[str], bool]], str]  # core.codes.fresh


class Incident(Base):
    __tablename__ = "incidents"
    __table_args__ = (
        # one open incident per number: the loser of a race joins
        Index(
            "uq_incidents_phone_open",
            "phone",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "ix_incidents_shown_code",
            "shown_code",
            sqlite_where=text("shown_code IS NOT NULL"),
            postgresql_where=text("shown_code IS NOT NULL"),
        ),
        Index(
            "uq_incidents_code_open",
            "code",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )

    code: Mapped[str] = mapped_column(String(4), index=True)
    phone: Mapped[str] = mapped_column(String(32), index=True)  # the phone that asked, E.164
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2), default=defaults.LANGUAGE)
    citizen_id: Mapped[int | None] = mapped_column(ForeignKey("citizens.id"), index=True)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"))  # an officer's own panic
    # The unit that answers for the place.
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    fix_id: Mapped[int | None] = mapped_column(ForeignKey("fixes.id", use_alter=True))
    # The version of the policy by which it runs; NULL until the first wave, and where none was noted.
    policy_id: Mapped[int | None] = mapped_column(ForeignKey("policy_versions.id"))
    # The position that officers were told.
    told_fix_id: Mapped[int | None] = mapped_column(ForeignKey("fixes.id", use_alter=True))
    place_asked_at: Mapped[datetime | None]  # when the person was asked for a street or a landmark, once
    state: Mapped[str] = mapped_column(String(12), default=OPEN)
    channel: Mapped[str] = mapped_column(String(12))  # text, call, ussd, desk, drill, synthetic
    words: Mapped[str | None] = mapped_column(Sealed)  # what the person wrote, for everybody who is asked; without PINs
    quiet: Mapped[bool] = mapped_column(default=False)
    ring_back: Mapped[bool] = mapped_column(default=True)
    contact: Mapped[str] = mapped_column(String(12), default=str(ContactRule.USUAL))  # the citizen's, when it opened
    duress: Mapped[bool] = mapped_column(default=False)
    drill: Mapped[bool] = mapped_column(default=False)
    uncertain: Mapped[bool] = mapped_column(default=False)  # silence opened it; nobody has said yet what it is
    opened_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]  # when the panic was sent, if it came over five minutes late
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    reason: Mapped[str | None] = mapped_column(String(200))
    unproven: Mapped[bool] = mapped_column(default=False)  # closed without proof; the desk may open it again
    # The incident of the same phone that was closed without proof: this one goes on with it.
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))

    wave: Mapped[int] = mapped_column(default=0)  # the last wave that was asked
    first_wave_at: Mapped[datetime | None]  # the waves' times count from it, because a panic may come in late
    last_wave_at: Mapped[datetime | None]
    next_wave_at: Mapped[datetime | None] = mapped_column(index=True)  # NULL = held back
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id", use_alter=True))
    # The time at which the leader's silence is acted upon.
    clock_at: Mapped[datetime | None] = mapped_column(index=True)
    nudged: Mapped[bool] = mapped_column(default=False)
    repeats: Mapped[int] = mapped_column(default=0)
    repeats_told_at: Mapped[datetime | None]
    # when officers hear of repeats, at most each minute
    repeats_at: Mapped[datetime | None] = mapped_column(index=True)
    again_told_at: Mapped[datetime | None]  # when the phone that calls again last heard where it stands
    kind: Mapped[str | None] = mapped_column(String(20))  # an IncidentKind; NULL: nobody has said
    kind_reason: Mapped[str | None] = mapped_column(Sealed)  # the words that told it, or what was chosen in the menu
    kind_by: Mapped[str | None] = mapped_column(String(120))  # the desk's user who changed it; empty: the gateway
    volunteers_wanted: Mapped[bool] = mapped_column(default=False)  # a wave of its policy asks them
    home_words: Mapped[bool] = mapped_column(default=False)  # a text of the caller had words of violence at home
    volunteers_at: Mapped[datetime | None]  # the time at which the volunteers were asked
    # Columns of the last release that `caller_view` replaces, place_asked_at and again_told_at too. They are kept in
    # step by gateway.models.caller_view; only the SQL conditions of this file still read them.
    hushed_until: Mapped[datetime | None]
    dismissed_at: Mapped[datetime | None]
    shown_code: Mapped[str | None] = mapped_column(String(4))
    shown_quiet: Mapped[bool] = mapped_column(default=False)
    shown_left: Mapped[bool] = mapped_column(default=False)
    citizen_told: Mapped[str] = mapped_column(String(20), default="")
    honest_at: Mapped[datetime | None] = mapped_column(index=True)  # when the citizen hears that nobody came yet

    caller_view: Mapped[CallerView | None] = relationship(lazy="joined", uselist=False, cascade="all, delete-orphan")

    @property
    def closed(self) -> bool:
        return self.closed_at is not None

    @property
    def what(self) -> IncidentKind:
        """Return what kind of trouble it is, as far as anybody has said; a drill is of no kind."""
        return next((one for one in IncidentKind if one == self.kind and not self.drill), IncidentKind.UNKNOWN)

    @property
    def is_at_home(self) -> bool:
        """Return whether it is violence at home: by its kind, or by words in any text of the caller, whatever the kind
        is by now."""
        return self.home_words or self.what is IncidentKind.DOMESTIC_VIOLENCE

    @property
    def view(self) -> CallerView:
        """Return what its phone has been told and believes; to be read only."""
        return caller_view.current(self)

    @property
    def is_seen(self) -> bool:
        """Return whether its phone believes that anything is open."""
        return not self.closed and (not self.view.dismissed or self.view.code is not None)

    @property
    def seen_code(self) -> str:
        """Return the code under which its phone knows the incident."""
        return (self.view.code or "") if self.view.dismissed else self.code

    @property
    def seen_quiet(self) -> bool:
        """Return whether its phone believes that the incident is quiet."""
        return self.view.quiet if self.view.dismissed else self.quiet

    @property
    def hushes_phone(self) -> bool:
        """Return whether its phone believes that nothing may make it ring or light up."""
        return self.is_seen and self.seen_quiet


STATES.guard(Incident.state)


def concerns_people() -> ColumnElement[bool]:
    """Return the condition that an incident is shown and counted: any but a synthetic panic."""
    return Incident.channel != SYNTHETIC


def lock(db: Session, incident_id: int) -> Incident:
    """Return the incident, locked until the commit; every function that changes an incident takes this first. Raises
    NoResultFound."""
    query = (
        select(Incident)
        .where(Incident.id == incident_id)
        .with_for_update(of=Incident)
        .execution_options(populate_existing=True)
    )
    return db.scalars(query).one()


def lock_open_of(db: Session, phone: str) -> Incident | None:
    """Return the open incident of this phone (E.164), locked until the commit, or None. One that was closed while we
    waited for the lock does not count. Where nothing is open there is nothing to lock: who opens one meanwhile is met
    as two who open at once are."""
    if open_of(db, phone) is None:
        return None
    query = select(Incident).where(Incident.phone == phone, Incident.closed_at.is_(None))
    return db.scalar(query.with_for_update(of=Incident).execution_options(populate_existing=True))


def open_of(db: Session, phone: str) -> Incident | None:
    return next((row for row in _newest_of(db, phone) if not row.closed), None)


@remembered("incidents", "caller_views")
def _newest_of(db: Session, phone: str) -> Sequence[Incident]:
    """Return what counts of a phone's incidents, the newest first: the open one, and its last few."""
    last = select(Incident.id).where(Incident.phone == phone).order_by(Incident.id.desc()).limit(LAST).subquery()
    counts = or_(Incident.closed_at.is_(None), Incident.id.in_(select(last.c.id)))
    query = select(Incident).where(Incident.phone == phone, counts)
    return db.scalars(query.order_by(Incident.id.desc())).all()


def seen_of(db: Session, phone: str) -> Incident | None:
    """Return the incident that this phone believes is open, or None."""
    running = open_of(db, phone)
    return running if running is not None and running.is_seen else None


def lock_seen_of(db: Session, phone: str) -> Incident | None:
    """Return the incident that this phone believes is open, locked until the commit, or None."""
    running = lock_open_of(db, phone)
    return running if running is not None and running.is_seen else None


def in_need() -> Select[str]:
    """Select the phones that believe they have something open."""
    seen = or_(Incident.dismissed_at.is_(None), Incident.shown_code.is_not(None))
    return select(Incident.phone).where(Incident.closed_at.is_(None), seen)


def over_for_phone(db: Session, phone: str, since: datetime) -> Incident | None:
    """Return the newest incident of this phone that the phone believes is over, since `since` at the earliest; None if
    there is none, or if it believes that a newer one is open."""
    lately = (row for row in _newest_of(db, phone) if row.closed_at is None or row.closed_at > since)
    newest = next(lately, None)
    if newest is None or newest.is_seen:
        return None
    over = newest.view.dismissed_at if newest.closed_at is None else newest.closed_at
    return newest if over is not None and over > since else None


def unproven_of(db: Session, phone: str, since: datetime) -> Incident | None:
    """Return the newest incident of this phone if it was closed without proof after `since`, else None."""
    newest = next(iter(_newest_of(db, phone)), None)
    if newest is None or not newest.unproven or newest.closed_at is None:
        return None
    return newest if newest.closed_at > since else None


def just_closed_of(db: Session, phone: str, since: datetime) -> Incident | None:
    """Return the newest incident of this phone if it was closed since then; None while anything is open."""
    newest = next(iter(_newest_of(db, phone)), None)
    return newest if newest is not None and newest.closed_at is not None and newest.closed_at > since else None


def open_of_phones(db: Session, phones: Collection[str]) -> Sequence[Incident]:
    """Return the open incidents of these phones."""
    query = select(Incident).where(Incident.phone.in_(phones), Incident.closed_at.is_(None))
    return db.scalars(query).all() if phones else ()


def open_phones(db: Session) -> Sequence[tuple[int, str]]:
    """Return id and phone of every open incident but drills, the lowest id first."""
    query = select(Incident.id, Incident.phone).where(Incident.closed_at.is_(None), Incident.drill.is_(False))
    return [(incident_id, phone) for incident_id, phone in db.execute(query.order_by(Incident.id))]


@remembered("incidents", "caller_views")
def open_of_officers(db: Session) -> Sequence[Incident]:
    """Return the open incidents in which an officer has asked for help."""
    return db.scalars(select(Incident).where(Incident.officer_id.is_not(None), Incident.closed_at.is_(None))).all()


def fresh_code(db: Session, now: datetime, fresh: Fresh = codes.fresh) -> str:
    """Return a code for a new incident or uncertain call, or for what a phone shall believe to be an incident: neither
    in use nor used too short a time ago. At most a tenth of the short codes are counted, and a few drawn ones looked
    up; no history is read."""
    rested = now - CODE_REST

    def taken(drawn: Sequence[str]) -> Collection[str]:
        held = or_(Incident.closed_at.is_(None), Incident.closed_at > rested)
        columns = (Incident.code, Incident.shown_code)
        found = [select(column).where(column.in_(drawn), held) for column in columns]
        asked = clarifications.with_codes(drawn, rested)
        return {code for code in db.scalars(union_all(*found, asked)) if code}

    short = select(Incident.id).where(func.length(Incident.code) == codes.SHORT)
    parts = (short.where(Incident.closed_at.is_(None)), short.where(Incident.closed_at > rested))
    some = union_all(*(select(part.limit(codes.CROWDED).subquery().c.id) for part in parts)).subquery()
    return fresh(db.scalar(select(func.count()).select_from(some)) or 0, taken, names_an_incident)


def is_free_code(db: Session, code: str, now: datetime) -> bool:
    """Return whether this code is neither in use nor was too short a time ago."""
    rested = now - CODE_REST
    held = or_(Incident.closed_at.is_(None), Incident.closed_at > rested)
    found = [select(column).where(column == code, held) for column in (Incident.code, Incident.shown_code)]
    return db.scalars(union_all(*found, clarifications.with_codes([code], rested))).first() is None


def open_by_code(db: Session, code: str) -> Incident | None:
    return db.scalar(select(Incident).where(Incident.code == code, Incident.closed_at.is_(None)))


def newest_by_code(db: Session, code: str) -> Incident | None:
    return db.scalar(select(Incident).where(Incident.code == code).order_by(Incident.opened_at.desc()).limit(1))


def newest(db: Session, limit: int = 50) -> Sequence[Incident]:
    return db.scalars(select(Incident).order_by(Incident.opened_at.desc(), Incident.id.desc()).limit(limit)).all()
