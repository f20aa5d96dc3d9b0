"""The weekly roster from a sheet, where each row is a turn on some days.

The file replaces the whole roster of every officer that it names; other officers keep theirs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby
from typing import IO

from sqlalchemy import select

from gateway.core import shifts
from gateway.core.sentences.refusal import Refusal
from gateway.core.shifts import DAYS, Turn
from gateway.models.officer import Officer
from gateway.register import roster
from gateway.register.imports import fields
from gateway.register.imports.lookup import Reach
from gateway.register.imports.outcome import Effect, Outcome, Refused
from gateway.register.imports.sheets import Record, Sheet
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork

BY = "siaga import"
# the names of the seven days, from Monday on
NAMES = (*DAYS, "Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min", *"1234567")
NUMBERS = {name.casefold(): at % 7 for at, name in enumerate(NAMES)}


def sheet(region: str) -> Sheet:
    return Sheet(
        columns={"phone": fields.number(region), "days": days, "from": time_of_day, "until": time_of_day},
        needed=("phone", "days", "from", "until"),
        key=None,
    )


def days(typed: str) -> tuple[int, ...]:
    """Return weekdays (Monday = 0) for text such as "sen-jum", "mon,wed" or "1-5".

    A range may cross the week's end ("sab-min", "6-1"). Names are English or Indonesian; their first three letters
    count.
    """
    found: set[int] = set()
    for part in re.split(r"[\s,;|]+", re.sub(r"\s*[-–]\s*", "-", typed)):
        first, dash, last = part.partition("-")
        begins, ends = _day(first), _day(last if dash else first)
        found |= {(begins + n) % 7 for n in range((ends - begins) % 7 + 1)}
    return tuple(sorted(found))


def _day(name: str) -> int:
    known = NUMBERS.get(name[:3].casefold())
    if known is None:
        raise Refusal("days")
    return known


def time_of_day(typed: str) -> int:
    """Return the minute of the day that a time such as "07:30" means. Raises Refusal."""
    try:
        return shifts.minute_of(typed)
    except ValueError as error:
        raise Refusal("time") from error


def bring_in(open_uow: OpenUnitOfWork, file: IO[bytes], outcome: Outcome, reach: Reach) -> None:
    """Read and store turns, those of one officer in one transaction. Raises Unusable."""
    with open_uow() as uow:
        region = uow.settings.default_region
    records = sorted(sheet(region).read(file, outcome), key=lambda record: record.values["phone"])
    for _, theirs in groupby(records, key=lambda record: record.values["phone"]):
        with open_uow() as uow:
            _store(uow, list(theirs), outcome, reach)


def _store(uow: UnitOfWork, rows: Sequence[Record], outcome: Outcome, reach: Reach) -> None:
    """Store one officer's roster; each of its rows counts with the effect of the whole."""
    officer = uow.db.scalar(select(Officer).where(Officer.phone == rows[0].values["phone"]))
    if officer is None or not reach.holds(officer.unit_id):
        for row in rows:
            outcome.refuse(row.line, Refused("no_officer" if officer is None else "not_yours", "phone"))
        return
    turns = [turn for row in rows for turn in _turns(row)]
    changed = roster.set_turns(uow, officer, turns, BY)
    outcome.effects[Effect.CHANGED if changed else Effect.SAME] += len(rows)


def _turns(row: Record) -> list[Turn]:
    told = row.values
    return [shifts.between(day, told["from"], told["until"]) for day in told["days"]]
