"""See in one statement which steps of the sweep have something to do.

A worker that nobody needs just now sweeps each second all the same, so this decides what it costs. The glance may see
something for a step that finds nothing to do, for the step looks under locks; it never misses what is due, and each
EVERYWHERE the sweep takes all steps without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from gateway.core.words import reply_limits
from gateway.delivery import claims, dead_switches
from gateway.incidents import volunteers
from gateway.models import clarification as clarification_rows
from gateway.models import drill as drill_rows
from gateway.models import inbound as inbounds
from gateway.models import incident_timers
from gateway.models import outbound as outbounds
from gateway.models.drill import DrillPlan
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.lookup import Lookup
from gateway.models.moments import from_now, moments
from gateway.models.outbound import Outbound
from gateway.models.synthetic_panic import SyntheticPanic, SyntheticPlan
from gateway.register import roster
from gateway.unit_of_work import UnitOfWork

EVERYWHERE = timedelta(seconds=5)
LOST, UNHANDLED, DRILLS, DUE, ASKS, CRIES, VOLUNTEERS, LOOKUPS, ROSTER, SYNTHETIC, LATE, DELIVER, TAKE_BACK = (
    "lost",
    "unhandled",
    "drills",
    "due",
    "asks",
    "cries",
    "volunteers",
    "lookups",
    "roster",
    "synthetic",
    "late",
    "deliver",
    "take_back",
)


def steps_due(uow: UnitOfWork) -> set[str]:
    """Return the steps of which something may be due."""
    row = uow.db.execute(_glance(), moments(uow.now())).one()
    found = {step for step, due in row._mapping.items() if due and step != _RINGS}
    # Only where calls ring and a line has a process `switch` may there be calls of a dead one.
    return found | ({LOST} if row._mapping[_RINGS] and dead_switches.lines_of(uow) else set())


_RINGS = "rings"


@cache
def _glance() -> Select[*tuple[bool, ...]]:
    return select(*(due.label(step) for step, due in _due().items()))


def _due() -> Mapping[str, ColumnElement[bool]]:
    """Return for each step the condition that something may be due for it."""
    owed = outbounds.is_in((outbounds.OWED,))
    over = exists().where(outbounds.is_over(from_now()))
    cries = and_(Outbound.purpose == outbounds.STRANGER, Outbound.rank == outbounds.BEYOND_RANK)
    return {
        LOST: or_(exists().where(outbounds.is_in(outbounds.HELD)), over),
        _RINGS: exists().where(outbounds.rings()),
        UNHANDLED: exists().where(Inbound.state.in_((inbounds.UNHANDLED, inbounds.BEGUN))),
        DRILLS: or_(exists(drill_rows.runs()), exists().where(DrillPlan.next_at <= from_now())),
        DUE: exists().where(Incident.closed_at.is_(None), incident_timers.is_due(from_now())),
        ASKS: or_(exists(clarification_rows.are_due()), exists(clarification_rows.are_unlisted())),
        CRIES: exists().where(cries, Outbound.created_at > from_now(-reply_limits.CRY_AGAIN_AFTER)),
        VOLUNTEERS: exists(volunteers.wanted()),
        LOOKUPS: exists().where(Lookup.due_at <= from_now()),
        ROSTER: or_(exists().where(roster.is_turn()), exists().where(roster.is_back())),
        SYNTHETIC: or_(
            exists().where(SyntheticPanic.ended_at.is_(None)), exists().where(SyntheticPlan.next_at <= from_now())
        ),
        LATE: or_(
            exists().where(owed, Outbound.expires_at <= from_now()),
            exists().where(owed, Outbound.due_at <= from_now(-claims.LEFT_OUT)),
        ),
        DELIVER: or_(
            *(exists().where(outbounds.is_due(kind, from_now())) for kind in (outbounds.TEXT, outbounds.CALL))
        ),
        TAKE_BACK: or_(exists().where(outbounds.is_taken_back(from_now())), over),
    }
