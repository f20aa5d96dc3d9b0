"""Tell the topmost desks, once a day, that a line has soon sent the texts that it may send in 24 hours."""

from __future__ import annotations

from gateway import notices
from gateway.core.daily_limits import DAY
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models import worker as workers
from gateway.models.base import the_only
from gateway.models.worker import LineHealth
from gateway.operations import line_warnings
from gateway.operations.line_warnings import NearLimit
from gateway.unit_of_work import UnitOfWork


def warn(uow: UnitOfWork) -> None:
    for near in line_warnings.near_limits(uow):
        if _is_news(uow, near.line):
            _tell(uow, near)


def _is_news(uow: UnitOfWork, line: str) -> bool:
    """Return whether nobody was told of this line in the last 24 hours, and write that they are told now."""
    query = workers.of_line(line, outbounds.TEXT).with_for_update()
    row = the_only(uow.db, query, LineHealth(line=line, kind=outbounds.TEXT))
    if row.limit_told_at is not None and uow.now() - row.limit_told_at < DAY:
        return False
    row.limit_told_at = uow.now()
    return True


def _tell(uow: UnitOfWork, near: NearLimit) -> None:
    for unit in units.all_units(uow.db):
        if unit.parent_id is None:
            notices.tell_desk(uow, unit, "desk.line_limit", line=near.line, used=near.sent, limit=near.limit)
