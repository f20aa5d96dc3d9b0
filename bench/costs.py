"""What processes cost: their CPU and their memory, with those of their children, as Linux counts them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import Engine, text

TICKS = os.sysconf("SC_CLK_TCK")


def children(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from children(int(child))


def cpu_s(pids: Sequence[int]) -> float:
    """Return the seconds of CPU that these processes and their children have used."""
    used = 0.0
    for pid in {one for top in pids for one in children(top)}:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        except OSError:  # it has ended
            continue
        used += (int(fields[11]) + int(fields[12])) / TICKS
    return used


def backends(engine: Engine) -> list[int]:
    """Return the processes of PostgreSQL that serve somebody."""
    with engine.connect() as db:
        return list(db.scalars(text("SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'")))


def rss_mb(pids: Sequence[int]) -> float:
    """Return the memory of these processes and their children in MB, what they share counted for each."""
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for top in pids for pid in children(top))
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
