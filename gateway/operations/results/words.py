"""A report's figures in words for people: the table, the PDF and the page use the same wording."""

from __future__ import annotations

from datetime import timedelta

from gateway.core.days import zone
from gateway.core.sentences import phrases
from gateway.core.sentences.ages import decimal, distance_text
from gateway.core.sentences.figures import share
from gateway.operations.results.cases import Case
from gateway.operations.results.density import BLUR, Cell
from gateway.operations.results.misses import Miss, Missed
from gateway.operations.results.results import Figure, Results
from gateway.operations.results.sections import COUNT, METRES, PROMISES, SECONDS, SHARE

NOTHING = "-"
SIDE_BY_SIDE = "side_by_side"
# sections whose counts are parts of a whole
PARTED = ("outcome", "channel", "wave", "source", "unit", "weekday", "hour")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
MOST_MISSED = 100  # on a page and on paper; the files for machines have all
MISSED_COLUMNS = ("code", "unit", "opened", "why")
SLOWEST_COLUMNS = ("code", "unit", "opened", "alerted", "yes", "scene", "closed", "outcome")


def say(key: str, language: str, **facts: object) -> str:
    return phrases.say(f"console.results.{key}", language, **facts)


def heading(section: str, language: str) -> str:
    return say(f"section.{section}", language)


def meaning(section: str, language: str) -> str | None:
    """Return how the figures of a section are counted, for those that could be misread."""
    key = _known(f"console.results.means.{section}")
    return phrases.say(key, language) if key is not None else None


def label(report: Results, figure: Figure, language: str) -> str:
    """Return a figure's label, such as "diterima dalam 60 detik", "twilio, sampai", "Polsek Kota, menjawab"."""
    if figure.section == "source":
        return phrases.say(_known(f"source.{figure.name}") or "source.other", language)
    if figure.section == "hour":
        return f"{figure.name}:00"
    return ", ".join(_part(report, part, language) for part in figure.name.split("/"))


def _part(report: Results, part: str, language: str) -> str:
    key = _known(f"console.results.name.{part}")
    return report.unit_names.get(part) or (phrases.say(key, language) if key is not None else part)


def _known(key: str) -> str | None:
    """Return the key if the catalogues have it, else None: lines and units keep their own names."""
    known = phrases.keys()
    return key if key in known else None


def told(value: float | None, unit: str, language: str) -> str:
    """Return a value as people say it: "12", "83%", "1 mnt 05 dtk", "800 m"."""
    return NOTHING if value is None else TOLD[unit](value, language)


def _count(value: float, language: str) -> str:
    return str(round(value))


def _share(value: float, language: str) -> str:
    """Return whole percents, because the cases are few. A small share never shows as 0%, a large one never as 100%."""
    percent = round(value * 100)
    return f"{min(max(percent, 1), 99) if 0 < value < 1 else percent}%"


