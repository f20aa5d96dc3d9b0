"""What a transaction remembers holds until it writes, locks or ends: each question that it may ask twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from gateway.infrastructure.database import open_engine
from gateway.models import incident as incidents
from gateway.models import memory
from gateway.models import unit as units
from gateway.models.unit import Unit
from tests.statements import spent

DESK = "+62561000111"


def polsek(code: str) -> Unit:
    return Unit(code=code, name=f"Polsek {code}", kind="polsek", phone=DESK)


@pytest.fixture
def db(engine: Engine) -> Iterator[Session]:
    with Session(engine) as first, first.begin():
        first.add(polsek("A"))
    with memory.keep(Session(engine, expire_on_commit=False)) as db:
        yield db


def codes(db: Session) -> list[str]:
    return [unit.code for unit in units.desks_at(db, DESK)]


def test_a_question_is_asked_once(db: Session, engine: Engine) -> None:
    with spent(engine) as count:
        assert codes(db) == codes(db) == ["A"]
        assert units.desks_at(db, "+62561000222") == []  # another question
    assert count.statements == 2


def flushes(db: Session) -> None:
    db.add(polsek("B"))
    db.flush()


def adds(db: Session) -> None:
    db.add(polsek("B"))


def renames(db: Session) -> None:
    db.execute(update(Unit).values(phone=None))


def undoes(db: Session) -> None:
    db.add(polsek("B"))
    assert codes(db) == ["A", "B"]
    db.rollback()


AFTER: dict[str, tuple[Callable[[Session], None], list[str]]] = {
    "written": (flushes, ["A", "B"]),
    "not written yet": (adds, ["A", "B"]),
    "written past the session's rows": (renames, []),
    "rolled back": (undoes, ["A"]),
}


@pytest.mark.parametrize("name", AFTER)
def test_an_answer_holds_no_longer_than_what_it_was_read_from(db: Session, name: str) -> None:
    act, expected = AFTER[name]
    assert codes(db) == ["A"]
    act(db)
    assert codes(db) == expected


def lock(db: Session) -> None:
    db.scalars(select(incidents.Incident).with_for_update(of=incidents.Incident)).all()


def test_what_others_commit_is_seen_after_a_lock_and_after_the_end(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    try:
        with memory.keep(Session(engine, expire_on_commit=False)) as db:
            ends: list[Callable[[Session], None]] = [lock, Session.commit, Session.rollback]
            for number, end in enumerate(ends):
                known = codes(db)
                with Session(engine) as other, other.begin():
                    other.add(polsek(f"N{number}"))
                assert codes(db) == known
                end(db)
                assert codes(db) == [*known, f"N{number}"]
    finally:
        engine.dispose()


def test_a_row_that_is_held_is_read_once_though_nobody_keeps_it(db: Session, engine: Engine) -> None:
    with spent(engine) as count:
        for _ in range(3):
            unit = db.get(Unit, 1)
            assert unit is not None
            del unit
    assert count.statements == 1
