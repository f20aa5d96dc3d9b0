"""What a transaction has read, kept so that it is not read again.

A room asks small questions ("is anything open from this number?"), and many of them ask the same. In a session that
`keep` has prepared, the answer of a `remembered` query holds until this transaction writes to one of its tables, asks
for a lock (others may have committed while it waited), or ends. Besides, the rows of `HELD` stay in the session until
then: SQLAlchemy itself forgets a row that nobody holds, and reads it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, UOWTransaction

P = ParamSpec("P")
T = TypeVar("T")

_KNOWN, _HELD = "known", "held"
HELD: set[type] = set()  # tables of rows that nobody changes while an incident opens: see `held`
OfNumber = Callable[Concatenate[Session, str, P], T | None]
Key = tuple[Callable[..., object], tuple[object, ...]]


class Known:
    """The answers of one transaction, each with the tables that it was read from."""

    def __init__(self) -> None:
        self._answers: dict[Key, object] = {}
        self._of: dict[str, set[Key]] = {}

    def get(self, key: Key) -> tuple[object] | None:
        return (self._answers[key],) if key in self._answers else None

    def put(self, key: Key, tables: Iterable[str], answer: object) -> None:
        self._answers[key] = answer
        for table in tables:
            self._of.setdefault(table, set()).add(key)

    def forget(self, table: str) -> None:
        for key in self._of.pop(table, ()):
            self._answers.pop(key, None)

    def forget_all(self) -> None:
        self._answers.clear()
        self._of.clear()


def keep(db: Session) -> Session:
    """Let a session remember what it reads, and return it."""
    db.info[_KNOWN], db.info[_HELD] = Known(), []
    return db


def held(table: type[T]) -> type[T]:
    """Keep the rows of this table in a session until its transaction ends. For rows that only people at a desk
    change, or that nobody ever changes."""
    HELD.add(table)
    return table


def remembered(
    *tables: str,
) -> Callable[[Callable[Concatenate[Session, P], T]], Callable[Concatenate[Session, P], T]]:
    """Remember the answer of a query that reads these tables alone, by its arguments, which are hashable."""

    def around(query: Callable[Concatenate[Session, P], T]) -> Callable[Concatenate[Session, P], T]:
        @wraps(query)
        def ask(db: Session, *args: P.args, **named: P.kwargs) -> T:
            known: Known | None = db.info.get(_KNOWN)
            if known is None or _is_unwritten(db, tables):  # the query itself writes first what is not written yet
                return query(db, *args, **named)
            key: Key = (ask, (*args, *named.items()))
            found = known.get(key)
            if found is None:
                found = (query(db, *args, **named),)
                known.put(key, tables, found[0])
            return found[0]  # type: ignore[return-value] # it is what this very query has answered

        ask.tables = tables  # type: ignore[attr-defined] # for `tell`
        return cast(Callable[Concatenate[Session, P], T], ask)

    return around


def tell(db: Session, query: Callable[..., object], args: tuple[object, ...], answer: object) -> None:
    """Tell what a remembered query would answer, to who has read it in another way."""
    known: Known | None = db.info.get(_KNOWN)
    if known is not None:
        known.put((query, args), query.tables, answer)  # type: ignore[attr-defined]


def _is_unwritten(db: Session, tables: Iterable[str]) -> bool:
    if not db._is_clean():
        return any(row.__tablename__ in tables for row in (*db.new, *db.dirty, *db.deleted))
    return False


# --- when it no longer holds --------------------------------------------------------------------------------------


def _undone(db: Session, _before: SessionTransaction) -> None:
    forget(db)


def _after_flush(db: Session, _flush: UOWTransaction) -> None:
    known: Known | None = db.info.get(_KNOWN)
    if known is not None:
        for table in {row.__tablename__ for row in (*db.new, *db.dirty, *db.deleted)}:
            known.forget(table)


def _on_execute(state: ORMExecuteState) -> None:
    known: Known | None = state.session.info.get(_KNOWN)
    if known is None:
        return
    if state.is_select:
        if getattr(state.statement, "_for_update_arg", None) is not None:
            known.forget_all()
    elif (table := getattr(state.statement, "table", None)) is not None:
        known.forget(table.name)
    else:
        known.forget_all()


def _hold(db: Session, row: Any) -> None:
    if type(row) in HELD and _HELD in db.info:
        db.info[_HELD].append(row)


def _let_go(db: Session, ended: SessionTransaction) -> None:
    if ended.parent is None and (known := db.info.get(_KNOWN)) is not None:
        known.forget_all()
        db.info[_HELD].clear()


event.listen(Session, "after_flush", _after_flush)
event.listen(Session, "do_orm_execute", _on_execute)
event.listen(Session, "loaded_as_persistent", _hold)
event.listen(Session, "pending_to_persistent", _hold)
event.listen(Session, "detached_to_persistent", _hold)
event.listen(Session, "after_transaction_end", _let_go)
event.listen(Session, "after_soft_rollback", _undone)


# --- what a number has not ------------------------------------------------------------------------------------------


def tell_nothing(db: Session, table: str, phone: str) -> None:
    """Tell that this number (E.164) has nothing in a table that counts today."""
    known: Known | None = db.info.get(_KNOWN)
    if known is not None:
        known.put((tell_nothing, (table, phone)), (table,), True)


def has_nothing(db: Session, table: str, phone: str) -> bool:
    """Return whether it is known that this number has nothing in a table; False if nobody has looked."""
    known: Known | None = db.info.get(_KNOWN)
    key: Key = (tell_nothing, (table, phone))
    return known is not None and known.get(key) is not None and not _is_unwritten(db, (table,))


def of_number(table: str) -> Callable[[OfNumber[P, T]], OfNumber[P, T]]:
    """Answer a question about one number with None where it is known that this table has nothing of it.

    A query that locks asks for no lock then: there is no row to lock. A row that another transaction writes meanwhile
    is met at the unique index, as it would be if it came a moment after the lock.
    """

    def around(query: OfNumber[P, T]) -> OfNumber[P, T]:
        @wraps(query)
        def ask(db: Session, phone: str, *args: P.args, **named: P.kwargs) -> T | None:
            return None if has_nothing(db, table, phone) else query(db, phone, *args, **named)

        return cast(OfNumber[P, T], ask)

    return around


def is_first(db: Session, query: Callable[..., object], phone: str, tables: tuple[str, ...]) -> bool:
    """Return whether this number is to be read now: the session remembers, and no reading of it still holds."""
    known: Known | None = db.info.get(_KNOWN)
    key: Key = (query, (phone,))
    if known is None or known.get(key) is not None:
        return False
    if not db._is_clean():
        db.flush()  # before the answers are kept: writing afterwards would make them forgotten
    known.put(key, tables, True)
    return True


def wrote(db: Session, table: str) -> None:
    """Forget what was read from a table, because it was written past the session."""
    known: Known | None = db.info.get(_KNOWN)
    if known is not None:
        known.forget(table)


def forget(db: Session) -> None:
    """Forget all answers, because another transaction was met that has written since."""
    known: Known | None = db.info.get(_KNOWN)
    if known is not None:
        known.forget_all()
