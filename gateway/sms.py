"""ROOM: handle a text that comes in: keep it, read it once, decide once, do it.

The table in `gateway.core.intent` decides; this file has one function for each of its intents. Our own texts leave by
`gateway.delivery.sending`, and `gateway.delivery.delivery_receipts` takes what a carrier says of them later.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from gateway import dispatch, notices
from gateway.core import text_ages
from gateway.core.intent import decide
from gateway.core.intent.besides import Also
from gateway.core.intent.table import Kind
from gateway.core.messages import TextIn
from gateway.core.phone import key, local, mask
from gateway.core.places.aml import redact
from gateway.core.words.commands import ChangePin, Safe
from gateway.core.words.occasions import Occasion
from gateway.core.words.reading import MOST_READ, Reading
from gateway.core.words.triage import Panic
from gateway.identity.callers import Caller, identify
from gateway.inbound import clarifications, in_tray, opt_outs, sender_facts, unknown_numbers
from gateway.incidents import caller_updates, silence, volunteers
from gateway.location import home_unit, locate, position_in_text
from gateway.models import inbound as inbounds
from gateway.models import incident as incidents
from gateway.models import sealing
from gateway.models import unit as units
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.register import phone_checks, phone_commands
from gateway.responses import (
    hand_overs,
    help_texts,
    officer_replies,
    pin_cancel,
    pin_change,
    relays,
    synthetic_panics,
    uncertain_calls,
)
from gateway.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)


# --- in -------------------------------------------------------------------------------------------------------


def receive(uow: UnitOfWork, text: TextIn) -> None:
    """Keep a text once, understand it, act on it. Of a longer text the first MOST_READ characters are understood and
    shown; the rest stays sealed in what the carrier delivered. A long one is committed before it is understood.

    If anything fails after the keeping, the sweep tries again, and after a second failure a human gets the text.
    """
    spot = "" if text.position is None else f"\ngeo:{text.position[0]},{text.position[1]}"
    phone = key(text.sender, text.region or uow.settings.default_region)
    sent_at = text_ages.believed(text.sent_at, uow.arrived()) or uow.came_at
    number = key(text.recipient, uow.settings.default_region) if text.recipient else ""
    called, words = in_tray.addressed(uow, text.body, number)
    body, raw = redact(words)[: MOST_READ - len(spot)] + spot, redact(text.raw or text.body)
    row = in_tray.keep(
        uow, line=text.line, kind="text", ref=text.ref, phone=phone, body=body, raw=raw, sent_at=sent_at, called=called
    )
    if row is None:
        log.info("repeated text", extra={"line": text.line, "phone": mask(phone)})
        return
    opt_outs.note(uow, text, phone)
    if len(text.body) <= in_tray.LONG or in_tray.begin(uow, row):
        with in_tray.handling(uow, row):
            understand(uow, row)


def again(uow: UnitOfWork, row: Inbound) -> None:
    """Try a text that failed a second time, for the sweep; if it fails again, a human gets the raw words."""
    uow.came_at = row.received_at
    if row.body == sealing.UNREADABLE:  # no second try can read it
        row.state, row.tries = inbounds.TO_HUMAN, row.tries + in_tray.MOST_TRIES
    elif in_tray.begin(uow, row):
        with in_tray.handling(uow, row):
            understand(uow, row)
    if row.state == inbounds.TO_HUMAN and row.tries > 1 and row.incident_id is None:
        unit = units.desk_of(uow.db, units.by_id(uow.db, identify(uow, row.phone).unit_id))
        notices.tell_desk(uow, unit, "desk.raw", asker=row.phone, number=local(row.phone), words=row.body)


def understand(uow: UnitOfWork, row: Inbound) -> None:
    """Read a kept text, decide what it is, and do that and everything else that it holds."""
    if synthetic_panics.heard(uow, row):
        return
    caller = identify(uow, row.phone)
    if not (caller.verified or caller.desks):
        # Were an unknown number's open incident closed before this text is done, the text would open another one.
        incidents.lock_open_of(uow.db, row.phone)
    case = sender_facts.gather(uow, caller, row.body, row.sent_by)
    intent = decide(case)
    verified = caller.verified and intent.kind not in UNREAD
    for extra in intent.also:
        ALSO[extra.also](uow, caller, row, case.reading)
    if intent.also:  # what was done beside it may have changed what the number is
        caller = identify(uow, row.phone)
    DO[intent.kind](uow, caller, row, case.reading)
    row.verified = verified  # written at the end, with what else the row has learned
    help_texts.texted(uow, caller, intent.kind)


# --- texts that nobody reads, and of numbers on no list ---------------------------------------------------------------


def _ignore(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """Do nothing: the kept row is all that remains of the text."""


def _show_desk(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    row.state = inbounds.TO_HUMAN


def _not_listed(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """Show the text of an unknown number to the desks that it belongs to; nobody is rung. A cry is told at once that
    nobody comes, other words once a day. Words that ask for quiet do not come here: they ring the desk."""
    row.state = inbounds.TO_HUMAN
    unit = home_unit.of_text(uow, caller, row.body, row.called)
    row.unit_id = unit.id if unit is not None else None
    if said.panic is not None or isinstance(said.meaning, Panic):
        unknown_numbers.answer_cry(uow, caller)
    else:
        unknown_numbers.greet(uow, caller)


# --- answers of officers, desks and volunteers ------------------------------------------------------------------------


def _answer(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    if said.whole_answer is not None and not phone_checks.take_word(uow, caller, said.whole_answer, row.line):
        officer_replies.answer(uow, caller, said.whole_answer, sent_by=row.sent_by, words=said.body)
        phone_checks.note_text(uow, caller, said.whole_answer, row.line)


def _step_in(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    if said.answer is not None:
        officer_replies.step_in(uow, caller, said.answer)


def _answer_call(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    uncertain_calls.answer_by_text(uow, caller, said)


def _ask_which(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    uncertain_calls.ask_which(uow, caller)


def _hand_over(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    hand_overs.hand_over(uow, caller, said)


def _relay(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    relays.from_officer(uow, caller, said)


def _chatter(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    if not officer_replies.chatter(uow, caller, said):
        row.state = inbounds.TO_HUMAN


def _help(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    if said.answer is None or not volunteers.answer(uow, caller, said.answer):
        _words(uow, caller, row, said)


# --- a citizen's words ------------------------------------------------------------------------------------------------


def _panic(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    _raise(uow, caller, row, said, isinstance(said.meaning, Panic) and said.meaning.quiet)


def _cry(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """Raise an officer's own panic that stands beside an answer. It is raised before the answer is done: if it asks for
    quiet, the reply to the answer must stay quiet too."""
    _raise(uow, caller, row, said, said.cries_quietly)


def _raise(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading, quiet: bool = False) -> None:
    spot = position_in_text.read(uow, caller, said.body)
    sent_at = row.late_since(uow.now())
    row.incident_id = dispatch.raise_alarm(uow, caller, "text", quiet=quiet, said=said, spot=spot, sent_at=sent_at).id


def _confirm(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    row.incident_id = uncertain_calls.confirm(uow, caller, said).id


def _take_no(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """Take a no; its text stays on the desk's list."""
    row.state = inbounds.TO_HUMAN
    uncertain_calls.take_no(uow, caller, row)


