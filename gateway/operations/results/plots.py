"""Draw a report's plots as SVG: the same drawing stands on the page and in the PDF, and needs no JavaScript.

The colours are attributes; the page's style sheet puts its theme's colours over them by the classes.
"""

from __future__ import annotations

from xml.etree import ElementTree

from gateway.core.sentences.figures import Spread
from gateway.operations.results import words
from gateway.operations.results.results import Results
from gateway.operations.results.sections import WEEKDAYS

INK, PALE, DOT = "#33414f", "#8fb0d6", "#1f5fa8"
_WIDTH, _HEIGHT = 720, 210  # units of the drawing
_LEFT, _BOTTOM = 92, 24  # room for the labels of the axes
_CELL = 26  # the height of an hour's cell


def run_chart(report: Results, language: str) -> str:
    """Return the median (a dot) and the time that nine in ten did not exceed (the bar's end) of each step."""
    root = _drawing(_HEIGHT, words.say("plot.runs", language))
    top = max((run.waits.ninetieth or 0 for run in report.runs), default=0) or 1
    floor, wide = _HEIGHT - _BOTTOM, (_WIDTH - _LEFT) / max(len(report.runs), 1)
    for value in (0, top / 2, top):
        y = _y(value, top, floor)
        _shape(root, "line", x1=_LEFT, x2=_WIDTH, y1=y, y2=y, stroke=INK, stroke_opacity=0.2)
        _label(root, _LEFT - 6, y + 4, words.seconds(value, language), "end")
    every = -(-len(report.runs) // 9)  # nine dates fit side by side
    for number, run in enumerate(report.runs):
        middle = _LEFT + wide * (number + 0.5)
        if number % every == 0:
            _label(root, middle, _HEIGHT - 6, f"{run.first:%d-%m}", "middle")
        _step(root, run.waits, middle, min(wide * 0.6, 26), top, floor)
    return _written(root)


def _step(root: ElementTree.Element, waits: Spread, middle: float, wide: float, top: float, floor: float) -> None:
    if waits.median is None or waits.ninetieth is None:
        return
    high = _y(waits.ninetieth, top, floor)
    _shape(root, "rect", "pale", x=middle - wide / 2, y=high, width=wide, height=max(floor - high, 1), fill=PALE)
    _shape(root, "circle", "dot", cx=middle, cy=_y(waits.median, top, floor), r=min(wide / 2, 5), fill=DOT)


def _y(value: float, top: float, floor: float) -> float:
    return floor - (floor - 12) * value / top


def heat_map(report: Results, language: str) -> str:
    """Return the panics by weekday and hour: the fuller a cell, the more; the number stands in it."""
    height = _CELL * len(WEEKDAYS) + _BOTTOM
    root = _drawing(height, words.say("plot.hours", language))
    most, wide = max(report.hours.values(), default=0), (_WIDTH - _LEFT) / 24
    for day, name in enumerate(WEEKDAYS):
        _label(root, _LEFT - 6, _CELL * (day + 0.7), words.say(f"name.{name}", language), "end")
        for hour in range(24):
            count, x = report.hours.get((day, hour), 0), _LEFT + wide * hour
            full = 0.08 if not count else 0.2 + 0.8 * count / most
            box = {"x": x + 1, "y": _CELL * day + 1, "width": wide - 2, "height": _CELL - 2}
            _shape(root, "rect", "pale", **box, fill=PALE, fill_opacity=round(full, 2))
            if count:
                _label(root, x + wide / 2, _CELL * (day + 0.68), str(count), "middle")
    for hour in range(0, 24, 3):
        _label(root, _LEFT + wide * (hour + 0.5), height - 6, f"{hour:02}", "middle")
    return _written(root)


PLOTS = {"runs": run_chart, "hours": heat_map}


def _drawing(height: float, title: str) -> ElementTree.Element:
    root = ElementTree.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "class": "plot", "role": "img"})
    root.set("viewBox", f"0 0 {_WIDTH} {height}")
    root.set("aria-label", title)
    return root


def _shape(root: ElementTree.Element, kind: str, look: str = "", **sizes: str | float) -> None:
    told = {name.replace("_", "-"): str(round(at, 2) if isinstance(at, float) else at) for name, at in sizes.items()}
    ElementTree.SubElement(root, kind, ({"class": look} if look else {}) | told)


def _label(root: ElementTree.Element, x: float, y: float, told: str, anchor: str) -> None:
    at = {"x": str(round(x, 2)), "y": str(round(y, 2)), "text-anchor": anchor, "font-size": "12"}
    ElementTree.SubElement(root, "text", at | {"font-family": "Helvetica", "fill": INK}).text = told


def _written(root: ElementTree.Element) -> str:
    return ElementTree.tostring(root, encoding="unicode")
