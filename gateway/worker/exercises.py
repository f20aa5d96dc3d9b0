"""Keep drills and synthetic panics: watch those that run, end them, and begin those of a timetable."""

from __future__ import annotations

from collections.abc import Callable, Collection

from gateway.incidents import drills
from gateway.models import synthetic_panic as synthetic_rows
from gateway.responses import synthetic_panics
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

BeginPlanned = Callable[[UnitOfWork, Collection[int]], "int | None"]  # begins one that is due, but none of these plans


def keep_drills(open_uow: OpenUnitOfWork) -> None:
    """End the drills whose time is over, then begin those of the timetable."""
    with open_uow() as uow:
        over = drills.over(uow)
    for incident_id in over:
        with open_uow() as uow:
            drills.end(uow, incident_id)
    _begin_all(open_uow, drills.begin_planned)


def keep_synthetic_panics(open_uow: OpenUnitOfWork) -> None:
    """Watch the synthetic panics that run, then begin those of the timetable."""
    with open_uow() as uow:
        ids = [row.id for row in synthetic_rows.running(uow.db)]
    for panic_id in ids:
        with open_uow() as uow:
            synthetic_panics.watch(uow, panic_id)
    _begin_all(open_uow, synthetic_panics.begin_planned)


def _begin_all(open_uow: OpenUnitOfWork, begin_planned: BeginPlanned) -> None:
    done: list[int] = []
    while True:
        with open_uow() as uow:
            plan_id = begin_planned(uow, done)
        if plan_id is None:
            return
        done.append(plan_id)
