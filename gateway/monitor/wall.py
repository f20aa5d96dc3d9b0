"""ROOM: the incidents on a wall that a whole room reads: code, kind, area, age and state, and nothing of a person.

Those that may not stand there are not counted either: a caller gives one of two PINs, and whoever watches the wall
would learn by the count which one it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from gateway.core.incident_kinds import IncidentKind
from gateway.core.reachability import may_be_posted
from gateway.identity import confidants, reachability
from gateway.identity.users import Identity
from gateway.models.incident import Incident
from gateway.monitor import board
from gateway.monitor.card import Card
from gateway.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Line:
    """One incident on the wall."""

    code: str
    kind: IncidentKind
    area: str  # a kelurahan, as the map names it; "" where nobody knows
    opened_at: datetime
    tone: str  # the state, as on its card
    drill: bool


def lines(uow: UnitOfWork, who: Identity, language: str) -> list[Line]:
    """Return the open incidents that a wall on which this user has logged in may name, in the order of the board."""
    cards = board.cards_of(uow, who, language, _posted(uow, who))
    return [_line(uow, card) for card in sorted(cards, key=lambda card: card.rank)]


def _posted(uow: UnitOfWork, who: Identity) -> list[Incident]:
    """Return the incidents that may be named; none of which some user must not know, since that user may stand in the
    room."""
    rows = [row for row in board.listed(uow, who) if not row.closed]
    quiet = reachability.quiet_now(uow, {row.phone for row in rows})
    public = [row for row in rows if may_be_posted(reachability.of_incident(uow, row, quiet))]
    return [row for row in public if not confidants.around(uow, row.phone).users]


def _line(uow: UnitOfWork, card: Card) -> Line:
    where = card.where
    area = uow.map_index.neighbourhood(uow.db).of(where.lat, where.lon).area if where is not None else ""
    return Line(card.code, card.kind, area, card.opened_at, card.tone, card.drill)
