"""Write a report as a file: plain text, CSV (one figure per row), JSON or PDF.

Names of columns and keys never change.
"""

from __future__ import annotations

import csv
import io
import json
import re
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from gateway.core.days import zone
from gateway.operations.results import pdf, signature, words
from gateway.operations.results.cases import Case
from gateway.operations.results.misses import Missed
from gateway.operations.results.results import Results
from gateway.operations.results.sections import COUNT, METRES, PROMISES, SECONDS, SECTIONS, SHARE

DIGITS = {COUNT: 0, SECONDS: 1, SHARE: 3, METRES: 0}  # digits after the decimal point
COLUMNS = ("section", "name", "value", "unit", "before")
TIMES = ("to_alert", "to_yes", "to_scene", "to_close")
FORMULA = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
)  # a spreadsheet would run these as formulas; https://owasp.org/www-community/attacks/CSV_Injection
WIDTHS = (58, 16, 16)


@dataclass(frozen=True)
class Format:
    mimetype: str
    suffix: str
    write: Callable[[Results, str], bytes]  # takes the report and a language


def file_name(report: Results, form: str) -> str:
    """Return a name for the report as a file, of characters that every HTTP header and every disk accepts."""
    unit = re.sub(r"[^A-Za-z0-9_-]+", "-", report.unit)
    return f"siaga-{unit}-{report.period.first}-{report.period.last}.{FORMATS[form].suffix}"


def as_table(report: Results, language: str) -> bytes:
    lines = [words.say("title", language), *words.introduction(report, language)]
    for section in SECTIONS:
        figures = words.shown(report, section)
        if figures:
            now, before = (words.say(key, language) for key in ("now", "before"))
            lines += ["", _columns(words.heading(section, language), now, before)]
            lines += [f"  {line}" for line in textwrap.wrap(words.meaning(section, language) or "", sum(WIDTHS) - 2)]
        for one in figures:
            value, then = (words.told(number, one.unit, language) for number in (one.value, one.before))
            lines.append(_columns(f"  {words.label(report, one, language)}", value, then))
    return "\n".join([*lines, *_slowest_lines(report, language), *_missed_lines(report, language), ""]).encode()


def _columns(*cells: str) -> str:
    first, *rest = cells
    sized = [f"{cell:>{width}}" for cell, width in zip(rest, WIDTHS[1:], strict=True)]
    return f"{first:<{WIDTHS[0]}}{''.join(sized)}".rstrip()


def _slowest_lines(report: Results, language: str) -> Iterator[str]:
    if not report.slowest:
        return
    rows = [[words.say(name, language) for name in words.SLOWEST_COLUMNS]]
    rows += [words.slow(report, case, language) for case in report.slowest]
    yield from _listed(words.heading("slowest", language), rows)


def _missed_lines(report: Results, language: str) -> Iterator[str]:
    if not report.missed:
        return
    rows = [[words.say(name, language) for name in words.MISSED_COLUMNS], *words.misses(report, language)]
    yield from _listed(words.heading("missed", language), rows)
    yield words.unlisted(report, language)


