"""docs/developers/states.md draws every table of states as it is. What differs, a failure prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from gateway.models import alert_states, incident_states
from gateway.models.states import StateTable

PAGE = Path(__file__).resolve().parents[2] / "docs/developers/states.md"
TABLES: dict[str, StateTable] = {"Incident": incident_states.TABLE, "Alert": alert_states.TABLE}
BLOCK = re.compile(r"^## (\w+)\n.*?^```mermaid\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def diagram(table: StateTable) -> str:
    """The Mermaid text of a table, in the table's own order."""
    lines = [f"    [*] --> {state}" for state in table.first]
    lines += [f"    {before} --> {after}" for before, after in table.pairs()]
    lines += [f"    {state} --> [*]" for state, following in table.moves.items() if not following]
    return "\n".join(("stateDiagram-v2", *lines, ""))


@pytest.mark.parametrize("name", TABLES)
def test_the_page_draws_the_table(name: str) -> None:
    drawn = dict(BLOCK.findall(PAGE.read_text(encoding="utf-8")))
    assert drawn[name] == diagram(TABLES[name])