def seconds(value: float, language: str) -> str:
    """Return a duration as exactly as it matters.

    It shows tenths below ten seconds, whole seconds up to an hour, then minutes, then hours.
    """
    if value < 10:
        return say("seconds", language, s=decimal(round(max(value, 0), 1), language))
    whole = round(value)
    if whole < _MINUTE:
        return say("seconds", language, s=whole)
    if whole < _HOUR:
        return say("minutes", language, m=whole // _MINUTE, s=f"{whole % _MINUTE:02}")
    if whole < _DAY:
        return say("hours", language, h=whole // _HOUR, m=f"{whole % _HOUR // _MINUTE:02}")
    return say("days_long", language, d=whole // _DAY, h=whole % _DAY // _HOUR)


TOLD = {COUNT: _count, SHARE: _share, SECONDS: seconds, METRES: distance_text}


def part(report: Results, figure: Figure) -> float | None:
    """Return the length of a figure's bar, 0 to 1: a share itself, a count's part of all, or in the funnel its part of
    the panics. None if it has no bar."""
    if figure.unit == SHARE:
        return figure.value
    if figure.section == "funnel":
        return share(round(figure.value or 0), round(report.section("funnel")[0].value or 0))
    if figure.section not in PARTED:
        return None
    whole = sum(other.value or 0 for other in report.section(figure.section))
    return (figure.value or 0) / whole if whole else None


def introduction(report: Results, language: str) -> list[str]:
    """Return the lines that name the unit of the report, its days and the days compared with them."""
    period = report.period
    before = {"first": period.first - timedelta(days=period.days), "last": period.first - timedelta(days=1)}
    made = f"{report.made_at.astimezone(zone(report.timezone)):%Y-%m-%d %H:%M}"
    return [
        say("of", language, unit=f"{report.unit_name} ({report.unit})"),
        say("days", language, first=period.first, last=period.last, zone=report.timezone),
        say("against", language, **before),
        say("made", language, at=made),
    ]


def opening(report: Results) -> list[tuple[str, list[Figure]]]:
    """Return the four figures that a report opens with, each by the key of its name: the cases, and for each time that
    was promised its median, its share in time, and in how many cases it never happened."""
    figures = {one.name: one for one in report.section("opening")}
    cases = [figures.pop("cases")]
    times = {field: [one for name, one in figures.items() if name.startswith(f"{field}/")] for field in PROMISES}
    return [("panics", cases), *times.items()]


def side_by_side(report: Results, language: str) -> list[list[str]]:
    """Return the figures of the section "side_by_side" as rows of cells, a unit a row, below a row of headings."""
    figures = report.section(SIDE_BY_SIDE)
    columns = list(dict.fromkeys(one.name.partition("/")[2] for one in figures))
    cells = {one.name: told(one.value, one.unit, language) for one in figures}
    heads = [", ".join(_part(report, part, language) for part in name.split("/")) for name in columns]
    units = dict.fromkeys(one.name.partition("/")[0] for one in figures)
    rows = [
        [_part(report, unit, language), *(cells.get(f"{unit}/{name}", NOTHING) for name in columns)] for unit in units
    ]
    return [[say("unit", language), *heads], *rows]


def slow(report: Results, case: Case, language: str) -> list[str]:
    """Return the cells of one of the slowest cases, in the order of SLOWEST_COLUMNS."""
    outcome = _part(report, case.state if case.is_closed else "open", language)
    times = (case.to_alert, case.to_yes, case.to_scene, case.to_close)
    yes_or_never = [NOTHING if at is None else seconds(at, language) for at in times]
    yes_or_never[1] = yes_or_never[1] if case.to_yes is not None else say("never", language)
    return [case.code, report.unit_names.get(case.unit, NOTHING), _opened(report, case), *yes_or_never, outcome]


def crowd(cell: Cell) -> str:
    """Return the number of an area: "12", "<5" where it is blurred, nothing where nobody called."""
    return f"<{cell.below}" if cell.count is None else str(cell.count or "")


def crowds(report: Results) -> list[tuple[str, str]]:
    """Return each area in which anybody called, with its number; the fullest first, the blurred ones last."""
    called = [cell for cell in report.density.cells if crowd(cell)]
    return [(cell.name, crowd(cell)) for cell in sorted(called, key=lambda cell: (-(cell.count or 0), cell.name))]


def located(report: Results, language: str) -> str:
    """Return the sentence with the number of panics on the map, and of those that could not be put on it."""
    return say("located", language, count=report.density.placed, missing=report.density.unplaced, blur=BLUR)


def misses(report: Results, language: str) -> list[list[str]]:
    """Return the cases that missed a promise as rows of cells, in the order of MISSED_COLUMNS, MOST_MISSED at most."""
    return [_missed(report, one, language) for one in report.missed[:MOST_MISSED]]


def unlisted(report: Results, language: str) -> str:
    """Return the sentence that tells how many more there are than `misses` lists; empty if it lists all."""
    count = len(report.missed) - MOST_MISSED
    return say("more_missed", language, count=count) if count > 0 else ""


def _missed(report: Results, one: Missed, language: str) -> list[str]:
    case = one.case
    why = "; ".join(dict.fromkeys(_why(miss, language) for miss in one.misses))
    return [case.code, report.unit_names.get(case.unit, NOTHING), _opened(report, case), why]


def _why(miss: Miss, language: str) -> str:
    if miss.took is None:
        return say(f"miss.{miss.reason}", language)
    limit = PROMISES[miss.promise]
    return say(f"miss.{miss.reason}", language, took=seconds(miss.took, language), limit=_limit(limit, language))


def _limit(limit: int, language: str) -> str:
    """Return a promise in its own words, such as "dalam 10 menit"."""
    return say(f"name.in_{limit}", language)


def _opened(report: Results, case: Case) -> str:
    return f"{case.opened_at.astimezone(zone(report.timezone)):%Y-%m-%d %H:%M}"


def shown(report: Results, section: str) -> list[Figure]:
    """Return the figures of a section that people want to see; of the hours, only those in which anything happened."""
    figures = report.section(section)
    return [one for one in figures if one.value or one.before] if section == "hour" else figures
