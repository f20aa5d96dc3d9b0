"""ROOM: keep the kind of an incident, which words tell, the caller chooses in the menu, or a desk changes.

Everybody else reads `Incident.what`. A human's choice is never overwritten by words.
"""

from __future__ import annotations

from gateway.core.incident_kinds import IncidentKind
from gateway.core.sentences.phrases import say
from gateway.core.words.reading import Reading
from gateway.incidents import timeline, waves
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork


def tell(incident: Incident, said: Reading) -> bool:
    """Take the kind from the caller's words if none is known yet; return whether it is known now and was not before.
    Words of violence at home are remembered in any case."""
    incident.home_words = incident.home_words or said.kind.kind is IncidentKind.DOMESTIC_VIOLENCE
    if incident.what is not IncidentKind.UNKNOWN or incident.kind_by or said.kind.kind is IncidentKind.UNKNOWN:
        return False
    incident.kind, incident.kind_reason = said.kind.kind, ", ".join(said.kind.words)
    return True


def sharpen(uow: UnitOfWork, incident: Incident, said: Reading) -> None:
    """Let later words of the same caller tell the kind if it is not known yet. Alerts that have not left say it."""
    if tell(incident, said):
        write_down(uow, incident)
        waves.reword(uow, incident)
        waves.follow_kind(uow, incident)


def choose(uow: UnitOfWork, incident: Incident, kind: IncidentKind, shown: str) -> None:
    """Take what the caller chose in the menu, where it was called `shown`; a desk's choice stands."""
    if not incident.kind_by:
        incident.kind, incident.kind_reason = kind, shown
        write_down(uow, incident)
        waves.reword(uow, incident)
        waves.follow_kind(uow, incident)


def change(uow: UnitOfWork, incident: Incident, kind: IncidentKind, who: str) -> None:
    """Let a desk change the kind, under its user's name; from then on no words change it. The words that told the
    former kind stay, because the desk wants to see them."""
    incident.kind, incident.kind_by = kind, who
    write_down(uow, incident, who)
    waves.reword(uow, incident)
    waves.follow_kind(uow, incident)


def write_down(uow: UnitOfWork, incident: Incident, who: str = "") -> None:
    """Write the kind on the timeline, in the station's language."""
    told = say(f"console.kind.{incident.what}", uow.settings.default_language)
    timeline.record(uow, incident, "kind", who, told)
