"""ROOM: prove on an empty monitor that a panic would ring: people, lines, workers, and the last test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from gateway.identity.users import Scope
from gateway.models import worker as workers
from gateway.models.officer import Officer
from gateway.models.synthetic_panic import SyntheticPanic
from gateway.models.unit import Unit
from gateway.models.worker import Worker, is_alive
from gateway.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class OnDuty:
    unit: str
    officers: int


@dataclass(frozen=True)
class LastTest:
    """The newest synthetic panic that has ended."""

    at: datetime
    passed: bool


@dataclass(frozen=True)
class Proof:
    on_duty: Sequence[OnDuty]  # each unit of this user that has officers
    bad_lines: Sequence[str]  # of which the last request failed, or that reach few phones
    lines: int
    workers: int  # alive
    test: LastTest | None

    @property
    def officers(self) -> int:
        return sum(one.officers for one in self.on_duty)


def gather(uow: UnitOfWork, scope: Scope) -> Proof:
    """Return what proves, without any panic, that one would ring."""
    carriers = uow.settings.carriers
    bad = {row.line for row in workers.failing(uow.db, carriers, uow.now())}
    return Proof(
        on_duty=_on_duty(uow, scope),
        bad_lines=sorted(bad),
        lines=len(carriers),
        workers=uow.db.scalar(select(func.count(Worker.id)).where(is_alive(uow.now()))) or 0,
        test=_last_test(uow),
    )


def _on_duty(uow: UnitOfWork, scope: Scope) -> list[OnDuty]:
    serving = func.count(Officer.id).filter(Officer.on_duty)
    query = select(Unit.name, serving).join(Officer, Officer.unit_id == Unit.id).where(Officer.suspended.is_(False))
    query = query.group_by(Unit.id, Unit.name).order_by(Unit.id)
    rows = uow.db.execute(query if scope is None else query.where(Unit.id.in_(scope)))
    return [OnDuty(name, count) for name, count in rows]


def _last_test(uow: UnitOfWork) -> LastTest | None:
    ended = select(SyntheticPanic).where(SyntheticPanic.ended_at.is_not(None))
    last = uow.db.scalar(ended.order_by(SyntheticPanic.started_at.desc()).limit(1))
    return LastTest(last.started_at, not last.missing) if last is not None else None
