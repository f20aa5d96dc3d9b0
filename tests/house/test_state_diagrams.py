"""docs/developers/states.md draws every table of states as it is. What differs, a failure prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.models import alert, attempt, clarification, incident, outbound
from gateway.models.states import StateTable

PAGE = Path(__file__).resolve().parents[2] / "docs/developers/states.md"
TABLES: dict[str, StateTable] = {
    "Incident": incident.STATES,
    "Clarification": clarification.STATES,
    "Alert": alert.STATES,
    "Outbound": outbound.STATES,
    "Attempt": attempt.STATES,
}
BLOCK = re.compile(r"^## (\w+)\n.*?^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LONGEST = 60  # characters of a reason that an arrow bears


def arrow(before: str, after: str, reason: str) -> str:
    """One line of Mermaid. It knows no `:` and no `;` in a label, so a longer reason with one stays in the table."""
    label = f": {reason}" if len(reason) <= LONGEST and not {":", ";"} & set(reason) else ""
    return f"    {before} --> {after}{label}"


def diagram(table: StateTable) -> str:
    """The Mermaid text of a table, in the table's own order."""
    lines = [f"    [*] --> {state}" for state in table.first]
    lines += [arrow(before, after, reason) for (before, after), reason in table.moves.items()]
    lines += [f"    {state} --> [*]" for state in table.last]
    return "\n".join(("stateDiagram-v2", *lines, ""))


@pytest.mark.parametrize("name", TABLES)
def test_the_page_draws_the_table(name: str) -> None:
    drawn = dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    assert drawn[name] == diagram(TABLES[name])
