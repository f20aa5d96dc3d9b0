"""ROOM: a desk decides that a text is an emergency, even if the number is on no list."""

from __future__ import annotations

from dataclasses import dataclass

from gateway import dispatch
from gateway.core.words.reading import read
from gateway.identity.callers import Caller, identify
from gateway.incidents import timeline
from gateway.location import position_in_text
from gateway.models import incident as incidents
from gateway.models.clarification import Clarification
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Marked(Caller):
    """A caller whose text a desk marked as an emergency.

    If no better unit is known, that desk's unit answers for it.
    """

    marked_in: int | None = None

    @property
    def unit_id(self) -> int | None:
        return super().unit_id or self.marked_in


def raise_alarm(
    uow: UnitOfWork, by: str, unit_id: int | None, phone: str, words: str, answers: Clarification | None = None
) -> Incident:
    """Open an incident for this number, or join its open one; the timeline names the desk that marked it.

    `by` is the user's or the unit's name, `unit_id` the unit of that desk. `phone` is E.164 or the carrier's own
    string. `words` are the text; a position in them is used. `answers` is the uncertain call that the text made.
    """
    caller = Marked(**vars(identify(uow, phone)), marked_in=unit_id)
    spot = position_in_text.read(uow, caller, words) if words else None
    said = read(words)
    incident = dispatch.raise_alarm(uow, caller, "desk", said=said, spot=spot, quiet=said.asks_quiet, answers=answers)
    incidents.lock(uow.db, incident.id)
    timeline.record(uow, incident, "marked", by)
    return incident
