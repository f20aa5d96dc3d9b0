"""Numbers for Prometheus: read from the database, the spool and Redis on each request (docs/adr/0037-metrics.md).

Nothing is counted in a process, so it does not matter which of several is asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import TypeVar

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from gateway.core.phone import mask
from gateway.models import synthetic_panic as synthetic_panics
from gateway.models.outbound import Outbound
from gateway.operations import measures
from gateway.operations.measures import BOUNDS, Durations
from gateway.unit_of_work import UnitOfWork
from gateway.wiring import House

LISTENERS = "live_listeners"  # under this name a web process tells how many pages listen to it
L = TypeVar("L", bound=tuple[str, ...])
# what a process uses: its name in gateway.infrastructure.processes, ours, and what it is
USED = (
    ("process_cpu_seconds_total", "siaga_process_cpu_seconds", "Processor time of each process", CounterMetricFamily),
    ("process_resident_memory_bytes", "siaga_process_memory_bytes", "Memory of each process", GaugeMetricFamily),
    ("process_open_fds", "siaga_process_open_files", "Open files and connections of each process", GaugeMetricFamily),
    (
        "process_start_time_seconds",
        "siaga_process_start_seconds",
        "Start of each process since 1970",
        GaugeMetricFamily,
    ),
)


def text(house: House) -> bytes:
    """Return all numbers in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Numbers(house))
    return generate_latest(registry)


class _Numbers(Collector):
    def __init__(self, house: House) -> None:
        self.house = house

    def collect(self) -> Iterable[Metric]:
        """Yield what needs no database first: with it away only that is known, and the spool grows just then."""
        yield from _of_processes(self.house)
        try:
            with self.house.open_reading_uow() as uow:
                found = [*_of_steps(uow), *_of_lines(uow, self.house.settings.carriers), *_of_queues(uow)]
        except SQLAlchemyError:
            found = []
        yield _gauge("siaga_database_up", "Whether the database answers", {(): 1.0 if found else 0.0})
        yield from found


# --- what each part tells -------------------------------------------------------------------------------------


def _of_processes(house: House) -> Iterator[Metric]:
    yield _gauge("siaga_spooled", "Requests that wait in the spool", {(): house.spool.waiting()})
    age = house.outage.age_seconds()
    yield _gauge(
        "siaga_snapshot_age_seconds", "Age of the snapshot for an outage of the database; -1: there is none", {(): age}
    )
    jobs = house.processes.jobs()
    yield _gauge("siaga_jobs_waiting", "Jobs that wait in Redis; -1: Redis is away", {(): jobs})
    told = house.processes.all()
    listening = sum(numbers.get(LISTENERS, 0) for numbers in told.values())
    yield _gauge("siaga_live_listeners", "Pages that listen for changes, of all web processes", {(): listening})
    for theirs, ours, about, family in USED:
        found = family(ours, about, labels=["process"])
        for process, numbers in told.items():
            if theirs in numbers:
                found.add_metric([process], numbers[theirs])
        yield found


def _of_steps(uow: UnitOfWork) -> Iterator[Metric]:
    steps = {(name,): found for name, found in measures.steps(uow).items()}
    about = "Seconds until each step: hook since the sending, understood since the hook, the others since the panic"
    yield _histogram("siaga_step_seconds", about, steps, "step")
    found = {(state,): count for state, count in measures.open_incidents(uow).items()}
    yield _gauge("siaga_incidents_open", "Incidents that are not closed", found, "state")
    yield _gauge(
        "siaga_synthetic_seconds",
        "Seconds until each step of the newest synthetic panic was through",
        {
            (mask(plan.phone), step): seconds
            for plan in synthetic_panics.plans(uow.db)
            for row in synthetic_panics.newest_of(uow.db, plan.phone)
            for step, seconds in row.seconds().items()
        },
        "phone",
        "step",
    )


def _of_lines(uow: UnitOfWork, lines: Sequence[str]) -> Iterator[Metric]:
    answers, bad = measures.line_answers(uow, lines), measures.bad_lines(uow, lines)
    yield _histogram("siaga_line_seconds", "Seconds until a line answered a request of ours", answers, "line", "kind")
    results = measures.line_results(uow, lines)
    about = "Attempts of the last 15 minutes by what became of them"
    yield _gauge("siaga_line_attempts", about, results, "line", "kind", "state")
    up = {(line,): 0 if line in bad else 1 for line in lines}
    yield _gauge("siaga_line_up", "Whether the last real request on a line succeeded", up, "line")


def _of_queues(uow: UnitOfWork) -> Iterator[Metric]:
    waits = measures.waiting(uow)
    counts = {(what,): row.count for what, row in waits.items()}
    ages = {(what,): row.oldest_s for what, row in waits.items()}
    yield _gauge("siaga_waiting", "What waits: texts, calls, messages, incidents without a yes", counts, "what")
    yield _gauge("siaga_waiting_oldest_seconds", "For how long the oldest of them waits", ages, "what")
    alive, swept = measures.workers(uow)
    yield _gauge("siaga_workers", "Workers that are alive", {(): alive})
    yield _gauge("siaga_sweep_age_seconds", "Seconds since the last sweep; -1: there was none", {(): swept})
    query = select(Outbound.kind, Outbound.state, func.count()).group_by(Outbound.kind, Outbound.state)
    kept = {(kind, state): count for kind, state, count in uow.db.execute(query)}
    yield _gauge("siaga_outbound", "Texts and calls by state", kept, "kind", "state")


# --- forms ----------------------------------------------------------------------------------------------------


def _gauge(name: str, about: str, values: Mapping[L, float], *labels: str) -> Metric:
    found = GaugeMetricFamily(name, about, labels=labels)
    for which, value in values.items():
        found.add_metric(which, value)
    return found


def _histogram(name: str, about: str, values: Mapping[L, Durations], *labels: str) -> Metric:
    """Return durations as Prometheus wants them: each bucket holds those before it too."""
    found = HistogramMetricFamily(name, about, labels=labels)
    for which, durations in values.items():
        ends = (*(str(float(bound)) for bound in BOUNDS), "+Inf")
        found.add_metric(which, list(zip(ends, accumulate(durations.counts), strict=True)), durations.total)
    return found
