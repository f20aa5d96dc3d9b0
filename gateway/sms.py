"""ROOM: everything that happens to a text that comes in. Keep it, understand it, act on it.

Ours leave by sending.py; what a carrier says of them later is receipts.py's.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace

from gateway import dispatch, notices
from gateway.core.messages import TextIn
from gateway.core.phone import can_reply, key, local, mask
from gateway.core.places.aml import redact
from gateway.core.words import answers, triage
from gateway.core.words.answers import OfficerAnswer
from gateway.core.words.triage import Apply, Here, Info, Leave, Meaning, Panic, Quiet, Report, Safe, Unclear, Yes
from gateway.identity.callers import Caller, identify
from gateway.inbound import clarifications, in_tray, unknown_numbers
from gateway.incidents import caller_updates, silence, volunteers
from gateway.location import locate, position_in_text
from gateway.models import clarification as clarification_rows
from gateway.models import inbound as inbounds
from gateway.models import incident as incidents
from gateway.models import unit as units
from gateway.models.alert import ACCEPTED
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.register import phone_commands
from gateway.responses import officer_replies, pin_cancel
from gateway.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)


# --- in -------------------------------------------------------------------------------------------------------


def receive(uow: UnitOfWork, text: TextIn) -> None:
    """Keep a text once, understand it, act on it.

    Whatever fails behind the keeping leaves the row marked for the sweep, and a second failure hands it to a human: a
    text is never lost with the code that reads it.
    """
    body = redact(text.body if text.position is None else f"{text.body}\ngeo:{text.position[0]},{text.position[1]}")
    phone = key(text.sender, text.region or uow.settings.default_region)
    row = in_tray.keep(uow, line=text.line, kind="text", ref=text.ref, phone=phone, body=body, raw=redact(text.raw))
    if row is None:
        log.info("repeated text", extra={"line": text.line, "phone": mask(phone)})
        return
    with in_tray.handling(uow, row):
        understand(uow, row)


def again(uow: UnitOfWork, row: Inbound) -> None:
    """The sweep's second try at a text that failed; after that a human gets the raw words."""
    with in_tray.handling(uow, row):
        understand(uow, row)
    if row.state == inbounds.TO_HUMAN and row.tries > 1 and row.incident_id is None:
        unit = units.desk_of(uow.db, units.by_id(uow.db, identify(uow, row.phone).unit_id))
        notices.tell_desk(uow, unit, "desk.raw", number=local(row.phone), words=row.body)


def understand(uow: UnitOfWork, row: Inbound) -> None:
    """Who wrote, and what it means from them."""
    if not can_reply(row.phone) or uow.lines.is_own(row.phone):
        return  # machines and our own numbers: kept, never answered
    if unknown_numbers.bounced(uow, row):
        row.state = inbounds.TO_HUMAN
        return
    caller = identify(uow, row.phone)
    row.verified = caller.verified
    if caller.responder and _answered(uow, caller, row):
        return
    if caller.verified_citizen and volunteers.answered(uow, caller, row.body):
        return
    meaning = triage.read(row.body)
    # who is on no list and has something open (a desk said so, or they were suspended since) is heard; the lock sees to
    # it that nothing they send opens another
    if not (caller.verified or caller.desks) and incidents.lock_seen_of(uow.db, row.phone) is None:
        _stranger(uow, caller, row, meaning)
        return
    MEANT[type(meaning)](uow, caller, row, meaning)


def _answered(uow: UnitOfWork, caller: Caller, row: Inbound) -> bool:
    """A responder's text: an answer if it is one and there is something to answer; else their own panic; else a
    citizen's words if they are a citizen just now; else chatter. True when nothing is left to understand."""
    said = _whole_place(answers.read(row.body, _codes(uow, caller)), row.body)
    if said is not None and (said.reply in officer_replies.SELF or _is_taken(uow, caller, said, row.body)):
        officer_replies.answer(uow, caller, said)
        return True
    if said is not None and said.reply is answers.Reply.ACCEPT and clarifications.settle_desk(uow, caller):
        return True
    if triage.panic_in(row.body, of_officer=True) is not None or _in_need(uow, caller):
        return False
    if caller.verified_citizen and not officer_replies.duties(uow, caller.phone):
        return False
    if said is not None:
        officer_replies.answer(uow, caller, said)  # says why it cannot be used: closed, or no such code
    else:
        officer_replies.chatter(uow, caller, row.body)
    return True


def _is_taken(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, body: str) -> bool:
    """Whether there is something that this answers. BANTUAN from who has not accepted can be no back-up: it is their
    own cry."""
    if said.reply is answers.Reply.BACKUP and triage.panic_in(body, of_officer=True) is not None:
        mine = [duty for duty in officer_replies.duties(uow, caller.phone) if said.code in (None, duty.incident.code)]
        return bool(mine) and mine[0].alert.state == ACCEPTED
    return officer_replies.find(uow, caller, said.code) is not None


def _whole_place(said: OfficerAnswer | None, body: str) -> OfficerAnswer | None:
    """POSISI with all that was written: to whoever reads commands, the sign of a latitude is punctuation."""
    return replace(said, words=body) if said is not None and said.reply is answers.Reply.POSITION else said


def _codes(uow: UnitOfWork, caller: Caller) -> set[str]:
    """The codes they may mean: with these known, "OKK7Q" and "RT2 OK" are read too."""
    return {duty.incident.code for duty in officer_replies.duties(uow, caller.phone)}


