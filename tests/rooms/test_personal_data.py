"""Every column that could tell of somebody is named in the table of where personal data stands."""

from __future__ import annotations

from typing import Any

import pytest

from docs import record_page
from gateway.core.languages import CODES
from gateway.core.sentences.phrases import say
from gateway.models.base import Base
from gateway.operations.personal_data.holdings import BY_TABLE, HOLDINGS, Holding, Of, is_personal


def test_every_table_is_named_once() -> None:
    assert sorted(holding.table for holding in HOLDINGS) == sorted(Base.metadata.tables)


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: str(table.name))
def test_every_column_that_could_tell_of_somebody_is_handed_out_or_withheld_on_purpose(table: Any) -> None:
    holding = BY_TABLE[table.name]
    there = {column.name for column in table.columns if is_personal(column)}
    assert holding.of is Of.NOBODY or there - holding.named() == set(), "name it in personal_data/holdings.py"
    assert holding.named() <= {column.name for column in table.columns}, "it is not there any more"
    assert not set(holding.told.split()) & set(holding.withheld.split())


@pytest.mark.parametrize("holding", [one for one in HOLDINGS if one.told], ids=lambda one: str(one.table))
def test_what_is_handed_out_is_found_and_has_its_words(holding: Holding) -> None:
    assert holding.by is not None
    for key in (holding.table, *(f"column.{name}" for name in holding.told.split())):
        assert all(say(f"console.subject.{key}", language) for language in CODES)


def test_the_record_of_processing_is_what_the_tables_say() -> None:
    text = record_page.PAGE.read_text(encoding="utf-8")
    assert text == record_page.page(text), "write it anew: .venv/bin/python -m docs.record_page"
