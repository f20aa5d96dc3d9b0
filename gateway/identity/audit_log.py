"""The audit trail: who did or saw what. Nobody can change or remove a row without being noticed.

Each row carries a keyed hash over itself and the row before. The head row carries a keyed hash over the number of rows
and the last hash. Somebody who can write to the database but has no key can destroy the trail, but `verify` reports it.
The price: once an old key is taken out of ENCRYPTION_KEYS, the rows that it hashed can no longer be proven.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken
from sqlalchemy import Row, Text, func, select, type_coerce
from sqlalchemy.exc import IntegrityError

from gateway.models import sealing
from gateway.models.audit import Audit, AuditHead
from gateway.unit_of_work import UnitOfWork

HEAD = 1  # the only row of its table
UNREADABLE = "\x00"  # replaces a detail that none of our keys decrypts; no recorded detail equals it


@dataclass(frozen=True)
class Entry:
    """The values of one row that its hash covers."""

    at: datetime
    who: str
    what: str
    subject: str
    detail: str

    def fingerprints(self, before: str) -> tuple[str, ...]:
        """Return one hash per key over this row and the hash before; the first is the one to store."""
        told = [before, self.at.isoformat(), self.who, self.what, self.subject, self.detail]
        return sealing.fingerprints("audit:" + json.dumps(told))


@dataclass(frozen=True)
class Head:
    """How far the trail went at some moment: the number of its rows and the hash of the last one."""

    count: int
    link: str


def head(uow: UnitOfWork) -> Head:
    """Return how far the trail goes now."""
    count = select(func.count(Audit.id)).scalar_subquery()
    row = uow.db.execute(select(Audit.link, count).order_by(Audit.id.desc()).limit(1)).one_or_none()
    return Head(row[1], row[0]) if row is not None else Head(0, "")


def contains(uow: UnitOfWork, head: Head) -> bool:
    """Return whether the trail still has that row, and as many rows up to it."""
    if not head.count:
        return head.link == ""
    last = uow.db.scalar(select(Audit.id).where(Audit.link == head.link))
    return last is not None and uow.db.scalar(select(func.count(Audit.id)).where(Audit.id <= last)) == head.count


def record(uow: UnitOfWork, who: str, what: str, subject: str, detail: str = "") -> None:
    """Record that `who` did or saw `what` (a verb like "citizen.verify") to `subject` (a number, a code).

    The row belongs to the transaction of the unit of work: it is stored only if the recorded action is. `detail` is
    stored encrypted.
    """
    record_each(uow, who, what, [subject], detail)


def record_each(uow: UnitOfWork, who: str, what: str, subjects: Sequence[str], detail: str = "") -> None:
    """Record the same of several subjects, a row each, in as many statements as for one."""
    if not subjects:
        return
    head = _head(uow)
    link = _last_link(uow)
    for subject in subjects:
        entry = Entry(uow.now(), _cut(who, 120), _cut(what, 60), _cut(subject, 120), _clean(detail))
        link = entry.fingerprints(link)[0]
        uow.db.add(Audit(**vars(entry), link=link))
    head.count += len(subjects)
    head.link = _seal_head(head.count, link)[0]
    uow.db.flush()


def verify(uow: UnitOfWork) -> list[str]:
    """Check the whole trail and return each fault as a sentence; empty if nothing was changed or removed."""
    faults, before, count = [], "", 0
    for row in _rows(uow):
        if row.link not in _read(row).fingerprints(before):
            faults.append(f"row {row.id} ({row.at:%Y-%m-%d %H:%M:%S} UTC) was changed, or rows before it were removed")
        before, count = row.link, count + 1
    head = uow.db.get(AuditHead, HEAD)
    if head is None:
        return faults + ([f"the head is gone, {count} rows are left"] if count else [])
    if head.count != count:
        faults.append(f"{head.count} rows were written, {count} are there")
    if head.link not in _seal_head(head.count, before):
        faults.append("the last row is not the one that was written last")
    return faults


def _head(uow: UnitOfWork) -> AuditHead:
    """Lock the head row until the commit and return it, so that rows are chained one after the other."""
    query = select(AuditHead).where(AuditHead.id == HEAD).with_for_update().execution_options(populate_existing=True)
    head = uow.db.scalar(query)
    if head is not None:
        return head
    try:
        with uow.db.begin_nested():
            uow.db.add(AuditHead(id=HEAD, count=0, link=""))
    except IntegrityError:  # another process added the head first
        uow.db.expire_all()
    return uow.db.scalars(query).one()


def _last_link(uow: UnitOfWork) -> str:
    return uow.db.scalar(select(Audit.link).order_by(Audit.id.desc()).limit(1)) or ""


def _seal_head(count: int, link: str) -> tuple[str, ...]:
    return sealing.fingerprints(f"audit-head:{count}:{link}")


Columns = tuple[int, datetime, str, str, str, str, str]


def _rows(uow: UnitOfWork) -> Iterator[Row[Columns]]:
    """Yield the rows in order with the detail still encrypted: one damaged detail must not hide the rest."""
    sealed = type_coerce(Audit.detail, Text).label("detail")
    query = select(Audit.id, Audit.at, Audit.who, Audit.what, Audit.subject, sealed, Audit.link).order_by(Audit.id)
    return iter(uow.db.execute(query, execution_options={"yield_per": 1000}))


def _read(row: Row[Columns]) -> Entry:
    try:
        detail = sealing.unseal(row.detail)
    except (InvalidToken, TypeError, AttributeError):
        detail = UNREADABLE
    return Entry(row.at, row.who, row.what, row.subject, detail)


def _cut(text: str, length: int) -> str:
    return _clean(text)[:length]


def _clean(text: str) -> str:
    """Remove NUL characters, which PostgreSQL does not store."""
    return text.replace("\x00", "")
