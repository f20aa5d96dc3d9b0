"""`python -m docs.record_page`: writes the record of processing in docs/personal-data.md, from the code's tables."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from gateway.config import Settings
from gateway.models.base import Sealed
from gateway.operations.personal_data.holdings import HOLDINGS, Holding, Of
from gateway.operations.retention.steps import STEPS

PAGE = Path(__file__).parent / "personal-data.md"
BEGIN, END = "<!-- written by docs/record_page.py -->\n", "<!-- end -->\n"


def table() -> str:
    """Return the record of processing, a line for each table that could tell of somebody."""
    head = "| table | whose | what for | columns | sealed | forgotten after |\n|---|---|---|---|---|---|\n"
    return head + "".join(_line(holding) for holding in HOLDINGS if holding.of is not Of.NOBODY)


def _line(holding: Holding) -> str:
    sealed = {column.name for column in holding.columns.columns if isinstance(column.type, Sealed)}
    named = ", ".join(sorted(holding.named())) or "-"
    cells = (f"`{holding.table}`", holding.of.value, holding.why, named, ", ".join(sorted(sealed)) or "-")
    return f"| {' | '.join((*cells, '; '.join(_forgotten(holding)) or 'kept'))} |\n"


def _forgotten(holding: Holding) -> Iterator[str]:
    """Yield for each setting of retention what of the table it forgets."""
    if holding.table == "fixes":  # gateway/operations/retention/places.py
        yield f"{_days('positions')}: the row, or its place"
    for step in STEPS:
        if step.table.__tablename__ == holding.table:
            what = "the row" if step.whole else ", ".join(sorted(column.key for column in step.columns))
            yield f"{_days(step.limit)}: {what}"


def _days(limit: str) -> str:
    return f"`RETAIN_{limit.upper()}_DAYS` ({Settings.model_fields[f'retain_{limit}_days'].default})"


def page(text: str) -> str:
    """Return the page with its table written anew."""
    before, _, rest = text.partition(BEGIN)
    return before + BEGIN + table() + END + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
