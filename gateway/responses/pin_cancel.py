"""What a PIN does. The right one cancels, or is passed to the leader; the duress one raises the alarm.

On the phone the two are one: the answer is made from what the phone believes before anything is done, both hashes are
checked each time, and what takes long (the wave) is the worker's. After either PIN nothing about that incident goes to
the phone, and what it sends is answered as if the incident had been cancelled (gateway.models.caller_view holds what
the phone believes).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto

from gateway import dispatch, notices
from gateway.core.words.reading import Reading
from gateway.identity import pins
from gateway.identity.callers import Caller
from gateway.incidents import caller_updates, closing, silence, timeline
from gateway.models import alert as alerts
from gateway.models import caller_view
from gateway.models import incident as incidents
from gateway.models import unit as units
from gateway.models.citizen import Citizen
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork

MOST_WRONG = 5  # then every PIN is answered as a wrong one, until
LOCKED_FOR = timedelta(hours=1)  # have passed since the last wrong one


class Verdict(Enum):
    RIGHT = auto()
    DURESS = auto()
    WRONG = auto()


@dataclass(frozen=True)
class Checked:
    """A PIN as it was found, and whether so many wrong ones came before that the phone hears "wrong" in any case."""

    verdict: Verdict
    locked: bool = False

    @property
    def shown_right(self) -> bool:
        """What the phone is told; the same for both PINs."""
        return self.verdict is not Verdict.WRONG and not self.locked


@dataclass(frozen=True)
class Told:
    """What the phone is answered: the key of a sentence (empty: what it sent is no answer to anything, so we ask back),
    the code as the phone knows it, and whether a text may go there."""

    key: str
    code: str = ""
    quiet: bool = False
    unit_id: int | None = None  # whose desk's number it is told


def check(uow: UnitOfWork, citizen: Citizen | None, pin: str | None) -> Checked:
    """Compare a PIN with both hashes, in the same time whichever it is. Wrong ones are counted; a duress PIN is known
    through the lock."""
    if pin is None or citizen is None:
        return Checked(Verdict.WRONG)
    citizen = uow.db.get(Citizen, citizen.id, with_for_update=True, populate_existing=True) or citizen
    right, duress = pins.matches(pin, citizen.pin_hash), pins.matches(pin, citizen.duress_hash)
    verdict = Verdict.DURESS if duress else Verdict.RIGHT if right else Verdict.WRONG
    locked = _count(uow, citizen, verdict)
    return Checked(verdict, locked)


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


def cancel(uow: UnitOfWork, caller: Caller, pin: str | None, channel: str) -> Told:
    """AMAN <PIN>, from whichever channel. What comes back is all that the phone may hear of it."""
    incident = incidents.lock_open_of(uow.db, caller.phone)
    checked = check(uow, caller.citizen, pin)
    told = _told(caller, incident, checked)
    if checked.verdict is Verdict.DURESS:
        _threatened(uow, caller, incident, checked, channel)
    elif checked.shown_right and incident is not None:
        _over(uow, incident)
    elif incident is not None:
        _doubt(uow, incident)
        if checked.verdict is Verdict.RIGHT:
            _darken(uow, incident, checked)
    return told


def _told(caller: Caller, incident: Incident | None, checked: Checked) -> Told:
    if incident is None or not incident.is_seen:
        return Told("citizen.nothing_open" if checked.shown_right else "", quiet=caller.quiet, unit_id=caller.unit_id)
    passed_on = not incident.view.dismissed and incident.state != incidents.OPEN
    right = "citizen.cancel_passed_on" if passed_on else "citizen.cancelled"
    key = right if checked.shown_right else "citizen.not_confirmed_safe"
    return Told(key, incident.seen_code, incident.seen_quiet, incident.unit_id)


def _over(uow: UnitOfWork, incident: Incident) -> None:
    """The right PIN: an open incident is cancelled; from accepted on whoever leads decides, under duress the desk."""
    if incident.state == incidents.OPEN and not incident.duress:
        _cancel(uow, incident)
        return
    silence.dismiss(uow, incident)
    _pass_on(uow, incident)


def _cancel(uow: UnitOfWork, incident: Incident) -> None:
    """The right PIN before anybody has accepted."""
    notices.hush(uow, incident)
    closing.close(uow, incident, incidents.CANCELLED, incident.name, news="officer.cancelled")


def _pass_on(uow: UnitOfWork, incident: Incident) -> None:
    """The right PIN when somebody already goes: whoever leads decides; with nobody, or under duress, the desk hears."""
    timeline.record(uow, incident, "says_safe_pin", incident.name)
    leader = alerts.leader_of(uow.db, incident)
    if incident.duress:
        notices.tell_desk(uow, units.by_id(uow.db, incident.unit_id), "desk.safe_under_duress", incident)
    elif leader is not None:
        notices.tell_alerted(uow, leader, incident, "officer.cancel_passed_on")
    else:
        notices.tell_desk(uow, units.by_id(uow.db, incident.unit_id), "officer.cancel_passed_on", incident)


def _doubt(uow: UnitOfWork, incident: Incident) -> None:
    """AMAN without a right PIN cancels nothing; everybody involved hears just that."""
    timeline.record(uow, incident, "says_safe", incident.name)
    for alert in alerts.told(uow.db, incident.id):
        notices.tell_alerted(uow, alert, incident, "officer.says_safe")
    notices.tell_desk(uow, units.by_id(uow.db, incident.unit_id), "desk.says_safe", incident)


def _threatened(uow: UnitOfWork, caller: Caller, incident: Incident | None, checked: Checked, channel: str) -> Incident:
    """Quiet, a wave more, and everybody asked hears TERANCAM. A phone that was told "wrong PIN" takes its incident for
    open still."""
    if incident is None:
        return dispatch.raise_alarm(uow, caller, channel, duress=True)
    shown = _shown(incident, checked)
    silence.make_duress(uow, incident)
    _darken(uow, incident, checked, shown)
    return incident


def _shown(incident: Incident, checked: Checked) -> tuple[str | None, bool]:
    """What its phone takes for open after a PIN, and whether it takes that for quiet."""
    open_as = incident.seen_code if incident.is_seen and checked.locked else None
    return open_as, incident.seen_quiet and open_as is not None


def _darken(
    uow: UnitOfWork, incident: Incident, checked: Checked, shown: tuple[str | None, bool] | None = None
) -> None:
    """Nothing more goes to the phone by itself. Behind the lock after the right PIN too, or hearing on of who comes
    would tell it from the duress one; what it asks is answered still."""
    shown = shown or _shown(incident, checked)
    silence.dismiss(uow, incident)
    code, quiet = shown
    caller_view.believe_open(incident, code, quiet)


# --- BATAL DAFTAR ---------------------------------------------------------------------------------------------


def leave(uow: UnitOfWork, caller: Caller, pin: str | None, channel: str) -> tuple[bool, bool]:
    """BATAL DAFTAR <PIN>: whether the phone hears that it left, and whether it really did.

    Under duress nobody leaves; the phone takes itself for unregistered as long as that incident runs.
    """
    incident = incidents.lock_open_of(uow.db, caller.phone)
    checked = check(uow, caller.citizen, pin)
    if checked.verdict is Verdict.DURESS:
        incident = _threatened(uow, caller, incident, checked, channel)
        if checked.shown_right:
            caller_view.believe_left(incident)
        return checked.shown_right, False
    if checked.verdict is Verdict.RIGHT and incident is not None and checked.locked:
        _darken(uow, incident, checked)
    elif checked.shown_right and incident is not None:
        silence.dismiss(uow, incident)
        timeline.record(uow, incident, "left", incident.name)
    return checked.shown_right, checked.shown_right


# --- what a phone sends that takes its incident for cancelled ---------------------------------------------------


def overhear(uow: UnitOfWork, phone: str, said: Reading, channel: str) -> None:
    """What such a phone sends is answered as if nothing ran, and reaches the people on it all the same."""
    incident = incidents.lock_open_of(uow.db, phone)
    if incident is None or incident.is_seen:
        return
    if channel == "call" or said.panic is not None:
        caller_updates.repeat(uow, incident, channel, said=said)
    else:
        caller_updates.add_words(uow, incident, said)
