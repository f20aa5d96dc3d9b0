"""A roster from a file."""

from __future__ import annotations

import io

import pytest
from cli.noon import Opens
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.sentences.refusal import Refusal
from gateway.core.shifts import Turn
from gateway.identity import audit_log
from gateway.models import officer as officers
from gateway.models.audit import Audit
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.register import roster
from gateway.register.imports.kinds import bring_in
from gateway.register.imports.outcome import Effect, Outcome
from gateway.register.imports.shifts import days

RINA, BUDI = "+6281230000001", "+6281230000002"
FILE = """phone,days,from,until
081230000001,sen-rab,06:00,14:00
081230000001,"sab,min",22.00,6
"""


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """What a file does to a database is told of the other kinds on both."""
    return sqlite_url


@pytest.fixture
def town(open_uow: Opens) -> Opens:
    with open_uow() as uow:
        unit = Unit(code="KOTA", name="Polsek Kota", kind="polsek")
        uow.db.add(unit)
        uow.db.flush()
        uow.db.add_all(Officer(phone=phone, name="x", unit_id=unit.id) for phone in (RINA, BUDI))
        uow.db.flush()
        budi = officers.by_phone(uow.db, BUDI)
        assert budi is not None
        roster.set_turns(uow, budi, [Turn(0, 0, 60)], "Ibu Admin")
    return open_uow


def bring(town: Opens, told: str, dry_run: bool = False) -> Outcome:
    return bring_in(town, "shifts", io.BytesIO(told.encode()), dry_run=dry_run)


def turns(town: Opens, phone: str) -> list[str]:
    with town() as uow:
        officer = officers.by_phone(uow.db, phone)
        assert officer is not None
        return [str(turn) for turn in roster.turns_of(uow, [officer.id])[officer.id]]


def test_a_row_is_a_turn_and_whoever_is_not_named_keeps_theirs(town: Opens) -> None:
    outcome = bring(town, FILE)
    assert (outcome.faults, outcome.effects[Effect.CHANGED]) == ([], 2)
    assert turns(town, RINA) == [
        "Mon 06:00-14:00",
        "Tue 06:00-14:00",
        "Wed 06:00-14:00",
        "Sat 22:00-06:00",
        "Sun 22:00-06:00",
    ]
    assert turns(town, BUDI) == ["Mon 00:00-01:00"]
    with town() as uow:
        assert audit_log.verify(uow) == []
        assert [row.what for row in uow.db.query(Audit)] == ["officer.turns", "officer.turns", "import.shifts"]


def test_the_same_file_again_changes_nothing(town: Opens) -> None:
    bring(town, FILE)
    outcome = bring(town, FILE)
    assert not outcome.changed_anything
    assert outcome.effects[Effect.SAME] == 2


def test_the_file_tells_an_officers_whole_roster(town: Opens) -> None:
    bring(town, FILE)
    outcome = bring(town, "phone;days;from;until\n+6281230000001;sab-min;22:00;06:00\n")
    assert outcome.changed_anything
    assert turns(town, RINA) == ["Sat 22:00-06:00", "Sun 22:00-06:00"]


def test_a_rehearsal_keeps_nothing(town: Opens) -> None:
    assert bring(town, FILE, dry_run=True).changed_anything
    assert turns(town, RINA) == []


def test_bad_rows_are_told_and_good_ones_kept(town: Opens) -> None:
    outcome = bring(
        town,
        "phone,days,from,until\n"
        "081230000001,sen,06:00,14:00\n"
        "081230000001,besok,06:00,14:00\n"
        "081230000001,sel,6 pagi,14:00\n"
        "081230000009,sen,06:00,14:00\n"
        "081230000001,rab,06:00,\n",
    )
    assert [str(fault) for fault in outcome.faults] == [
        "line 3: days: is no day of the week; write it like mon-fri or sat,sun",
        "line 4: from: is no time of day; write it like 06:00",
        "line 5: phone: no officer has this number; import the officers first",
        "line 6: until: is missing; fill it in",
    ]
    assert turns(town, RINA) == ["Mon 06:00-14:00"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sen-jum", (0, 1, 2, 3, 4)),
        ("mon,wed", (0, 2)),
        ("1-5", (0, 1, 2, 3, 4)),
        ("6-1", (0, 5, 6)),
        ("Sabtu – Minggu", (5, 6)),
        ("selasa kamis;7", (1, 3, 6)),
        ("JUM", (4,)),
        ("1-7", (0, 1, 2, 3, 4, 5, 6)),
        ("mon-mon", (0,)),
    ],
)
def test_days_are_read_as_people_write_them(typed: str, meant: tuple[int, ...]) -> None:
    assert days(typed) == meant


@given(st.text(max_size=12) | st.sampled_from(["0", "8", "12", "sen-", "-", "mon--tue", "sen-xyz", ""]))
def test_anything_else_is_refused_and_never_guessed(typed: str) -> None:
    try:
        found = days(typed)
    except Refusal:
        return
    assert found == tuple(sorted(set(found)))
    assert set(found) <= set(range(7))
    assert typed.strip()[0].casefold() in "mtwfsrkj1234567"
