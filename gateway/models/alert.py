"""An alert: one officer or desk asked to come to one incident, in one wave."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, Session, mapped_column, object_session, relationship

from gateway.core import defaults
from gateway.core.policy_groups import SERVICES
from gateway.models.base import Base
from gateway.models.incident import Incident
from gateway.models.memory import remembered
from gateway.models.officer import Officer
from gateway.models.states import StateTable
from gateway.models.unit import Unit

WAITING, SENT, DELIVERED, NO_ANSWER, FAILED = "waiting", "sent", "delivered", "no_answer", "failed"
ACCEPTED, DECLINED, STOOD_DOWN = "accepted", "declined", "stood_down"
LEFT_OUT = "left_out"  # they must not know (gateway.identity.confidants): to that phone there is no such incident
ASKED = (WAITING, SENT, DELIVERED, NO_ANSWER)  # no human has answered yet
TOLD = (SENT, DELIVERED, NO_ANSWER)  # something may have reached them
# Only gateway.models.alert_states moves an alert.
STATES = StateTable(
    first=(WAITING, SENT),  # SENT: who named the code without having been asked, and whom a desk told by radio
    moves={
        (WAITING, SENT): "a carrier has the text",
        (WAITING, DELIVERED): "its network reports it",
        (WAITING, NO_ANSWER): "no key in any of its calls",
        (WAITING, ACCEPTED): "a yes",
        (WAITING, DECLINED): "a no",
        (WAITING, FAILED): "no line can reach the number",
        (WAITING, STOOD_DOWN): "nobody more is needed",
        (SENT, DELIVERED): "its network reports it",
        (SENT, NO_ANSWER): "no key in any of its calls",
        (SENT, ACCEPTED): "a yes",
        (SENT, DECLINED): "a no",
        (SENT, FAILED): "no line can reach the number",
        (SENT, STOOD_DOWN): "nobody more is needed",
        (DELIVERED, NO_ANSWER): "no key in any of its calls",
        (DELIVERED, ACCEPTED): "a yes",
        (DELIVERED, DECLINED): "a no",
        (DELIVERED, FAILED): "no line can reach the number",
        (DELIVERED, STOOD_DOWN): "nobody more is needed",
        (NO_ANSWER, ACCEPTED): "a yes",
        (NO_ANSWER, DECLINED): "a no",
        (NO_ANSWER, FAILED): "no line can reach the number",
        (NO_ANSWER, STOOD_DOWN): "nobody more is needed",
        (ACCEPTED, NO_ANSWER): "no sign of movement follows the yes",
        (ACCEPTED, DECLINED): "another answer",
        (DECLINED, ACCEPTED): "another answer",
        (FAILED, ACCEPTED): "a yes all the same",
        (FAILED, DECLINED): "a no all the same",
        (STOOD_DOWN, ACCEPTED): "a yes all the same",
        (STOOD_DOWN, DECLINED): "a no all the same",
        (WAITING, LEFT_OUT): "they must not know",
        (SENT, LEFT_OUT): "they must not know",
        (DELIVERED, LEFT_OUT): "they must not know",
        (NO_ANSWER, LEFT_OUT): "they must not know",
        (FAILED, LEFT_OUT): "they must not know",
        (ACCEPTED, LEFT_OUT): "they must not know",
        (DECLINED, LEFT_OUT): "they must not know",
        (STOOD_DOWN, LEFT_OUT): "they must not know",
    },
)


class Alert(Base):
    __tablename__ = "alerts"
    __table_args__ = (UniqueConstraint("incident_id", "phone", "wave"),)

    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    wave: Mapped[int]
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("officers.id"), index=True)
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)  # the desk that was asked
    phone: Mapped[str] = mapped_column(String(32), index=True)
    language: Mapped[str] = mapped_column(String(2), default=defaults.LANGUAGE)
    state: Mapped[str] = mapped_column(String(12), default=WAITING)
    distance_m: Mapped[float | None]
    calls: Mapped[int] = mapped_column(default=0)  # calls that have ended without an answer
    replaced: Mapped[bool] = mapped_column(default=False)  # a later wave asked the same phone again
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    proven_at: Mapped[datetime | None]  # when it was proven, in this incident, that the phone is in the right hands
    on_scene_at: Mapped[datetime | None]  # when they said that they are there
    # How they wanted a quiet incident or one under duress closed, which one person cannot.
    closes_as: Mapped[str | None] = mapped_column(String(12))
    clicked_by: Mapped[str | None] = mapped_column(String(120))  # the desk's user whose click was its yes
    arrives_at: Mapped[datetime | None]  # when they said that they will be there
    offered_by: Mapped[int | None]  # the leader's alert, while that leader asks this officer to take over

    officer: Mapped[Officer | None] = relationship(lazy="joined")
    desk: Mapped[Unit | None] = relationship(lazy="joined")

    @property
    def title(self) -> str:
        """Return the name of the officer or desk that was asked, as people say it."""
        if self.officer:
            return self.officer.title
        return self.desk.name if self.desk else self.phone

    @property
    def holder(self) -> str:
        """Return the same, for a desk with the user whose click was its yes: "Polda Kalbar (Siti)"."""
        return f"{self.title} ({self.clicked_by})" if self.clicked_by else self.title

    @property
    def barred(self) -> bool:
        """Return whether the person who was asked may not answer any more: a suspended officer, and whoever must not
        know."""
        return self.state == LEFT_OUT or (self.officer is not None and self.officer.suspended)

    def takes_over_from(self, leader: Alert | None) -> bool:
        """Return whether this leader asks this officer to take over."""
        return leader is not None and self.offered_by == leader.id

    @property
    def serves(self) -> bool:
        """Return whether it asked an ambulance, a fire brigade or a hospital: they come beside the police, so that
        their yes, their arrival and their end of work change nothing about who else is asked or goes."""
        db = object_session(self)
        unit = self.desk
        if self.officer is not None and db is not None:
            unit = db.get(Unit, self.officer.unit_id)
        return unit is not None and unit.kind in SERVICES

    @property
    def is_desk(self) -> bool:
        return self.officer_id is None


STATES.guard(Alert.state)


@remembered("alerts", "officers", "units")
def of_incident(db: Session, incident_id: int) -> Sequence[Alert]:
    return db.scalars(select(Alert).where(Alert.incident_id == incident_id).order_by(Alert.wave, Alert.id)).all()


def newest_for(db: Session, incident_id: int, phone: str) -> Alert | None:
    query = select(Alert).where(Alert.incident_id == incident_id, Alert.phone == phone)
    return db.scalar(query.order_by(Alert.id.desc()).limit(1))


def duties_of(db: Session, phone: str) -> list[tuple[Alert, Incident]]:
    """Return the open incidents that this phone (E.164) was alerted for or accepted, each with its newest alert; the
    newest alert first. One off which it was left is none."""
    query = select(Alert, Incident).join(Incident, Incident.id == Alert.incident_id)
    mine = query.where(Alert.phone == phone, Incident.closed_at.is_(None)).order_by(Alert.id.desc())
    newest: dict[int, tuple[Alert, Incident]] = {}
    for alert, incident in db.execute(mine).all():
        newest.setdefault(incident.id, (alert, incident))
    return [(alert, incident) for alert, incident in newest.values() if alert.state != LEFT_OUT]


def accepted_lately(db: Session, phone: str, since: datetime) -> tuple[str, ...]:
    """Return the codes of the incidents that this phone (E.164) accepted and that were closed since then, the newest
    first."""
    query = select(Incident.code).join(Alert, Alert.incident_id == Incident.id)
    mine = query.where(Alert.phone == phone, Alert.state == ACCEPTED, Incident.closed_at > since)
    return tuple(dict.fromkeys(db.scalars(mine.order_by(Incident.closed_at.desc()))))


def waiting_of(db: Session, phone: str) -> int:
    """Return how many open incidents wait for the answer of this phone (E.164)."""
    return sum(alert.state in ASKED for alert, _ in duties_of(db, phone))


def told(db: Session, incident_id: int) -> list[Alert]:
    """Return one alert for each phone that knows of the incident and has not said no."""
    rows = {row.phone: row for row in of_incident(db, incident_id)}
    return [row for row in rows.values() if row.state in (*TOLD, ACCEPTED)]


def accepted(db: Session, incident_id: int) -> list[Alert]:
    return [row for row in of_incident(db, incident_id) if row.state == ACCEPTED]


def police_accepted(db: Session, incident_id: int) -> list[Alert]:
    """Return the alerts of the police who have accepted: who comes beside them (`serves`) leads never."""
    return [row for row in accepted(db, incident_id) if not row.serves]


def leader_of(db: Session, incident: Incident) -> Alert | None:
    return db.get(Alert, incident.leader_id) if incident.leader_id else None
