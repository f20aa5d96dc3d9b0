"""Lists on pages of 100 rows, sorted by a column: `sort` names it ("-" before it: downwards), `page` counts from 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func

from gateway.unit_of_work import UnitOfWork
from gateway.web.console.admin.scope import MOST


@dataclass(frozen=True)
class Listing:
    """One page of a list: its `rows`, how many there are in all, and by which column they are sorted."""

    rows: Sequence[Any]
    count: int
    page: int
    sort: str

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // MOST))

    def at(self, page: int) -> str:
        """Return the address of another page of this list."""
        return _address(page=page)

    def by(self, column: str) -> str:
        """Return the address of this list sorted by a column; downwards if it is sorted by that one already."""
        return _address(page=1, sort=f"-{column}" if self.sort == column else column)

    def order(self, column: str) -> str:
        """Return how a column is sorted, as `aria-sort` names it."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.sort, "none")


def _address(**changed: object) -> str:
    return f"{request.path}?{urlencode({**request.args.to_dict(), **changed})}"


def _page() -> int:
    typed = request.args.get("page", "")
    return max(1, int(typed)) if typed.isascii() and typed.isdecimal() and len(typed) < 9 else 1


def listed(uow: UnitOfWork, query: Select[Any], columns: Mapping[str, Any], first: str) -> Listing:
    """Return the page that the address asks for. `columns` are those to sort by; `first` is that of a bare address.

    The last of `columns` settles the order of equal rows.
    """
    asked = request.args.get("sort", first)
    sort = asked if asked.removeprefix("-") in columns else first
    count = uow.db.scalar(query.with_only_columns(func.count(), maintain_column_froms=True)) or 0
    page = min(_page(), -(-count // MOST) or 1)
    key = columns[sort.removeprefix("-")]
    ordered = query.order_by(key.desc() if sort.startswith("-") else key, list(columns.values())[-1])
    return Listing(uow.db.scalars(ordered.limit(MOST).offset((page - 1) * MOST)).all(), count, page, sort)