def _in_need(uow: UnitOfWork, caller: Caller) -> bool:
    running = incidents.seen_of(uow.db, caller.phone) is not None
    return running or clarification_rows.open_of(uow.db, caller.phone, uow.now()) is not None


def _stranger(uow: UnitOfWork, caller: Caller, row: Inbound, meaning: Meaning) -> None:
    """Not on the list, not verified or suspended: recorded and shown, rings nobody; one honest reply a day."""
    if isinstance(meaning, Apply | Leave | Report | Info):
        COMMANDS[type(meaning)](uow, caller, row, meaning)
        return
    pin_cancel.overhear(uow, row.phone, row.body, "text")
    row.state = inbounds.TO_HUMAN
    unknown_numbers.greet(uow, caller)


# --- what a verified number meant ------------------------------------------------------------------------------


def _panic(uow: UnitOfWork, caller: Caller, row: Inbound, panic: Panic) -> None:
    _raise(uow, caller, row, row.body, quiet=panic.quiet)


def _raise(uow: UnitOfWork, caller: Caller, row: Inbound, words: str, quiet: bool = False) -> None:
    clarification = clarification_rows.open_of(uow.db, caller.phone, uow.now())
    if clarification is not None:
        clarifications.settle(uow, clarification, caller.name)
    incident = dispatch.raise_alarm(
        uow, caller, "text", quiet=quiet, words=words, spot=position_in_text.read(uow, caller, words)
    )
    row.incident_id = incident.id


def _yes(uow: UnitOfWork, caller: Caller, row: Inbound, said: Yes) -> None:
    clarification = clarification_rows.open_of(uow.db, caller.phone, uow.now())
    if clarification is None:
        _unclear(uow, caller, row, Unclear())
        return
    asked = uow.db.get(Inbound, clarification.inbound_id)
    _raise(uow, caller, row, asked.body if asked is not None else row.body)


def _quiet(uow: UnitOfWork, caller: Caller, row: Inbound, said: Quiet) -> None:
    incident = _running(uow, caller, row)
    if incident is not None:
        silence.make_quiet(uow, incident)
        return
    silence.hold_number(uow, caller.phone)
    unit = units.by_id(uow.db, caller.unit_id)
    row.state = inbounds.TO_HUMAN
    notices.tell_desk(uow, unit, "desk.quiet_noted", name=caller.name, number=local(caller.phone))


def _safe(uow: UnitOfWork, caller: Caller, row: Inbound, said: Safe) -> None:
    """AMAN <PIN>: what it does is `safety`'s; the phone hears what that says, and no more."""
    told = pin_cancel.cancel(uow, caller, said.pin, "text")
    running = incidents.open_of(uow.db, caller.phone)
    row.incident_id = running.id if running is not None else None
    if not told.key:
        clarifications.ask_back(uow, caller, row)
        return
    clarification = clarification_rows.open_of(uow.db, caller.phone, uow.now())
    if clarification is not None and told.key == "citizen.nothing_open":
        clarifications.settle(uow, clarification, caller.name)
    if not told.quiet:
        notices.tell(uow, caller.phone, caller.language, told.key, units.by_id(uow.db, told.unit_id), code=told.code)


def _here(uow: UnitOfWork, caller: Caller, row: Inbound, said: Here) -> None:
    incident, spot = _running(uow, caller, row), position_in_text.read(uow, caller, row.body)
    if incident is not None:
        caller_updates.add_words(uow, incident, said.place, spot)
        notices.answer_citizen(uow, incident, "citizen.more_added")
    elif spot is not None:
        locate.keep_spot(uow, caller.phone, spot)
    else:
        clarifications.ask_back(uow, caller, row)


def _tip(uow: UnitOfWork, caller: Caller, row: Inbound, said: Report) -> None:
    """LAPOR of somebody who waits for help is about that: whoever comes has to read it."""
    incident = _running(uow, caller, row)
    if incident is None:
        phone_commands.report(uow, caller, row, said)
        return
    phone_commands.keep_report(uow, caller, said.words, "sms", row)
    caller_updates.add_words(uow, incident, said.words, position_in_text.read(uow, caller, said.words))
    notices.answer_citizen(uow, incident, "citizen.more_added")


def _unclear(uow: UnitOfWork, caller: Caller, row: Inbound, said: Unclear) -> None:
    incident = _running(uow, caller, row)
    if incident is None:
        clarifications.ask_back(uow, caller, row)
        return
    caller_updates.add_words(uow, incident, row.body, position_in_text.read(uow, caller, row.body))
    notices.answer_citizen(uow, incident, "citizen.more_added")


def _running(uow: UnitOfWork, caller: Caller, row: Inbound) -> Incident | None:
    running = incidents.lock_open_of(uow.db, caller.phone)
    if running is None:
        return None
    row.incident_id = running.id
    if not running.is_seen:
        pin_cancel.overhear(uow, caller.phone, row.body, "text")
        return None
    return running


COMMANDS: dict[type, Callable[..., None]] = {
    Apply: phone_commands.apply,
    Leave: phone_commands.leave,
    Report: phone_commands.report,
    Info: phone_commands.inform,
}
MEANT: dict[type, Callable[..., None]] = COMMANDS | {
    Panic: _panic,
    Yes: _yes,
    Quiet: _quiet,
    Safe: _safe,
    Here: _here,
    Report: _tip,
    Unclear: _unclear,
}
