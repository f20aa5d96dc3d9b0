"""Draw a report's plots as SVG: the same drawing stands on the page and in the PDF, and needs no JavaScript."""

from __future__ import annotations

from xml.etree import ElementTree

from gateway.core.sentences.figures import Spread
from gateway.operations.results import words
from gateway.operations.results.density_map import density_map
from gateway.operations.results.results import Results
from gateway.operations.results.sections import WEEKDAYS
from gateway.operations.results.svg import DOT, INK, PALE, WIDTH, drawing, label, shape, written

_HEIGHT = 210  # units of the drawing
_LEFT, _BOTTOM = 92, 24  # room for the labels of the axes
_CELL = 26  # the height of an hour's cell


def run_chart(report: Results, language: str) -> str:
    """Return the median (a dot) and the time that nine in ten did not exceed (the bar's end) of each step."""
    root = drawing(_HEIGHT, words.say("plot.runs", language))
    top = max((run.waits.ninetieth or 0 for run in report.runs), default=0) or 1
    floor, wide = _HEIGHT - _BOTTOM, (WIDTH - _LEFT) / max(len(report.runs), 1)
    for value in (0, top / 2, top):
        y = _y(value, top, floor)
        shape(root, "line", x1=_LEFT, x2=WIDTH, y1=y, y2=y, stroke=INK, stroke_opacity=0.2)
        label(root, _LEFT - 6, y + 4, words.seconds(value, language), "end")
    every = -(-len(report.runs) // 9)  # nine dates fit side by side
    for number, run in enumerate(report.runs):
        middle = _LEFT + wide * (number + 0.5)
        if number % every == 0:
            label(root, middle, _HEIGHT - 6, f"{run.first:%d-%m}", "middle")
        _step(root, run.waits, middle, min(wide * 0.6, 26), top, floor)
    return written(root)


def _step(root: ElementTree.Element, waits: Spread, middle: float, wide: float, top: float, floor: float) -> None:
    if waits.median is None or waits.ninetieth is None:
        return
    high = _y(waits.ninetieth, top, floor)
    shape(root, "rect", "pale", x=middle - wide / 2, y=high, width=wide, height=max(floor - high, 1), fill=PALE)
    shape(root, "circle", "dot", cx=middle, cy=_y(waits.median, top, floor), r=min(wide / 2, 5), fill=DOT)


def _y(value: float, top: float, floor: float) -> float:
    return floor - (floor - 12) * value / top


def heat_map(report: Results, language: str) -> str:
    """Return the panics by weekday and hour: the fuller a cell, the more; the number stands in it."""
    height = _CELL * len(WEEKDAYS) + _BOTTOM
    root = drawing(height, words.say("plot.hours", language))
    most, wide = max(report.hours.values(), default=0), (WIDTH - _LEFT) / 24
    for day, name in enumerate(WEEKDAYS):
        label(root, _LEFT - 6, _CELL * (day + 0.7), words.say(f"name.{name}", language), "end")
        for hour in range(24):
            count, x = report.hours.get((day, hour), 0), _LEFT + wide * hour
            full = 0.08 if not count else 0.2 + 0.8 * count / most
            box = {"x": x + 1, "y": _CELL * day + 1, "width": wide - 2, "height": _CELL - 2}
            shape(root, "rect", "pale", **box, fill=PALE, fill_opacity=round(full, 2))
            if count:
                label(root, x + wide / 2, _CELL * (day + 0.68), str(count), "middle")
    for hour in range(0, 24, 3):
        label(root, _LEFT + wide * (hour + 0.5), height - 6, f"{hour:02}", "middle")
    return written(root)


PLOTS = {"runs": run_chart, "hours": heat_map, "density": density_map}
