"""ROOM: the cost of the lines: by our own record of what left, and by the carriers' own statements.

Our record knows a price only if the carrier gave one with the text or the call. It lacks incoming messages and the
citizen's leg of a call that we put through; the carrier's statement has everything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import func, or_, select

from gateway.carriers.base import BalanceCarrier, Carrier, SpendCarrier
from gateway.core.messages import Price
from gateway.models import attempt as attempts
from gateway.models import outbound as outbounds
from gateway.models.attempt import Attempt
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork

MINUTE = 60


@dataclass(frozen=True)
class Spend:
    """The texts and calls that left on one line.

    `parts` are the segments that texts are billed as, `seconds` the talk time of all calls, and `minutes` the same with
    each call's last minute counted in full, as carriers bill it.
    """

    texts: int = 0
    parts: int = 0
    calls: int = 0
    seconds: int = 0
    minutes: int = 0
    told: Sequence[Price] = ()  # one sum per currency
    unpriced: int = 0  # texts and calls whose price the carrier did not give


class _Sums(NamedTuple):
    """Sums of one line, kind and currency.

    A sum of no rows is None; PostgreSQL returns sums of large numbers as Decimal.
    """

    line: str
    kind: str
    currency: str | None
    many: int
    parts: int | None
    seconds: int | None
    minutes: int | None
    micros: int | None
    priced: int


@dataclass(frozen=True)
class Statement:
    """A carrier's own statement; None for a value that it does not offer or did not answer."""

    spent: Sequence[Price] | None
    left: Price | None
    tells_spent: bool
    tells_left: bool


# --- our own record -------------------------------------------------------------------------------------------


def by_line(uow: UnitOfWork, since: datetime) -> Mapping[str, Spend]:
    """Return by line what left or may have left from `since` (aware) on; a line without any is left out.

    A refused attempt cost nothing. One of unknown outcome counts, because too high is better than a surprise.
    """
    minutes = (Attempt.seconds + MINUTE - 1) // MINUTE
    sums = (Attempt.parts, Attempt.seconds, minutes, Attempt.price_micros)
    query = (
        select(Attempt.line, Outbound.kind, Attempt.currency, func.count(Attempt.id), *map(func.sum, sums))
        .add_columns(func.count(Attempt.price_micros))
        .join(Outbound)
        .where(Attempt.started_at >= since, or_(Attempt.ref != "", Attempt.state == attempts.UNKNOWN))
        .group_by(Attempt.line, Outbound.kind, Attempt.currency)
        .order_by(Attempt.line, Attempt.currency)
    )
    rows = [_Sums._make(row) for row in uow.db.execute(query)]
    return {line: _spend(list(group)) for line, group in groupby(rows, lambda row: row.line)}


def _spend(rows: Sequence[_Sums]) -> Spend:
    texts, calls = ([row for row in rows if row.kind == kind] for kind in (outbounds.TEXT, outbounds.CALL))
    return Spend(
        texts=_total(row.many for row in texts),
        parts=_total(row.parts for row in texts),
        calls=_total(row.many for row in calls),
        seconds=_total(row.seconds for row in calls),
        minutes=_total(row.minutes for row in calls),
        told=_by_currency(rows),
        unpriced=_total(row.many - row.priced for row in rows),
    )


def _by_currency(rows: Iterable[_Sums]) -> Sequence[Price]:
    sums: Counter[str] = Counter()
    for row in rows:
        if row.currency is not None:
            sums[row.currency] += int(row.micros or 0)
    return tuple(Price(micros, currency) for currency, micros in sums.items())


def _total(numbers: Iterable[int | None]) -> int:
    return sum(int(number or 0) for number in numbers)


# --- the carriers' own word -----------------------------------------------------------------------------------


def can_tell(carrier: Carrier | None) -> bool:
    """Return whether this line's carrier can say anything about money."""
    return isinstance(carrier, SpendCarrier | BalanceCarrier)


def statement(carrier: Carrier, since: date, until: date) -> Statement:
    """Return what the carrier says was billed on these days (UTC, both included), and the balance.

    It asks the carrier now, which may take some seconds: never call it inside a transaction.
    """
    spent = carrier.spend(since, until) if isinstance(carrier, SpendCarrier) else None
    left = carrier.balance() if isinstance(carrier, BalanceCarrier) else None
    return Statement(spent, left, isinstance(carrier, SpendCarrier), isinstance(carrier, BalanceCarrier))
