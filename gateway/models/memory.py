"""This keeps what a transaction has read, so that it asks the database no question twice.

A room asks small questions ("is anything open from this number?"), and many rooms ask the same. In a session that
`keep` has prepared, the answer of a `remembered` query holds until this transaction writes to one of its tables, locks
a row (others may have committed while it waited) or ends. The rows of a `held` table stay in the session as long:
SQLAlchemy itself forgets a row that nobody holds, and reads it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction

P = ParamSpec("P")
T = TypeVar("T")
Query = Callable[Concatenate[Session, P], T]
Key = tuple[object, ...]
_KNOWN = "known"
_HELD: set[type] = set()


class Known:
    """The answers of one transaction, each with the tables that it was read from, and the rows that stay."""

    def __init__(self) -> None:
        self.answers: dict[Key, tuple[frozenset[str], object]] = {}
        self.held: list[object] = []

    def forget(self, tables: Iterable[str]) -> None:
        """Forget what was read from these tables."""
        written = frozenset(tables)
        for key in [key for key, (read, _) in self.answers.items() if read & written]:
            del self.answers[key]


def keep(db: Session) -> Session:
    """Let a session remember what it reads, and return it."""
    db.info[_KNOWN] = Known()
    return db


def held(table: type[T]) -> type[T]:
    """Keep the rows of this table in a session until its transaction ends: for rows that only people at a desk change,
    or that nobody ever changes."""
    _HELD.add(table)
    return table


def remembered(*tables: str) -> Callable[[Query[P, T]], Query[P, T]]:
    """Remember the answer of a query that reads these tables alone, by its arguments, which are hashable."""
    read = frozenset(tables)

    def around(query: Query[P, T]) -> Query[P, T]:
        @wraps(query)
        def ask(db: Session, *args: P.args, **named: P.kwargs) -> T:
            known: Known | None = db.info.get(_KNOWN)
            if known is None:
                return query(db, *args, **named)
            key: Key = (query, *args, *named.items())
            if not read.isdisjoint(_unwritten(db)):
                db.flush()  # and forget
            if key not in known.answers:
                with db.no_autoflush:  # what is not written yet stands in other tables, and may wait
                    known.answers[key] = read, query(db, *args, **named)
            return cast(T, known.answers[key][1])

        ask.tables = read  # type: ignore[attr-defined] # for `tell`
        return cast("Query[P, T]", ask)

    return around


def tell(db: Session, query: Callable[..., object], *args: object, answer: object) -> None:
    """Tell what a remembered query would answer, for who knows it by another one."""
    known: Known | None = db.info.get(_KNOWN)
    if known is not None:
        known.answers[query.__wrapped__, *args] = query.tables, answer  # type: ignore[attr-defined]


def _unwritten(db: Session) -> set[str]:
    return {row.__tablename__ for row in (*db.new, *db.dirty, *db.deleted)}


# --- when it no longer holds --------------------------------------------------------------------------------------


def _after_flush(db: Session, _flush: UOWTransaction) -> None:
    known: Known | None = db.info.get(_KNOWN)
    if known is not None:
        known.forget(_unwritten(db))


def _on_execute(state: ORMExecuteState) -> None:
    known: Known | None = state.session.info.get(_KNOWN)
    if known is None:
        return
    statement: Any = state.statement
    if not state.is_select:
        known.forget([statement.table.name]) if hasattr(statement, "table") else known.answers.clear()
    elif getattr(statement, "_for_update_arg", None) is not None:
        known.answers.clear()


def _hold(db: Session, row: object) -> None:
    known: Known | None = db.info.get(_KNOWN)
    if known is not None and type(row) in _HELD:
        known.held.append(row)


def _end(db: Session, ended: SessionTransaction) -> None:
    known: Known | None = db.info.get(_KNOWN)
    if known is not None and ended.parent is None:
        known.answers.clear()
        known.held.clear()


def _undone(db: Session, _before: SessionTransaction) -> None:
    known: Known | None = db.info.get(_KNOWN)
    if known is not None:
        known.answers.clear()


event.listen(Session, "after_flush", _after_flush)
event.listen(Session, "do_orm_execute", _on_execute)
event.listen(Session, "loaded_as_persistent", _hold)
event.listen(Session, "pending_to_persistent", _hold)
event.listen(Session, "after_transaction_end", _end)
event.listen(Session, "after_soft_rollback", _undone)
