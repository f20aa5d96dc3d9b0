"""The sections of a report: each turns the cases into rows of a name, a number and its unit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from gateway.core.places.spots import Source
from gateway.core.sentences.figures import share, spread, within
from gateway.models import alert as alerts
from gateway.models import attempt as attempts
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.operations.results.cases import Case, Question, Tries

COUNT, SECONDS, SHARE, METRES = "count", "seconds", "share", "metres"  # units of figures; a share is 0 to 1
LIMITS = (60, 120, 300)  # seconds to a yes
# What a report opens with: the times that a chief answers for, and within how many seconds each should be.
PROMISES = {"to_ring": 10, "to_officer": 60, "to_scene": 600}
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
CHANNELS = {"text": "text", "call": "missed_call", "ussd": "ussd", "desk": "desk"}
OUTCOMES = {name: name for name in incidents.CLOSED}  # any other state is still open
Row = tuple[str, float | None, str]  # the figure's name, its value, its unit


@dataclass(frozen=True)
class Heap:
    """Everything that happened in a span."""

    real: Sequence[Case]
    drills: Sequence[Case]
    questions: Sequence[Question]
    tries: Sequence[Tries]
    strangers: Mapping[str, int]
    zone: tzinfo


def _opening(heap: Heap) -> Iterator[Row]:
    """Yield, for each time that was promised, the median and the share in time of all cases that needed an answer; a
    case in which it never happened was not in time."""
    waited = [case for case in heap.real if not case.withdrawn]
    yield "cases", len(waited), COUNT
    for field, limit in PROMISES.items():
        times = [getattr(case, field) for case in waited]
        yield f"{field}/median", spread(times).median, SECONDS
        yield f"{field}/in_{limit}", share(within(times, limit), len(times)), SHARE
        yield f"{field}/missing", times.count(None), COUNT


FUNNEL = {"asked": "to_alert", "rang": "to_ring", "officer_yes": "to_officer", "arrived": "to_scene"}


def _funnel(heap: Heap) -> Iterator[Row]:
    yield "panics", len(heap.real), COUNT
    for step, field in FUNNEL.items():
        yield step, sum(getattr(case, field) is not None for case in heap.real), COUNT


def _side_by_side(heap: Heap) -> Iterator[Row]:
    """Yield the opening's figures for each unit that had a case, in the order of the units' codes."""
    units: dict[str, list[Case]] = defaultdict(list)
    for case in heap.real:
        units[case.unit or "none"].append(case)
    for unit in sorted(units):
        yield from ((f"{unit}/{name}", value, kind) for name, value, kind in _opening(replace(heap, real=units[unit])))


def _panics(heap: Heap) -> Iterator[Row]:
    calls = Counter(case.caller for case in heap.real)
    closed = [case for case in heap.real if case.is_closed]
    yield "total", len(heap.real), COUNT
    yield "callers", len(calls), COUNT
    yield "repeated", sum(count > 1 for count in calls.values()), COUNT
    yield "false_alarms", share(sum(case.state == incidents.FALSE_ALARM for case in closed), len(closed)), SHARE


def _accepted(heap: Heap) -> Iterator[Row]:
    """Yield the shares of cases that were accepted in time.

    Cases that the citizen withdrew before anybody accepted are left out. Each call about one event is a case of its
    own: those to which somebody went for another call only are among `never`, and told apart by `with_event`.
    """
    owed = [case for case in heap.real if not case.withdrawn]
    for limit in LIMITS:
        yield f"within_{limit}", share(within((case.to_yes for case in owed), limit), len(owed)), SHARE
    never = sum(case.to_yes is None for case in owed)
    yield "never", never, COUNT
    yield "never_share", share(never, len(owed)), SHARE
    yield "withdrawn", len(heap.real) - len(owed), COUNT
    yield "with_event", sum(case.to_yes is None and case.to_event is not None for case in owed), COUNT


def _channel(heap: Heap) -> Iterator[Row]:
    return _counts((CHANNELS.get(case.channel, case.channel) for case in heap.real), CHANNELS.values())


def _outcome(heap: Heap) -> Iterator[Row]:
    return _counts((OUTCOMES.get(case.state, "open") for case in heap.real), (*OUTCOMES, "open"))


def _unit(heap: Heap) -> Iterator[Row]:
    counted = Counter(case.unit or "none" for case in heap.real)
    yield from ((name, count, COUNT) for name, count in counted.most_common())


def _hour(heap: Heap) -> Iterator[Row]:
    hours = (f"{case.opened_at.astimezone(heap.zone):%H}" for case in heap.real)
    return _counts(hours, [f"{hour:02}" for hour in range(24)])


def _weekday(heap: Heap) -> Iterator[Row]:
    return _counts((WEEKDAYS[case.opened_at.astimezone(heap.zone).weekday()] for case in heap.real), WEEKDAYS)


def _wave(heap: Heap) -> Iterator[Row]:
    waves = Counter(case.wave for case in heap.real if case.wave is not None)
    yield from ((str(wave), waves[wave], COUNT) for wave in sorted(waves))


def _counts(found: Iterable[str], always: Iterable[str]) -> Iterator[Row]:
    """Yield how often each name occurs; the names in `always` come first, also with a count of nought."""
    counted = Counter(dict.fromkeys(always, 0))
    counted.update(found)
    yield from ((name, count, COUNT) for name, count in counted.items())


def _seconds(field: str) -> Callable[[Heap], Iterator[Row]]:
    return lambda heap: _spread(getattr(case, field) for case in heap.real)


def _spread(values: Iterable[float | None]) -> Iterator[Row]:
    all_of_them = list(values)
    found = spread(all_of_them)
    yield "cases", found.count, COUNT
    yield "missing", len(all_of_them) - found.count, COUNT
    yield "median", found.median, SECONDS
    yield "ninetieth", found.ninetieth, SECONDS
    yield "worst", found.worst, SECONDS


ANSWERS = {
    alerts.ACCEPTED: "accepted",
    alerts.DECLINED: "declined",
    alerts.STOOD_DOWN: "stood_down",
    alerts.LEFT_OUT: "stood_down",
    alerts.FAILED: "unreachable",
}  # any other: no answer


def _alerts(heap: Heap) -> Iterator[Row]:
    yield "asked", len(heap.questions), COUNT
    yield from _counts(
        (ANSWERS.get(one.state, "silent") for one in heap.questions), (*dict.fromkeys(ANSWERS.values()), "silent")
    )


def _answers(heap: Heap) -> Iterator[Row]:
    """Yield how often officers answered, without those who were stood down before they could answer."""
    asked: dict[str, list[bool]] = defaultdict(list)
    for one in heap.questions:
        if not one.is_desk and (one.answered or one.state not in (alerts.STOOD_DOWN, alerts.LEFT_OUT)):
            asked[one.unit or "none"].append(one.answered)
    for unit in sorted(asked):
        yield f"{unit}/asked", len(asked[unit]), COUNT
        yield f"{unit}/answered", sum(asked[unit]), COUNT
        yield f"{unit}/share", share(sum(asked[unit]), len(asked[unit])), SHARE


TEXT_ENDS = {
    attempts.DELIVERED: "delivered",
    attempts.UNDELIVERED: "undelivered",
    attempts.PERMANENT: "undelivered",
    attempts.HANDED: "no_report",
    attempts.REFUSED: "refused",
}
ENDS = ("tried", "delivered", "keyed", "picked_up", "no_answer", "no_report", "undelivered", "refused", "taken_back",
        "unknown")  # fmt: skip
CALL_ENDS = {"completed": "picked_up", "busy": "no_answer", "no_answer": "no_answer", "rejected": "no_answer",
             "failed": "undelivered", "unreachable": "undelivered", "cancelled": "taken_back"}  # fmt: skip


def _texts(heap: Heap) -> Iterator[Row]:
    return _by_line(heap, outbounds.TEXT, lambda one: TEXT_ENDS.get(one.state, "unknown"))


def _calls(heap: Heap) -> Iterator[Row]:
    def end(one: Tries) -> str:
        if one.keyed:
            return "keyed"
        return "refused" if one.state == attempts.REFUSED else CALL_ENDS.get(one.ending or "", "unknown")

    return _by_line(heap, outbounds.CALL, end)


def _by_line(heap: Heap, kind: str, end: Callable[[Tries], str]) -> Iterator[Row]:
    lines: dict[str, Counter[str]] = defaultdict(Counter)
    for one in heap.tries:
        if one.kind == kind:
            lines[one.line].update({"tried": one.count, end(one): one.count})
    for line in sorted(lines):
        yield from ((f"{line}/{name}", lines[line][name], COUNT) for name in ENDS if lines[line][name])


def _source(heap: Heap) -> Iterator[Row]:
    known = [str(source) for source in Source]
    counted = Counter(case.source or "none" for case in heap.real)
    yield from ((name, counted[name], COUNT) for name in (*known, *(counted.keys() - {*known})) if counted[name])


def _radius(heap: Heap) -> Iterator[Row]:
    found = spread(case.radius_m for case in heap.real)
    yield "median", found.median, METRES
    yield "ninetieth", found.ninetieth, METRES


def _strangers(heap: Heap) -> Iterator[Row]:
    yield from ((name, count, COUNT) for name, count in heap.strangers.items())


def _drills(heap: Heap) -> Iterator[Row]:
    yield "total", len(heap.drills), COUNT
    yield "accepted", sum(case.to_yes is not None for case in heap.drills), COUNT
    yield "to_alert_median", spread(case.to_alert for case in heap.drills).median, SECONDS
    yield "to_yes_median", spread(case.to_yes for case in heap.drills).median, SECONDS
    yield "to_yes_worst", spread(case.to_yes for case in heap.drills).worst, SECONDS


# Sections that people read together: a page folds each group away until somebody wants it.
GROUPS = {
    "whole": ("opening", "funnel", "panics", "accepted", "outcome", "channel", "drills", "strangers"),
    "steps": ("to_alert", "to_text", "to_ring", "to_key", "to_yes", "to_officer", "to_desk", "to_scene", "to_close"),
    "asked": ("wave", "alerts", "answers", "texts", "calls"),
    "where": ("source", "radius", "unit", "weekday", "hour"),
}

SECTIONS: Mapping[str, Callable[[Heap], Iterator[Row]]] = {
    "opening": _opening,
    "funnel": _funnel,
    "side_by_side": _side_by_side,
    "panics": _panics,
    "accepted": _accepted,
    "to_alert": _seconds("to_alert"),
    "to_text": _seconds("to_text"),
    "to_ring": _seconds("to_ring"),
    "to_key": _seconds("to_key"),
    "to_yes": _seconds("to_yes"),
    "to_officer": _seconds("to_officer"),
    "to_desk": _seconds("to_desk"),
    "to_scene": _seconds("to_scene"),
    "to_close": _seconds("to_close"),
    "outcome": _outcome,
    "channel": _channel,
    "wave": _wave,
    "alerts": _alerts,
    "texts": _texts,
    "calls": _calls,
    "answers": _answers,
    "source": _source,
    "radius": _radius,
    "unit": _unit,
    "weekday": _weekday,
    "hour": _hour,
    "strangers": _strangers,
    "drills": _drills,
}
