"""The table of a measurement: for each figure the middle of its runs and their spread, and the machine beneath it."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

PACKAGES = ("flask", "sqlalchemy", "psycopg", "gunicorn", "rq")


def machine() -> str:
    """Return one paragraph about this machine and what else it does at this moment."""
    model = next(
        (line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")),
        platform.processor() or "unknown",
    )
    memory = next((int(line.split()[1]) // 1024 for line in _lines("/proc/meminfo") if "MemTotal" in line), 0)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return (
        f"{os.cpu_count()} cores ({model}), {memory} MB, {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}; {packages}. Load of the last 1, 5 and 15 minutes: {load}."
    )


def _lines(path: str) -> Sequence[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return ()


def table(rows: Mapping[str, Mapping[str, Sequence[float]]], runs: int) -> str:
    """Return the table in Markdown: each value as its median, with the lowest and the highest of the runs."""
    now = datetime.now(UTC)
    lines = [f"# {now:%Y-%m-%d %H:%M} UTC, {runs} runs", "", machine(), "", "| row | figures |", "|---|---|"]
    for row, figures in rows.items():
        told = "; ".join(f"{name.replace('_', ' ')} {_spread(values)}" for name, values in figures.items())
        lines.append(f"| {row} | {told} |")
    return "\n".join(lines) + "\n"


def _spread(values: Sequence[float]) -> str:
    if len(values) == 1:
        return f"**{values[0]:.3g}**"
    return f"**{median(values):.3g}** ({min(values):.3g} to {max(values):.3g})"


def keep(folder: Path, told: str) -> Path:
    """Write the table under the day's folder and return its place."""
    place = folder / f"{datetime.now(UTC):%Y-%m-%d}" / "speed.md"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(told, encoding="utf-8")
    return place
