"""ROOM: the results of a unit and all below it over some days, compared with as many days before.

A report is passed around: it holds codes and times, never a name or a phone number, and no figure for a single officer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy import select

from gateway.core.days import zone
from gateway.core.sentences.figures import Spread, spread
from gateway.identity import audit_log
from gateway.identity.audit_log import Head
from gateway.models.unit import Unit
from gateway.operations.results import cases
from gateway.operations.results.cases import Case, Span
from gateway.operations.results.density import Density, density
from gateway.operations.results.misses import Missed, missed
from gateway.operations.results.sections import COUNT, SECTIONS, Heap
from gateway.unit_of_work import UnitOfWork

USUAL_DAYS = 30
MOST_DAYS = 3660
SLOWEST = 5


class BadPeriod(ValueError):  # noqa: N818 - what it is
    """No report is possible on these days; the text is a key of `console.figures`."""


@dataclass(frozen=True)
class Period:
    """The days from the beginning of `first` to the end of `last`. Raises BadPeriod."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadPeriod("bad_order")
        if self.days > MOST_DAYS:
            raise BadPeriod("bad_length")
        if self.first.year < 2000 or self.last.year > 2100:
            raise BadPeriod("bad_year")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def of(self, unit: Unit) -> Span:
        """Return these days on the unit's clock."""
        return _span(unit, self.first, self.days)

    def before(self, unit: Unit) -> Span:
        """Return the same number of days just before these."""
        return _span(unit, self.first - timedelta(days=self.days), self.days)


def read_period(first: str, last: str, today: date) -> Period:
    """Return the period between two ISO dates that a person typed. Raises BadPeriod.

    An empty `last` means today, an empty `first` USUAL_DAYS up to `last`.
    """
    try:
        end = date.fromisoformat(last) if last else today
        begin = date.fromisoformat(first) if first else end - timedelta(days=USUAL_DAYS - 1)
    except (ValueError, OverflowError) as error:
        raise BadPeriod("bad_date") from error
    return Period(begin, end)


def read_month(month: str, today: date) -> Period:
    """Return the whole month that a person names: "2026-11", or "last" for the one before today's. Raises BadPeriod."""
    try:
        first = today.replace(day=1) - timedelta(days=1) if month == "last" else date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise BadPeriod("bad_date") from error
    first = first.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


@dataclass(frozen=True)
class Figure:
    """One number: `value` in `unit`, None if there is no value. `before` is the same figure for the days before."""

    section: str
    name: str  # such as "median", a line's "twilio/delivered", a unit's code, an hour ("07")
    value: float | None
    unit: str
    before: float | None


@dataclass(frozen=True)
class Run:
    """One step of the run chart: the seconds to an officer's yes in the days from `first` on."""

    first: date
    waits: Spread


@dataclass(frozen=True)
class Results:
    unit: str
    unit_name: str
    timezone: str
    period: Period
    made_at: datetime
    figures: Sequence[Figure]
    slowest: Sequence[Case]  # the cases that waited longest for a yes, those without one first
    missed: Sequence[Missed]  # the cases that missed a promise, the worst first
    runs: Sequence[Run]
    hours: Mapping[tuple[int, int], int]  # panics by weekday (0 is Monday) and hour of the unit's clock
    density: Density
    head: Head  # of the audit trail when the report was made
    unit_names: Mapping[str, str]

    def section(self, name: str) -> list[Figure]:
        return [figure for figure in self.figures if figure.section == name]


def read(uow: UnitOfWork, unit: Unit, period: Period, besides: frozenset[str] = frozenset()) -> Results:
    """Return the report on `unit` and all units below it, without the incidents of the numbers (E.164) in `besides`, of
    which the reader must not know."""
    spans = [replace(span, besides=besides) for span in (period.of(unit), period.before(unit))]
    now, before = (_heap(uow, span) for span in spans)
    found = [figure for section in SECTIONS for figure in _compared(section, now, before)]
    return Results(
        unit=unit.code,
        unit_name=unit.name,
        timezone=unit.timezone,
        period=period,
        made_at=uow.now(),
        figures=found,
        slowest=_slowest(now.real),
        missed=missed(now.real, uow.now()),
        runs=_runs(now.real, period, now.zone),
        hours=Counter((at.weekday(), at.hour) for at in (case.opened_at.astimezone(now.zone) for case in now.real)),
        density=density(uow, spans[0]),
        head=audit_log.head(uow),
        unit_names={row.code: row.name for row in uow.db.scalars(select(Unit))},
    )


def today(uow: UnitOfWork, unit: Unit) -> date:
    """Return today's date on the unit's clock."""
    return uow.now().astimezone(zone(unit.timezone)).date()


def _span(unit: Unit, first: date, days: int) -> Span:
    clock = zone(unit.timezone)
    start, end = (datetime.combine(first + timedelta(days=n), time(), clock) for n in (0, days))
    return Span(unit, start, end)


def _heap(uow: UnitOfWork, span: Span) -> Heap:
    found = cases.cases(uow, span)
    return Heap(
        real=[case for case in found if not case.drill],
        drills=[case for case in found if case.drill],
        questions=cases.questions(uow, span),
        tries=cases.tries(uow, span),
        strangers=cases.strangers(uow, span) if span.is_all(uow) else {},
        zone=zone(span.unit.timezone),
    )


def _compared(section: str, now: Heap, before: Heap) -> Iterator[Figure]:
    """Yield the figures of a section; one that occurs only in one of the two periods counts as nought in the other."""
    here, there = ({name: (value, unit) for name, value, unit in SECTIONS[section](heap)} for heap in (now, before))
    for name in [*here, *(name for name in there if name not in here)]:
        unit = (here.get(name) or there[name])[1]
        missing = (0 if unit == COUNT else None, unit)
        yield Figure(section, name, here.get(name, missing)[0], unit, there.get(name, missing)[0])


def _slowest(real: Sequence[Case]) -> list[Case]:
    waited = [case for case in real if not case.withdrawn]
    return sorted(waited, key=lambda case: (case.to_yes is not None, -(case.to_yes or 0), case.opened_at))[:SLOWEST]


# The run chart has a step a day, a week or four weeks, so that it fits on a page: (days of the period, days of a step).
_STEPS = ((35, 1), (250, 7), (MOST_DAYS, 28))


def _runs(real: Sequence[Case], period: Period, clock: tzinfo) -> list[Run]:
    step = next(days for most, days in _STEPS if period.days <= most)
    waits: dict[int, list[float | None]] = defaultdict(list)
    for case in real:
        waits[(case.opened_at.astimezone(clock).date() - period.first).days // step].append(case.to_officer)
    return [
        Run(period.first + timedelta(days=number * step), spread(waits[number]))
        for number in range(-(-period.days // step))
    ]
