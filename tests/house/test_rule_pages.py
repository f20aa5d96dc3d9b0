"""The pages that show a rule as a table show what the code does."""

from __future__ import annotations

import pytest

from docs import rule_pages
from gateway.core.intent.table import Kind
from gateway.core.reachability import RULES, Way


@pytest.mark.parametrize("name", rule_pages.PAGES)
def test_the_page_shows_the_rule(name: str) -> None:
    text = (rule_pages.FOLDER / name).read_text(encoding="utf-8")
    assert text == rule_pages.page(name, text), "write the tables anew: .venv/bin/python -m docs.rule_pages"


def test_every_line_of_the_rule_decides_a_phone_of_the_table() -> None:
    decided = set()
    for phone in rule_pages.PHONES.values():
        for way in Way:
            lines = [at for at, (_, holds, bars) in enumerate(RULES) if way in bars and holds(phone)]
            decided |= set(lines[:1])
    assert decided == set(range(len(RULES))), "give docs/rule_pages.py a phone for each line of RULES"


def test_every_way_and_every_kind_of_intent_has_its_words() -> None:
    assert (set(rule_pages.WAYS), set(rule_pages.DEEDS)) == (set(Way), set(Kind))