def _old_no(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """Show the desk a no that was sent before the question which it would settle."""
    row.state = inbounds.TO_HUMAN
    clarifications.tell_of_old(uow, caller, row)


def _quiet(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    incident = _running(uow, caller, row)
    if incident is not None:
        silence.make_quiet(uow, incident)
        return
    _uncertain(uow, caller, row, said)


def _uncertain(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """Keep the text as an uncertain call."""
    clarifications.ask(uow, caller, row, said)


def _note(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """Show the desk a text that clearly needs nobody. Who greets us, or answers no question of ours, reads that nobody
    is sent."""
    row.state = inbounds.TO_HUMAN
    if said.occasion in (None, Occasion.GREETING):
        clarifications.say_nobody_is_sent(uow, caller)


def _cancel(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """Do what AMAN <PIN> asks for: `pin_cancel` decides, and the phone reads what it returns and nothing more."""
    safe = said.command if isinstance(said.command, Safe) else None
    told = pin_cancel.cancel(uow, caller, safe.pin if safe else None, "text", row, safe=safe is not None)
    running = incidents.open_of(uow.db, caller.phone)
    row.incident_id = running.id if running is not None else None
    if not told.key:
        _uncertain(uow, caller, row, said)
        return
    clarifications.settle_by_pin(uow, caller, told.key, row)
    if not told.quiet:
        notices.tell(uow, caller.phone, caller.language, told.key, units.by_id(uow.db, told.unit_id), code=told.code)


def _change_pin(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """Do what PIN <old> <new> asks for. Of a text without two PINs the form comes back."""
    form = said.form(ChangePin)
    key = pin_change.FORM
    if form.old is not None and form.new is not None:
        key = pin_change.change(uow, caller, form.old, form.new, "text")
    running = incidents.open_of(uow.db, caller.phone)
    row.incident_id = running.id if running is not None else None
    if not caller.quiet:
        notices.tell(uow, caller.phone, caller.language, key, phone_commands.unit_of(uow, caller))


def _place(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    incident, spot = _running(uow, caller, row), position_in_text.read(uow, caller, said.body)
    if incident is not None:
        caller_updates.add_words(uow, incident, said.free, spot)
        notices.answer_citizen(uow, incident, "citizen.more_added")
    elif spot is not None:
        locate.keep_spot(uow, caller.phone, spot)
    else:
        _uncertain(uow, caller, row, said)


def _report(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    incident = _running(uow, caller, row)
    if incident is None:
        phone_commands.report(uow, caller, row, said)
        return
    phone_commands.keep_report(uow, caller, said.free.body, "sms", row)
    caller_updates.add_words(uow, incident, said.free, position_in_text.read(uow, caller, said.free.body))
    notices.answer_citizen(uow, incident, "citizen.more_added")


def _words(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    incident = _running(uow, caller, row)
    if incident is None:
        _uncertain(uow, caller, row, said)
        return
    caller_updates.add_words(uow, incident, said, position_in_text.read(uow, caller, said.body))
    notices.answer_citizen(uow, incident, "citizen.more_added")


# --- what else a text holds -------------------------------------------------------------------------------------------


def _keep_dark(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    """Keep a phone dark whose text asks for it, before anything about that text is answered."""
    incident = _running(uow, caller, row)
    if incident is not None:
        silence.make_quiet(uow, incident)
    else:
        silence.hold_number(uow, caller.phone)


def _overhear(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    pin_cancel.overhear(uow, caller.phone, said, "text")


def _follow_up(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> None:
    relays.follow_up(uow, caller, said)


def _running(uow: UnitOfWork, caller: Caller, row: Inbound) -> Incident | None:
    """Return the incident that the phone believes is open, locked until the commit, or None. The row is tied to the
    incident that is really open."""
    running = incidents.lock_open_of(uow.db, caller.phone)
    row.incident_id = running.id if running is not None else row.incident_id
    return running if running is not None and running.is_seen else None


Do = Callable[[UnitOfWork, Caller, Inbound, Reading], None]
UNREAD = frozenset({Kind.IGNORE, Kind.SHOW_DESK})  # the sender of these is not looked at
ALSO: dict[Also, Do] = {
    Also.KEEP_DARK: _keep_dark,
    Also.CRY: _cry,
    Also.OVERHEARD: _overhear,
    Also.FOLLOW_UP: _follow_up,
}
DO: dict[Kind, Do] = {
    Kind.IGNORE: _ignore,
    Kind.SHOW_DESK: _show_desk,
    Kind.OWN_DUTY: _answer,
    Kind.ANSWER: _answer,
    Kind.STEP_IN: _step_in,
    Kind.ANSWER_CALL: _answer_call,
    Kind.ASK_WHICH: _ask_which,
    Kind.EXPLAIN: _answer,
    Kind.HAND_OVER: _hand_over,
    Kind.RELAY: _relay,
    Kind.CHATTER: _chatter,
    Kind.HELP: _help,
    Kind.CHANGE_PIN: _change_pin,
    Kind.APPLY: phone_commands.apply,
    Kind.LEAVE: phone_commands.leave,
    Kind.INFO: phone_commands.inform,
    Kind.ADD_REPORT: _report,
    Kind.REPORT: _report,
    Kind.RING_DESK: _uncertain,
    Kind.NOT_LISTED: _not_listed,
    Kind.PANIC: _panic,
    Kind.CONFIRM: _confirm,
    Kind.OLD_NO: _old_no,
    Kind.TAKE_NO: _take_no,
    Kind.HUSH: _quiet,
    Kind.NOTE_QUIET: _quiet,
    Kind.CANCEL: _cancel,
    Kind.ADD_PLACE: _place,
    Kind.KEEP_PLACE: _place,
    Kind.ADD_WORDS: _words,
    Kind.NOTE: _note,
    Kind.ASK_BACK: _words,
}
