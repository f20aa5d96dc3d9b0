"""Do what a PIN asks for: the right PIN cancels or is passed on to the leader, the duress PIN raises the alarm.

Nobody who looks at the phone may tell which of the two PINs was given. Three rules see to that:

1. The answer is made from what the phone believes (gateway.models.caller_view), before anything is done.

2. Both hashes are checked each time, and slow work (a wave) is left to the worker, so the answer takes equally long.

3. After either PIN no news of that incident goes to the phone, and what the phone sends is answered as if the incident
had been cancelled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import Enum, auto

from gateway import dispatch, notices
from gateway.core import text_ages
from gateway.core.pin_ages import cancels
from gateway.core.sentences.phrases import clock_text
from gateway.core.words.reading import Reading
from gateway.identity import pins
from gateway.identity.callers import Caller
from gateway.incidents import caller_updates, closing, silence, timeline
from gateway.models import alert as alerts
from gateway.models import caller_view
from gateway.models import incident as incidents
from gateway.models import unit as units
from gateway.models.citizen import Citizen
from gateway.models.inbound import Inbound
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork

MOST_WRONG = 5  # after so many wrong PINs every PIN is answered as a wrong one
LOCKED_FOR = timedelta(hours=1)  # the lock ends so long after the last wrong PIN


class Verdict(Enum):
    RIGHT = auto()
    DURESS = auto()
    WRONG = auto()


@dataclass(frozen=True)
class Checked:
    """The verdict on a PIN. `locked` says that so many wrong PINs came before that the phone reads "wrong" in any
    case."""

    verdict: Verdict
    locked: bool = False

    @property
    def shown_right(self) -> bool:
        """Return whether the phone is told that the PIN is right; this is the same for the right and the duress PIN."""
        return self.verdict is not Verdict.WRONG and not self.locked


@dataclass(frozen=True)
class Told:
    """The answer that the phone may read. `key` names a sentence; an empty key means that the text answered nothing, so
    we ask back. `code` is the code that the phone knows, and `quiet` forbids that a text goes there."""

    key: str
    code: str = ""
    quiet: bool = False
    unit_id: int | None = None  # the unit whose desk's number stands in the answer


def check(uow: UnitOfWork, citizen: Citizen | None, pin: str | None) -> Checked:
    """Compare a PIN with all hashes of this citizen; this takes equally long whatever the verdict. Wrong PINs are
    counted. A duress PIN is recognised even while the citizen is locked out."""
    if pin is None or citizen is None:
        return Checked(Verdict.WRONG)
    citizen = uow.db.get(Citizen, citizen.id, with_for_update=True, populate_existing=True) or citizen
    stored = (citizen.pin_hash, citizen.duress_hash, citizen.forced_hash)
    right, duress, forced = (pins.matches(pin, hashed) for hashed in stored)
    verdict = Verdict.DURESS if duress or forced else Verdict.RIGHT if right else Verdict.WRONG
    # Whoever forced a change with the duress PIN believes that the new one has taken its place.
    replaced = duress and not forced and citizen.forced_hash is not None
    locked = _count(uow, citizen, Verdict.WRONG if replaced else verdict)
    if verdict is not Verdict.WRONG:
        citizen.pin_given_at = uow.now()
    return Checked(verdict, locked or replaced)


def _count(uow: UnitOfWork, citizen: Citizen, verdict: Verdict) -> bool:
    now = uow.now()
    if citizen.wrong_pin_at is not None and citizen.wrong_pin_at <= now - LOCKED_FOR:
        citizen.wrong_pins = 0
    locked = citizen.wrong_pins >= MOST_WRONG
    if verdict is Verdict.WRONG:
        citizen.wrong_pins, citizen.wrong_pin_at = citizen.wrong_pins + 1, now
    elif not locked:
        citizen.wrong_pins = 0
    return locked


# --- AMAN -----------------------------------------------------------------------------------------------------


def cancel(
    uow: UnitOfWork, caller: Caller, pin: str | None, channel: str, row: Inbound | None = None, *, safe: bool = True
) -> Told:
    """Do what AMAN <PIN> asks for, from any channel, and return all that the phone may read of it. `row` is its text,
    None for a menu; `safe` is false for a bare no, which is not AMAN."""
    incident = incidents.lock_open_of(uow.db, caller.phone)
    if not pins.has_one(caller.citizen) and incident is not None and incident.is_seen:
        return _without_pin(uow, incident, row, safe)
    checked = _in_time(incident, row, check(uow, caller.citizen, pin))
    told = _told(uow, caller, incident, checked)
    if checked.verdict is Verdict.DURESS:
        threaten(uow, caller, incident, checked, channel)
    elif incident is not None and row is not None and is_older(row, incident):
        note_older(uow, incident, row)
        if checked.verdict is Verdict.RIGHT and incident.is_seen:
            darken(uow, incident, checked)
    elif checked.shown_right and incident is not None:
        _over(uow, incident, caller.citizen)
    elif incident is not None:
        _doubt(uow, incident)
        if checked.verdict is Verdict.RIGHT:
            darken(uow, incident, checked)
    return told


def is_older(row: Inbound, incident: Incident) -> bool:
    """Return whether a text was sent before this incident was opened: then it ends nothing of it."""
    return not text_ages.ends(incident.opened_at, row.sent_by)


def _in_time(incident: Incident | None, row: Inbound | None, checked: Checked) -> Checked:
    """Return the verdict as the phone sees it: a PIN that was sent before the incident which it believes is open proves
    nothing of that one. As behind the lock, the phone hears nothing more by itself after either PIN."""
    older = incident is not None and incident.is_seen and row is not None and is_older(row, incident)
    return replace(checked, locked=True) if older else checked


def note_older(uow: UnitOfWork, incident: Incident, row: Inbound) -> None:
    """Note a text that was sent before the incident which it would end, and tell the desk."""
    unit = units.by_id(uow.db, incident.unit_id)
    sent = clock_text(row.sent_at or row.received_at, units.timezone_of(unit))
    timeline.record(uow, incident, "sent_before", incident.name, f"{sent}: {row.body}")
    notices.tell_desk(uow, unit, "desk.sent_before", incident, sent=sent, words=row.body)


def _without_pin(uow: UnitOfWork, incident: Incident, row: Inbound | None, safe: bool) -> Told:
    """Take AMAN from a phone whose owner has no PIN: it reads "cancelled" and is dismissed, because whoever reads over
    the shoulder must see it end; the officers and the desk go on and decide. A bare no changes nothing, and an AMAN
    that was sent before the incident was opened is only noted."""
    older = row is not None and is_older(row, incident)
    key = "citizen.cancelled" if safe and not older else "citizen.not_confirmed_no_pin"
    told = Told(key, incident.seen_code, incident.seen_quiet, incident.unit_id)
    if older and row is not None:
        note_older(uow, incident, row)
    elif safe:
        silence.dismiss(uow, incident)
        _doubt(uow, incident, "says_safe_no_pin")
    else:
        _doubt(uow, incident)
    return told


def _told(uow: UnitOfWork, caller: Caller, incident: Incident | None, checked: Checked) -> Told:
    if incident is None or not incident.is_seen:
        return Told("citizen.nothing_open" if checked.shown_right else "", quiet=caller.quiet, unit_id=caller.unit_id)
    passed_on = not incident.view.dismissed and incident.state != incidents.OPEN
    right = "citizen.cancel_passed_on" if passed_on else "citizen.cancelled"
    key = right if checked.shown_right else _not_confirmed(uow, incident)
    return Told(key, incident.seen_code, incident.seen_quiet, incident.unit_id)


def _not_confirmed(uow: UnitOfWork, incident: Incident) -> str:
    """Return the key of the answer to a wrong PIN: that officers go on is said only where one of them goes, as far as
    the phone knows."""
    leader = caller_updates.seen_leader(uow, incident)
    goes = leader is not None and not leader.is_desk
    return "citizen.not_confirmed_safe" if goes else "citizen.not_confirmed_open"


def _over(uow: UnitOfWork, incident: Incident, citizen: Citizen | None) -> None:
    """Act on the right PIN: cancel an incident that nobody has accepted. Otherwise the leader decides; under duress,
    and of a PIN that was set or changed a short time ago, the desk."""
    old = citizen is None or cancels(citizen.pin_set_at, incident.opened_at, uow.now())
    if incident.state == incidents.OPEN and not incident.duress and old:
        _cancel(uow, incident)
        return
    silence.dismiss(uow, incident)
    if old:
        _pass_on(uow, incident)
    else:
        timeline.record(uow, incident, "says_safe_new_pin", incident.name)
        notices.tell_desk(uow, units.by_id(uow.db, incident.unit_id), "desk.safe_new_pin", incident)


def _cancel(uow: UnitOfWork, incident: Incident) -> None:
    """Cancel an incident that nobody has accepted, and call off the texts that its phone is still owed."""
    notices.hush(uow, incident)
    closing.close(uow, incident, incidents.CANCELLED, incident.name, news="officer.cancelled")


def _pass_on(uow: UnitOfWork, incident: Incident) -> None:
    """Tell the leader of an accepted incident that the right PIN came. Without a leader, or under duress, the desk is
    told."""
    timeline.record(uow, incident, "says_safe_pin", incident.name)
    leader = alerts.leader_of(uow.db, incident)
    if incident.duress:
        notices.tell_desk(uow, units.by_id(uow.db, incident.unit_id), "desk.safe_under_duress", incident)
    elif leader is not None:
        notices.tell_alerted(uow, leader, incident, "officer.cancel_passed_on")
    else:
        notices.tell_desk(uow, units.by_id(uow.db, incident.unit_id), "officer.cancel_passed_on", incident)


def _doubt(uow: UnitOfWork, incident: Incident, told: str = "says_safe") -> None:
    """Tell the desk and everybody who was asked that the citizen wrote AMAN without a right PIN; this cancels nothing.
    `told` names the sentences."""
    timeline.record(uow, incident, "says_safe", incident.name)
    for alert in alerts.told(uow.db, incident.id):
        notices.tell_alerted(uow, alert, incident, f"officer.{told}")
    notices.tell_desk(uow, units.by_id(uow.db, incident.unit_id), f"desk.{told}", incident)


def threaten(uow: UnitOfWork, caller: Caller, incident: Incident | None, checked: Checked, channel: str) -> Incident:
    """Act on the duress PIN: raise an incident under duress, or put the open one under duress (one more wave, and
    everybody who was asked reads TERANCAM). Return the incident. A phone that was told "wrong PIN" still believes that
    the incident is open."""
    if incident is None:
        return dispatch.raise_alarm(uow, caller, channel, duress=True)
    shown = _shown(incident, checked)
    silence.make_duress(uow, incident)
    darken(uow, incident, checked, shown)
    return incident


def _shown(incident: Incident, checked: Checked) -> tuple[str | None, bool]:
    """Return the code of the incident that the phone believes is open after this PIN (None: no incident), and whether
    the phone believes that it is quiet."""
    open_as = incident.seen_code if incident.is_seen and checked.locked else None
    return open_as, incident.seen_quiet and open_as is not None


def darken(uow: UnitOfWork, incident: Incident, checked: Checked, shown: tuple[str | None, bool] | None = None) -> None:
    """Stop all news to the phone; its own questions are still answered.

    While the citizen is locked out the right PIN does this too: if the phone went on hearing who comes, somebody who
    looks at it would know that the PIN was not the duress PIN.
    """
    shown = shown or _shown(incident, checked)
    silence.dismiss(uow, incident)
    code, quiet = shown
    caller_view.believe_open(incident, code, quiet)


# --- BATAL DAFTAR ---------------------------------------------------------------------------------------------


def leave(
    uow: UnitOfWork, caller: Caller, pin: str | None, channel: str, row: Inbound | None = None
) -> tuple[bool, bool]:
    """Do what BATAL DAFTAR <PIN> asks for. Return whether the phone is told that it left, and whether it really left.

    After a duress PIN nobody leaves the register; the phone believes that it left as long as that incident is open.
    """
    incident = incidents.lock_open_of(uow.db, caller.phone)
    checked = _in_time(incident, row, check(uow, caller.citizen, pin))
    if checked.verdict is Verdict.DURESS:
        incident = threaten(uow, caller, incident, checked, channel)
        if checked.shown_right:
            caller_view.believe_left(incident)
        return checked.shown_right, False
    if checked.verdict is Verdict.RIGHT and incident is not None and checked.locked:
        darken(uow, incident, checked)
    elif checked.shown_right and incident is not None:
        silence.dismiss(uow, incident)
        timeline.record(uow, incident, "left", incident.name)
    return checked.shown_right, checked.shown_right


# --- what a phone sends that takes its incident for cancelled ---------------------------------------------------


def overhear(uow: UnitOfWork, phone: str, said: Reading, channel: str) -> None:
    """Add what a phone sends to the open incident that this phone believes is cancelled: the people who come hear it,
    and the phone is answered as if nothing was open."""
    incident = incidents.lock_open_of(uow.db, phone)
    if incident is None or incident.is_seen:
        return
    if channel == "call" or said.panic is not None:
        caller_updates.repeat(uow, incident, channel, said=said)
    else:
        caller_updates.add_words(uow, incident, said)
