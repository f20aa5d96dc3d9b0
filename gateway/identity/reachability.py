"""Gathers the facts about a phone, and asks `gateway.core.reachability` whether it may be reached.

Rooms, pages and senders call these functions; they add no condition of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from gateway.core.phone import can_reply
from gateway.core.reachability import Caution, PhoneFacts, Question, Reach, Way, caution, reach
from gateway.identity.callers import Caller
from gateway.models import incident as incidents
from gateway.models import quiet_number as quiet_numbers
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork


def to_caller_of(uow: UnitOfWork, incident: Incident, way: Way) -> Reach:
    """Say whether the phone that asked for help in this incident may be reached in this way now, and if not, why."""
    return reach(of_incident(uow, incident, quiet_with(uow, incident)), way)


def to_caller(uow: UnitOfWork, caller: Caller, way: Way) -> Reach:
    """Say whether the phone of a number may be reached in this way now, about no incident in particular.

    With an incident of theirs open, what bars the phone in it bars it here too. An exception is a text that answers
    what the phone has just sent: it follows what the phone believes, and a phone that believes nothing open is simply
    answered.
    """
    running = incidents.open_of(uow.db, caller.phone)
    here = PhoneFacts(number=_is_number(uow, caller.phone), ring_back=caller.ring_back, quiet_number=caller.quiet)
    if running is None:
        return reach(here, way)
    question = running.view.question(uow.now())
    if way is Way.ANSWER:
        return reach(replace(here, question=question), way)
    own = of_incident(uow, running, {running.phone} if caller.quiet else set())
    return reach(replace(own, ring_back=own.ring_back and caller.ring_back), way)


def caution_for(uow: UnitOfWork, incident: Incident) -> Caution:
    """Return the caution that officers read before they ring the phone that asked for help in this incident."""
    return caution(of_incident(uow, incident, quiet_with(uow, incident)))


def of_incident(uow: UnitOfWork, incident: Incident, quiet: Collection[str]) -> PhoneFacts:
    """The facts about the phone that asked in this incident. `quiet`: the numbers that `quiet_now` has found."""
    view = incident.view
    return PhoneFacts(
        number=_is_number(uow, incident.phone),
        ring_back=incident.ring_back,
        quiet_number=incident.phone in quiet,
        quiet=incident.quiet,
        duress=incident.duress,
        at_home=incident.is_at_home,
        asking=view.is_asking(uow.now()),
        drill=incident.drill,
        after_pin=view.after_pin,
        dismissed=view.dismissed,
        believed_open=view.code is not None,
        believed_quiet=view.quiet,
        question=view.question(uow.now()),
    )


def quiet_now(uow: UnitOfWork, phones: Collection[str]) -> set[str]:
    """Return those of these numbers that are quiet: by a quiet word of the last 12 hours, or by an open incident that
    the phone itself takes for quiet."""
    return quiet_beside(uow, incidents.open_of_phones(uow.db, phones), phones)


def quiet_with(uow: UnitOfWork, incident: Incident) -> set[str]:
    """Return the phone of this incident if it is quiet now. While the incident is open it is the only one of its phone
    that can be."""
    rows = incidents.open_of_phones(uow.db, [incident.phone]) if incident.closed else [incident]
    return quiet_beside(uow, rows, [incident.phone])


def quiet_beside(uow: UnitOfWork, rows: Sequence[Incident], phones: Collection[str]) -> set[str]:
    """Return the same for a caller who has read the open incidents of these phones already (`rows`)."""
    by_incident = {row.phone for row in rows if row.hushes_phone}
    return by_incident | quiet_numbers.among(uow.db, phones, uow.now())


def to_officer(uow: UnitOfWork, phone: str) -> Reach:
    """Say whether an officer's phone may be reached about somebody else's incident."""
    return reach(on_duty(uow, incidents.open_of(uow.db, phone), quiet_now(uow, [phone]), phone), Way.DUTY)


def hidden_officers(uow: UnitOfWork) -> set[str]:
    """Return the phones of officers that must not be asked for anybody, because these officers need help and quiet
    themselves."""
    own = incidents.open_of_officers(uow.db)
    quiet = quiet_numbers.every(uow.db, uow.now()) | {row.phone for row in own if row.hushes_phone}
    return quiet | {row.phone for row in own if not reach(on_duty(uow, row, quiet, row.phone), Way.DUTY).allowed}


def on_duty(uow: UnitOfWork, own: Incident | None, quiet: Collection[str], phone: str) -> PhoneFacts:
    """Return the facts about an officer's phone that is asked about somebody else's incident. `own` is the incident
    that this officer has open, if any."""
    question = own.view.question(uow.now()) if own is not None else Question.NONE
    return PhoneFacts(quiet_number=phone in quiet, question=question)


def _is_number(uow: UnitOfWork, phone: str) -> bool:
    return can_reply(phone) and not uow.lines.is_own(phone)
