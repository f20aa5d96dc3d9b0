"""Decide what a text is taken for: one ordered table (`table.py`) maps the facts to one intent, with the reason.

The facts are who sent it, what they have open, what their phone believes, what we last said there, and what it says.
Everything here is pure. `gateway.inbound.sender_facts` gathers the facts, `gateway.sms` does what is decided, and
`siaga explain NUMBER "TEXT"` tells which row applied.
"""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.intent.besides import BESIDES, Extra
from gateway.core.intent.facts import Case
from gateway.core.intent.table import TABLE, Kind, Row


@dataclass(frozen=True)
class Intent:
    """The decision about a text: what is done, the row that says so, and what else the text holds."""

    row: Row
    also: tuple[Extra, ...] = ()

    @property
    def kind(self) -> Kind:
        return self.row.kind


def decide(case: Case) -> Intent:
    """Return the first row of the table that fits, with everything else that the text holds."""
    row = next(row for row in TABLE if row.who.fits(case) and row.when(case))
    return Intent(row, tuple(extra for extra in BESIDES if extra.when(case, row.kind)))
