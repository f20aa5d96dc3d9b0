"""ROOM: take down, at the counter, whom a citizen names as those who must never know of a call for help of theirs.

It is a room that only takes: no page shows the list, and every answer is the same. A user who is on it reads, writes
and sees what they would if there were none; what such a user types is dropped. Who is named while a call for help is
open is taken off it without a word. The audit trail says that somebody opened or changed it, never what stands in it,
and not to those who stand in it.
"""

from __future__ import annotations

from collections.abc import Callable

from gateway import dispatch
from gateway.core.confidants import user_key
from gateway.core.phone import e164
from gateway.core.sentences.refusal import Refusal
from gateway.identity import audit_log, confidants
from gateway.identity.users import Identity
from gateway.models import citizen as citizens
from gateway.models import incident as incidents
from gateway.models import never_asked
from gateway.models import user as accounts
from gateway.models.citizen import Citizen
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork

MOST = 20  # so that nobody can name a whole force
CHANGED, READ = "citizen.sealed", "citizen.sealed_read"  # what the audit trail says


class BadName(Refusal):
    """Somebody cannot be named as it was typed."""


def key_of(uow: UnitOfWork, typed: str) -> str:
    """Return the key of the number or the user of the console that was typed. Raises BadName."""
    words = typed.strip()
    number = e164(words, uow.settings.default_region) if any(map(str.isdigit, words)) else None
    if number is not None:
        return number
    user = accounts.by_name(uow.db, words) if words else None
    if user is None:
        raise BadName("never_ask_whom", "whom")
    return user_key(user.name)


def change(uow: UnitOfWork, citizen: Citizen, action: str, typed: str, who: Identity) -> None:
    """Do one of ACTIONS for this citizen. Raises KeyError for another, and BadName where `typed` cannot be read or the
    list is full."""
    running = _lock_open(uow, citizen)  # first of all: docs/developers/lock-order.md
    uow.db.refresh(citizen, with_for_update={"of": Citizen})
    do = ACTIONS[action]
    key = key_of(uow, typed) if action != "forget" else ""
    audit_log.record(uow, who.name, CHANGED, citizen.phone)
    if not confidants.hides(uow, who, citizen.phone):
        do(uow, citizen.person_id, key)
        for incident in running:
            dispatch.leave_out(uow, incident, confidants.around(uow, incident.phone).phones)


def _lock_open(uow: UnitOfWork, citizen: Citizen) -> list[Incident]:
    """Return the open incidents of this person, locked until the commit, the one with the lowest id first."""
    found = incidents.open_of_phones(uow.db, citizens.numbers_of(uow.db, citizen.person_id))
    locked = [incidents.lock(uow.db, incident_id) for incident_id in sorted(row.id for row in found)]
    return [incident for incident in locked if not incident.closed]


def _name(uow: UnitOfWork, person_id: int, key: str) -> None:
    if never_asked.count(uow.db, person_id) >= MOST:
        raise BadName("never_ask_full", "whom")
    never_asked.add(uow.db, person_id, key)


def _strike(uow: UnitOfWork, person_id: int, key: str) -> None:
    never_asked.strike(uow.db, person_id, key)


def _forget(uow: UnitOfWork, person_id: int, key: str) -> None:
    never_asked.forget(uow.db, person_id)


ACTIONS: dict[str, Callable[[UnitOfWork, int, str], None]] = {"name": _name, "strike": _strike, "forget": _forget}


def read(uow: UnitOfWork, citizen: Citizen, by: str, reason: str) -> list[str]:
    """Return whom the citizen named, for an operator who answers a written request of theirs, and audit the look."""
    audit_log.record(uow, by, READ, citizen.phone, reason)
    return sorted(never_asked.named_by(uow.db, citizen.person_id))