def _listed(heading: str, rows: list[list[str]]) -> Iterator[str]:
    yield ""
    yield heading
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    yield from ("  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


# --- for machines ---------------------------------------------------------------------------------------------


def as_csv(report: Results, language: str) -> bytes:
    """Return the report as CSV.

    `report` rows describe the report, `slowest` and `missed` rows begin with the rank ("1/to_yes"). Times are seconds,
    shares 0 to 1; an empty cell means no value.
    """
    file = io.StringIO()
    rows = csv.writer(file, lineterminator="\n")
    rows.writerow(COLUMNS)
    rows.writerows(("report", name, _plain(value), "text", "") for name, value in _about(report).items())
    for one in report.figures:
        values = (_rounded(number, one.unit) for number in (one.value, one.before))
        value, before = ("" if number is None else number for number in values)
        rows.writerow((one.section, _plain(one.name), value, one.unit, before))
    for place, case in enumerate(report.slowest, start=1):
        rows.writerows(_slow_rows(report, place, case))
    for place, miss in enumerate(report.missed, start=1):
        rows.writerows(_missed_rows(report, place, miss))
    rows.writerows(("density", _plain(name), told, "text", "") for name, told in words.crowds(report))
    rows.writerow(("density", "unplaced", report.density.unplaced, COUNT, ""))
    rows.writerow(("signature", "siaga", signature.PLACE, "text", ""))
    return signature.signed(file.getvalue(), report.head)


def _slow_rows(report: Results, place: int, case: Case) -> Iterator[tuple[object, ...]]:
    for name, value in _slow(report, case).items():
        unit = SECONDS if name in TIMES else "text"
        yield "slowest", f"{place}/{name}", "" if value is None else value, unit, ""


def _missed_rows(report: Results, place: int, one: Missed) -> Iterator[tuple[object, ...]]:
    yield from (("missed", f"{place}/{name}", value, "text", "") for name, value in _case(report, one.case).items())
    for miss in one.misses:
        yield (
            "missed",
            f"{place}/{miss.promise}",
            "" if miss.took is None else _rounded(miss.took, SECONDS),
            SECONDS,
            "",
        )
        yield "missed", f"{place}/{miss.promise}/reason", miss.reason, "text", ""


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def as_json(report: Results, language: str) -> bytes:
    """Return the report as JSON: `figures` by section and name, `slowest` and `missed` in order; null is no value."""
    figures: dict[str, dict[str, object]] = {section: {} for section in SECTIONS}
    for one in report.figures:
        value, before = (_rounded(number, one.unit) for number in (one.value, one.before))
        figures[one.section][one.name] = {"value": value, "unit": one.unit, "before": before}
    slowest = [_slow(report, case) for case in report.slowest]
    whole = {
        "report": _about(report),
        "figures": figures,
        "slowest": slowest,
        "missed": [_missed(report, one) for one in report.missed],
        "density": {"areas": _areas(report), "unplaced": report.density.unplaced},
        "signature": signature.PLACE,
    }
    return signature.signed(json.dumps(whole, ensure_ascii=False, indent=2) + "\n", report.head)


def _about(report: Results) -> dict[str, str]:
    period = report.period
    return {
        "unit": report.unit,
        "unit_name": report.unit_name,
        "timezone": report.timezone,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "before_from": (period.first - timedelta(days=period.days)).isoformat(),
        "before_to": (period.first - timedelta(days=1)).isoformat(),
        "made_at": report.made_at.isoformat(timespec="seconds"),
    }


def _slow(report: Results, case: Case) -> dict[str, object]:
    """Return the fields of a case that a report may show. A case also holds a caller's pseudonym, which it may not."""
    times = {name: _rounded(getattr(case, name), SECONDS) for name in TIMES}
    return {**_case(report, case), **times, "state": case.state, "wave": case.wave}


def _missed(report: Results, one: Missed) -> dict[str, object]:
    misses = [
        {
            "promise": miss.promise,
            "limit": PROMISES[miss.promise],
            "took": _rounded(miss.took, SECONDS),
            "reason": miss.reason,
        }
        for miss in one.misses
    ]
    return {**_case(report, one.case), "misses": misses}


def _areas(report: Results) -> dict[str, object]:
    """Return each area's number; a blurred one is null and has the limit that it is below."""
    return {cell.name: {"count": cell.count, "below": cell.below or None} for cell in report.density.cells}


def _case(report: Results, case: Case) -> dict[str, str]:
    opened = case.opened_at.astimezone(zone(report.timezone))
    return {"code": case.code, "unit": case.unit, "opened_at": opened.isoformat(timespec="seconds")}


def _rounded(value: float | None, unit: str) -> float | None:
    return None if value is None else round(value, DIGITS[unit] or None)


FORMATS: dict[str, Format] = {
    "table": Format("text/plain; charset=utf-8", "txt", as_table),
    "csv": Format("text/csv; charset=utf-8", "csv", as_csv),
    "json": Format("application/json", "json", as_json),
    "pdf": Format("application/pdf", "pdf", pdf.as_pdf),
}
