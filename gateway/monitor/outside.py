"""ROOM: the acts of other systems by /api/v1, and the form in which an incident leaves the house.

A system does nothing in its own name that stops phones: a yes and a closing name the human who says so, and count as
the desk of the unit for which its key acts, never as an officer's.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace

from gateway import dispatch
from gateway.core.incident_kinds import IncidentKind
from gateway.core.places.spots import Spot
from gateway.core.reachability import Why
from gateway.core.words.reading import read
from gateway.identity import audit_log
from gateway.identity.api_keys import Access
from gateway.identity.callers import identify
from gateway.identity.users import Identity
from gateway.incidents import caller_updates, timeline, waves
from gateway.incidents.opening import Reported
from gateway.location import position_in_text
from gateway.models import incident as incidents
from gateway.models.incident import Incident
from gateway.monitor import desk_actions
from gateway.monitor.card import Card
from gateway.monitor.desk_actions import NotNow
from gateway.monitor.dossier import Dossier
from gateway.responses.raise_from_text import Marked
from gateway.unit_of_work import UnitOfWork

CHANNEL = "api"
LONGEST_NAME = 120  # characters of a name on a timeline
# Fields that would tell who it is, or what was said, of an incident whose caller hides.
WITHHELD: Mapping[str, object] = {"phone": None, "name": None, "said": [], "kind_words": ""}


@dataclass(frozen=True)
class Alarm:
    """An emergency that another system reports."""

    caller: str = ""  # E.164; "": nobody can be rung or texted
    name: str = ""  # of the caller, or of the panel
    kind: IncidentKind = IncidentKind.UNKNOWN
    words: str = ""
    spot: Spot | None = None
    quiet: bool = False
    unit_id: int | None = None  # the unit that answers where no position names one


# --- acts -----------------------------------------------------------------------------------------------------


def raise_alarm(uow: UnitOfWork, access: Access, alarm: Alarm) -> tuple[Incident, bool]:
    """Open an incident, or join the one that this caller has open; return it, and whether it is new."""
    phone = alarm.caller or f"({CHANNEL} {secrets.token_hex(8)})"  # one incident a number: each has its own
    caller = Marked(**vars(identify(uow, phone)), marked_in=alarm.unit_id or access.identity.unit_id)
    said = read(alarm.words)
    spot = alarm.spot or (position_in_text.read(uow, caller, alarm.words) if alarm.words else None)
    before = incidents.open_of(uow.db, phone)
    incident = dispatch.raise_alarm(
        uow,
        caller,
        CHANNEL,
        quiet=alarm.quiet or said.asks_quiet,
        said=said,
        spot=spot,
        reported=Reported(alarm.name, alarm.kind),
    )
    incidents.lock(uow.db, incident.id)
    timeline.record(uow, incident, "reported", _name(access))
    audit_log.record(uow, _name(access), "incident.reported", incident.code)
    return incident, before is None


def add_words(uow: UnitOfWork, access: Access, incident: Incident, words: str, by: str = "") -> None:
    """Send words to everybody who was told of the incident. Alerts that have not left yet tell them; where nobody was
    told, they are noted."""
    who = _speaking(access, by)
    incident.words = caller_updates.all_written(incident.words, read(words))
    waves.reword(uow, incident)
    try:
        desk_actions.act(uow, who, incident, "tell_officers", {"words": words})
    except NotNow:
        desk_actions.act(uow, who, incident, "note", {"words": words})


def accept(uow: UnitOfWork, access: Access, incident: Incident, by: str) -> None:
    """Take the yes of the unit's desk, in which `by` is the human who says so. Raises NotNow."""
    desk_actions.act(uow, _speaking(access, by), incident, "take", {})


def close(uow: UnitOfWork, access: Access, incident: Incident, by: str, outcome: str, reason: str) -> None:
    """Close an incident for `by`, a human. One whose caller hides is closed only by a desk that has logged in. Raises
    NotNow."""
    if incident.quiet or incident.duress:
        raise NotNow("desk_only")
    desk_actions.act(uow, _speaking(access, by), incident, "close", {"outcome": outcome, "reason": reason})


def _speaking(access: Access, by: str) -> Identity:
    """Return the key's user under the name of the human for whom the system speaks."""
    name = f"{by} ({_name(access)})" if by else _name(access)
    return replace(access.identity, name=name[:LONGEST_NAME])


def _name(access: Access) -> str:
    return access.name or access.identity.name


# --- what leaves ----------------------------------------------------------------------------------------------


def card(shown: Card) -> dict[str, object]:
    """Return a card as other systems read it. Each says whether nobody may contact the person; of a quiet incident, or
    one under duress, neither number nor name nor words leave."""
    whole: dict[str, object] = asdict(shown)
    if is_dark(shown):
        whole |= WITHHELD
        if shown.where is not None:
            whole["where"] = asdict(replace(shown.where, place=""))  # it may be their own words
    if shown.no_call == Why.NO_NUMBER:  # where a number stands it holds a mark of ours
        whole["phone"] = None
    return whole | {"do_not_contact": not shown.may_call}


def is_dark(shown: Card) -> bool:
    """Return whether the caller hides, so that nothing which names them may leave."""
    return shown.quiet or shown.duress


def dossier(shown: Dossier) -> dict[str, object]:
    """Return a dossier as other systems read it; of a caller who hides, its lines without their words."""
    whole = asdict(shown) | {"card": card(shown.card)}
    if is_dark(shown.card):
        whole["lines"] = [{"at": line.at, "kind": line.kind, "who": "", "text": ""} for line in shown.lines]
        whole |= {"reason": None, "earlier": [], "links": []}
    return whole
