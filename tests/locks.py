"""What a test sees of the locks that transactions take: rows read FOR UPDATE, and tables written to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, Insert, Update, event
from sqlalchemy.orm import Session, SessionTransaction

from gateway.models.attempt import Attempt
from gateway.models.clarification import Clarification
from gateway.models.incident import Incident
from gateway.models.outbound import Outbound

RANK = {"incidents": 0, "asks": 1, "attempts": 2, "outbounds": 3}  # the order of gateway.models.locking
MODELS = (Incident, Clarification, Attempt, Outbound)
ANY = 0  # a row that an UPDATE has locked, we do not ask which


@dataclass
class Locks:
    """Every transaction's locks, and those that were taken against the order."""

    held: dict[Session, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    own: dict[Session, set[tuple[str, int]]] = field(default_factory=lambda: defaultdict(set))
    sessions: dict[Connection, Session] = field(default_factory=dict)
    chains: set[tuple[str, ...]] = field(default_factory=set)  # the tables of one transaction, as they were taken
    wrong: list[str] = field(default_factory=list)

    def takes(self, session: Session, table: str, row_id: int) -> None:
        if self._has(session, table, row_id):
            return
        held = self.held[session]
        later = sorted({other for other, _ in held if RANK[other] > RANK[table]})
        if later:
            self.wrong.append(f"{table} after {', '.join(later)}")
        held.append((table, row_id))
        self.chains.add(tuple(dict.fromkeys(other for other, _ in held)))

    def _has(self, session: Session, table: str, row_id: int) -> bool:
        """An UPDATE may write any row that was locked or inserted before; which one is not asked."""
        rows = {*self.held[session], *self.own[session]}
        return any(other == table for other, _ in rows) if row_id == ANY else (table, row_id) in rows

    # --- what SQLAlchemy tells

    def begun(self, session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
        self.sessions[connection] = session

    def ended(self, session: Session, transaction: SessionTransaction) -> None:
        if transaction.parent is None:
            self.held.pop(session, None)
            self.own.pop(session, None)

    def executed(self, connection: Connection, clause: object, *_: object) -> None:
        table = str(getattr(getattr(clause, "table", None), "name", ""))
        if isinstance(clause, Update) and table in RANK and connection in self.sessions:
            self.takes(self.sessions[connection], table, ANY)

    def read(self, row: Incident | Attempt | Outbound, context: Any, *_: object) -> None:
        if context is None:
            return
        if isinstance(
            getattr(context.query, "element", None), Insert
        ):  # what `insert_once` has written, told by RETURNING
            self.own[context.session].add((row.__tablename__, row.id))
        elif context.query._for_update_arg is not None:
            self.takes(context.session, row.__tablename__, row.id)

    def inserted(self, _mapper: object, connection: Connection, row: Incident | Attempt | Outbound) -> None:
        """Keep a row that nobody else can want, because it is not committed yet."""
        self.own[self.sessions[connection]].add((row.__tablename__, row.id))


@contextmanager
def watched(engine: Engine) -> Iterator[Locks]:
    """The locks of all transactions on this engine from here on."""
    locks = Locks()
    told: list[tuple[Any, str, Callable[..., None]]] = [
        (Session, "after_begin", locks.begun),
        (Session, "after_transaction_end", locks.ended),
        (engine, "before_execute", locks.executed),
    ]
    for model in MODELS:
        told += [(model, "load", locks.read), (model, "refresh", locks.read), (model, "after_insert", locks.inserted)]
    for target, name, hear in told:
        event.listen(target, name, hear)
    try:
        yield locks
    finally:
        for target, name, hear in told:
            event.remove(target, name, hear)
