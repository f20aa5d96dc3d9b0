"""Rules of units for some kinds or hours, the versions that incidents ran by, and which policy applies to a unit now.

A unit's general rule stands in its own row (`units.policy`, `units.waves`); gateway.core.policy_choice decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from gateway.core.days import zone
from gateway.core.incident_kinds import IncidentKind
from gateway.core.policy import DEFAULT, POLICIES, Policy, dumps, policy_of
from gateway.core.policy_choice import Rule, Slot, choose, hours_of
from gateway.models import unit as units
from gateway.models.base import Base
from gateway.models.memory import held, remembered
from gateway.models.unit import Unit


class PolicyRule(Base):
    """The policy of a unit for one kind of incident, for some hours, or for both."""

    __tablename__ = "policy_rules"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str | None] = mapped_column(String(20))  # an IncidentKind; NULL: every kind
    from_hour: Mapped[int | None]  # on the clock of the unit that answers; NULL: every hour
    to_hour: Mapped[int | None]
    policy: Mapped[str] = mapped_column(String(40), default="")  # a name; what waves cannot say comes from it
    waves: Mapped[str | None] = mapped_column(Text)  # an own policy as JSON


@held
class PolicyVersion(Base):
    """A policy as it stood when incidents ran by it or an administrator stored it. Never changed and never removed."""

    __tablename__ = "policy_versions"

    unit_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)  # the level; NULL: built in
    kind: Mapped[str | None] = mapped_column(String(20))
    from_hour: Mapped[int | None]
    to_hour: Mapped[int | None]
    number: Mapped[int]  # counts from 1 in each slot of each unit
    policy: Mapped[str] = mapped_column(String(40))
    waves: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime]


@dataclass(frozen=True)
class Applied:
    """The policy that applies to a unit, and where it stands: the unit at whose level it is written (None: it is the
    built-in one), the slot, and the two values that are stored there."""

    policy: Policy
    unit: Unit | None
    slot: Slot
    name: str
    own: str | None

    @property
    def place(self) -> tuple[int | None, str | None, int | None, int | None]:
        """Return the columns of a version that say where it stands."""
        hours = self.slot.hours
        at = (None, None) if hours is None else (hours.starts, hours.ends)
        return (self.unit.id if self.unit is not None else None, self.slot.kind, *at)


def slot_of(row: PolicyRule | PolicyVersion) -> Slot:
    """Return the slot of a row. A kind that this version does not know fits nothing: the general rule then counts."""
    kind = next((one for one in IncidentKind if one == row.kind), None)
    return Slot(kind, hours_of(row.from_hour, row.to_hour))


def rules_of(db: Session, unit_ids: Sequence[int]) -> Sequence[PolicyRule]:
    """Return the rules of these units for kinds or hours, oldest first."""
    return _rules_of(db, tuple(unit_ids))


@remembered("policy_rules")
def _rules_of(db: Session, unit_ids: tuple[int, ...]) -> Sequence[PolicyRule]:
    return db.scalars(select(PolicyRule).where(PolicyRule.unit_id.in_(unit_ids)).order_by(PolicyRule.id)).all()


def usable(row: PolicyRule) -> bool:
    """Return whether this version can tell what a rule is for; another one is left aside, so that it is not taken for
    a general one."""
    slot = slot_of(row)
    wants_kind, wants_hours = row.kind is not None, row.from_hour is not None or row.to_hour is not None
    return (slot.kind is not None) == wants_kind and (slot.hours is not None) == wants_hours and slot != Slot()


def applying(db: Session, unit: Unit | None, kind: IncidentKind, at: datetime, without: Slot | None = None) -> Applied:
    """Return the policy that applies to an incident of this kind that this unit answers for, opened at `at`; with
    `without`, the one that would apply if the unit itself said nothing in that slot."""
    steps = units.chain(db, unit) if unit is not None else []
    rows = [row for row in rules_of(db, [step.id for step in steps]) if usable(row)]
    levels = [
        [
            Rule(Slot(), step.policy, step.waves),
            *(Rule(slot_of(row), row.policy, row.waves) for row in rows if row.unit_id == step.id),
        ]
        for step in steps
    ]
    if levels and without is not None:
        levels[0] = [rule for rule in levels[0] if rule.slot != without]
    found = choose(levels, kind, at.astimezone(zone(units.timezone_of(unit))).hour)
    if found is None:
        return Applied(policy_of(DEFAULT), None, Slot(), DEFAULT, None)
    level, rule = found
    return Applied(policy_of(rule.name, rule.own), steps[level], rule.slot, rule.name, rule.own)


def policy_for(db: Session, unit: Unit | None, at: datetime) -> Policy:
    """Return the policy of a unit at this time, for what is of no kind yet."""
    return applying(db, unit, IncidentKind.UNKNOWN, at).policy


# --- versions ---------------------------------------------------------------------------------------------------------


def version_of(db: Session, applied: Applied, now: datetime) -> PolicyVersion:
    """Return the version that says what this policy says, written now if it is new. Two who write at once write two
    rows that say the same."""
    unit_id, kind, starts, ends = applied.place
    newest = _newest_at(db, unit_id, kind, starts, ends)
    said = dumps(applied.policy)
    if newest is not None and (newest.policy, newest.waves) == (applied.name, said):
        return newest
    number = newest.number + 1 if newest is not None else 1
    row = PolicyVersion(unit_id=unit_id, kind=kind, from_hour=starts, to_hour=ends, number=number,
                        policy=applied.name, waves=said, made_at=now)  # fmt: skip
    db.add(row)
    db.flush()
    return row


@remembered("policy_versions")
def _newest_at(
    db: Session, unit_id: int | None, kind: str | None, starts: int | None, ends: int | None
) -> PolicyVersion | None:
    return db.scalar(
        select(PolicyVersion)
        .where(
            PolicyVersion.unit_id.is_(None) if unit_id is None else PolicyVersion.unit_id == unit_id,
            func.coalesce(PolicyVersion.kind, "") == (kind or ""),
            func.coalesce(PolicyVersion.from_hour, -1) == (-1 if starts is None else starts),
            func.coalesce(PolicyVersion.to_hour, -1) == (-1 if ends is None else ends),
        )
        .order_by(PolicyVersion.id.desc())
        .limit(1)
    )


def of_version(row: PolicyVersion) -> Policy:
    return policy_of(row.policy, row.waves)


def name_of(row: PolicyVersion) -> str:
    """Return the name of a version's policy; "own" for a unit's own."""
    name = row.policy or DEFAULT
    return name if POLICIES.get(name) == of_version(row) else "own"


def stands_at(row: PolicyVersion) -> tuple[int | None, str | None, int | None, int | None]:
    """Return where a version stands, to be compared with `Applied.place`."""
    return row.unit_id, row.kind, row.from_hour, row.to_hour
