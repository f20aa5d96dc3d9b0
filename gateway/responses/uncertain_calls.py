"""ROOM: decide what comes of an uncertain call: by the citizen's yes or no, the desk's answer, or silence.

Silence of citizen and desk makes it an incident by itself, marked "belum pasti". Nobody but a human settles one, and a
word of no settles none where the text showed need.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from gateway import dispatch, notices
from gateway.core.codes import in_brief
from gateway.core.policy import Policy
from gateway.core.reachability import Way
from gateway.core.uncertain import a_no_settles
from gateway.core.words.reading import NOTHING, DeskAnswer, Reading
from gateway.identity import audit_log, confidants, reachability
from gateway.identity.callers import Caller, identify
from gateway.inbound import clarifications
from gateway.incidents import opening, timeline
from gateway.models import clarification as clarification_rows
from gateway.models import incident as incidents
from gateway.models import policy_rule
from gateway.models import unit as units
from gateway.models.clarification import Clarification
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.models.labelled_text import EMERGENCY, EVERYDAY
from gateway.models.locking import lock_clarification, lock_line
from gateway.operations import labelled
from gateway.responses import officer_replies, raise_from_text
from gateway.unit_of_work import UnitOfWork

# --- the citizen's answer ---------------------------------------------------------------------------------------------


def confirm(uow: UnitOfWork, caller: Caller, said: Reading) -> Incident:
    """Take a yes of the phone that was asked: the text before and this one are the panic, also where a desk or a word
    of no had settled the question."""
    incidents.lock_open_of(uow.db, caller.phone)
    call = clarification_rows.lock_answerable(uow.db, caller.phone, uow.now())
    return dispatch.raise_alarm(uow, caller, "text", said=said, quiet=said.asks_quiet, answers=call)


def take_no(uow: UnitOfWork, caller: Caller, row: Inbound) -> None:
    """Take a word of no before an incident. It settles the question; where the text before showed need or the number is
    quiet, it only stops the ringing of the desk. The phone reads the same in both cases, because somebody else may hold
    it."""
    call = clarification_rows.lock_open_of(uow.db, caller.phone, uow.now())
    if reachability.to_caller(uow, caller, Way.ANSWER).allowed and not (call is not None and call.quiet):
        unit = units.by_id(uow.db, caller.unit_id)
        notices.tell(uow, caller.phone, caller.language, "citizen.no_noted", unit)
    if call is None:
        return
    if a_no_settles(call.call):
        clarifications.settle(uow, call, caller.name)
    else:
        clarification_rows.say_no(call, uow.now())
        clarifications.stop_ringing(uow, call)
    unit, key = units.by_id(uow.db, call.unit_id), NO_TOLD[call.is_open]
    notices.tell_desk(uow, unit, key, asker=call.phone, code=call.code, name=caller.name)


NO_TOLD = {True: "desk.says_no_open", False: "desk.says_no"}  # whether the call is still open after the no


# --- the desk's answer ------------------------------------------------------------------------------------------------


def answer(
    uow: UnitOfWork, by: str, call: Clarification, said: DeskAnswer, to: str | None = None, others: int = 0
) -> None:
    """Do what a desk answers about an uncertain call that is locked. `by` is the unit's or the user's name; `to` is the
    phone (E.164) that reads what was noted, where the answer came by text; `others` numbers are settled with it."""
    if not call.is_open and said is not DeskAnswer.EMERGENCY:
        _tell(uow, to, "desk.unclear_over", code=call.code, who=call.answered_by or "")
        return
    told = DO[said](uow, by, call)
    minutes = _policy(uow, call).unclear_look // 60
    _tell(uow, to, told, code=call.code, others=f"+{others}" if others else "", minutes=minutes)


def _policy(uow: UnitOfWork, call: Clarification) -> Policy:
    return policy_rule.policy_for(uow.db, units.by_id(uow.db, call.unit_id), call.asked_at)


def _emergency(uow: UnitOfWork, by: str, call: Clarification) -> str:
    running = uow.db.get(Incident, call.incident_id) if call.incident_id is not None else None
    if running is not None:  # silence, or somebody else, was quicker
        if running.closed:
            return "desk.unclear_over"
        opening.make_certain(uow, running, by)
        return "desk.noted_emergency"
    row = uow.db.get(Inbound, call.inbound_id)
    incident = raise_from_text.raise_alarm(uow, by, call.unit_id, call.phone, row.body if row is not None else "", call)
    if row is not None:
        labelled.keep(uow, row, EMERGENCY, by, incident.what)
    return "desk.noted_emergency"


def _no_emergency(uow: UnitOfWork, by: str, call: Clarification) -> str:
    clarifications.settle(uow, call, by)
    clarifications.see_text(uow, call)
    row = uow.db.get(Inbound, call.inbound_id)
    if row is not None and not call.quiet:
        labelled.keep(uow, row, EVERYDAY, by)
    audit_log.record(uow, by, "text.no_emergency", call.phone, call.code or "")
    return "desk.noted_no_emergency"


def _look(uow: UnitOfWork, by: str, call: Clarification) -> str:
    clarification_rows.look(call, uow.now() + timedelta(seconds=_policy(uow, call).unclear_look))
    clarifications.stop_ringing(uow, call)
    audit_log.record(uow, by, "text.looked_at", call.phone, call.code or "")
    return "desk.noted_look"


def look_again(uow: UnitOfWork, call: Clarification) -> None:
    """Open a locked call again that a desk has settled by mistake, as one at which it looks."""
    clarification_rows.look_again(call, uow.now() + timedelta(seconds=_policy(uow, call).unclear_look))


DO: dict[DeskAnswer, Callable[[UnitOfWork, str, Clarification], str]] = {
    DeskAnswer.EMERGENCY: _emergency,
    DeskAnswer.NO_EMERGENCY: _no_emergency,
    DeskAnswer.LOOK: _look,
}
# Keys of a call to a desk about an uncertain call (contract.md); any other repeats the menu.
KEYS = {"1": DeskAnswer.EMERGENCY, "5": DeskAnswer.NO_EMERGENCY, "2": DeskAnswer.LOOK}


def answer_by_text(uow: UnitOfWork, caller: Caller, said: Reading) -> None:
    """Take DARURAT, BUKAN or OK with the code of an uncertain call. The code stands in no text to a citizen, so it is
    the proof. An officer who read it in a bundle may start help, and only a desk ends it."""
    named = clarification_rows.newest_by_code(uow.db, said.code or "")
    line = lock_line(uow.db, named.id) if named is not None else ()
    if not line or said.desk_answer is None or not _may_know(uow, caller, line[0]):
        return
    call = line[0]
    if caller.desks:
        _answer_line(uow, caller, line, said.desk_answer)
        return
    if said.desk_answer is DeskAnswer.NO_EMERGENCY:
        _tell(uow, caller.phone, "officer.desk_settles", code=call.code)
        return
    answer(uow, caller.name, call, DeskAnswer.EMERGENCY)
    if said.desk_answer is DeskAnswer.LOOK and said.answer is not None:  # an officer's OK means "I go"
        officer_replies.step_in(uow, caller, said.answer, asked=True)


def _may_know(uow: UnitOfWork, caller: Caller, call: Clarification) -> bool:
    return confidants.around(uow, call.phone).allows(caller.phone)


def _answer_line(uow: UnitOfWork, caller: Caller, line: Sequence[Clarification], said: DeskAnswer) -> None:
    """Do what a desk answers to a code. A no settles every number of that line, because they wrote the same; otherwise
    the code is that of the first number only, and once it is used up the others stand in the next bundle."""
    settled = [call for call in line if call.is_open] if said is DeskAnswer.NO_EMERGENCY else []
    answer(uow, caller.name, line[0], said, caller.phone, others=max(0, len(settled) - 1))
    for call in settled[1:]:
        answer(uow, caller.name, call, said)


def ask_which(uow: UnitOfWork, caller: Caller) -> None:
    """Ask a desk which text its answer without a code is about; nothing is settled."""
    mine = clarification_rows.open_of_units(uow.db, [unit.id for unit in caller.desks], uow.now())
    codes = [call.code for call in mine if call.code]
    _tell(uow, caller.phone, "desk.which", codes=in_brief(codes), code=codes[0] if codes else "")


def _tell(uow: UnitOfWork, phone: str | None, key: str, **facts: object) -> None:
    if phone is not None:
        notices.owe_text(uow, phone, notices.sentence(uow, None, key, None, **facts))


# --- silence ----------------------------------------------------------------------------------------------------------


def act(uow: UnitOfWork, clarification_id: int) -> None:
    """Do everything that is due now for one uncertain call."""
    call = lock_clarification(uow.db, clarification_id)
    if call is None or not call.is_open:
        return
    now = uow.now()
    if call.opens_at is not None and call.opens_at <= now:
        open_itself(uow, call)
        return
    if call.ring_at is not None and call.ring_at <= now:
        clarification_rows.rung(call)
        circle = confidants.around(uow, call.phone)
        clarifications.ring(uow, call, confidants.desk_for(uow, circle, units.by_id(uow.db, call.unit_id)))
    if call.above_at is not None and call.above_at <= now:
        clarification_rows.told_above(call)
        _tell_above(uow, call)


def open_itself(uow: UnitOfWork, call: Clarification) -> None:
    """Make an uncertain call an incident, because neither the citizen nor the desk has settled it. A number that has
    left the register meanwhile opens nothing by itself; its text waits for a human."""
    caller = identify(uow, call.phone)
    if not caller.verified:
        clarification_rows.put_off(call)
        return
    incident = dispatch.raise_alarm(uow, caller, "text", said=NOTHING, quiet=call.quiet, uncertain=True)
    timeline.record(uow, incident, "uncertain", caller.name)


def _tell_above(uow: UnitOfWork, call: Clarification) -> None:
    unit, row = units.by_id(uow.db, call.unit_id), uow.db.get(Inbound, call.inbound_id)
    above = next(iter(clarifications.desks_above(uow, unit, call.phone)), None)
    if above is None or above.phone is None or row is None:
        return
    clarifications.tell_desk(uow, identify(uow, call.phone), call, row.body, above)
    clarifications.ring(uow, call, above)
