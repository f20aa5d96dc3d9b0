"""Change a PIN by phone: `PIN <old> <new>`, or the menu.

Nobody who looks at the phone may tell which of the two PINs confirmed the change. The duress PIN changes nothing and
raises the alarm; from then on the phone is answered as if it had changed: the new one is shown as right and counts as
duress, the duress PIN itself is shown as wrong. A first or a forgotten PIN is set by the desk.
"""

from __future__ import annotations

from dataclasses import replace

from gateway import notices
from gateway.identity import audit_log, pins
from gateway.identity.callers import Caller
from gateway.incidents import timeline
from gateway.models import incident as incidents
from gateway.models import unit as units
from gateway.models.citizen import Citizen
from gateway.responses import pin_cancel
from gateway.responses.pin_cancel import Checked, Verdict
from gateway.unit_of_work import UnitOfWork

CHANGED, KEPT, FORM = "citizen.pin_changed", "citizen.pin_kept", "citizen.pin_form"


def change(uow: UnitOfWork, caller: Caller, old: str, new: str, channel: str) -> str:
    """Change the caller's PIN where `old` is the right one, and return the key of the sentence that the phone may read.
    A wrong one counts like a wrong AMAN PIN. Takes equally long whatever the verdict."""
    incident = incidents.lock_open_of(uow.db, caller.phone)
    checked = pin_cancel.check(uow, caller.citizen, old)
    hashed, citizen = pins.hash_pin(new), caller.citizen
    clashes = pins.matches(new, citizen.duress_hash if citizen is not None else None)
    if citizen is None or checked.verdict is Verdict.WRONG:
        return KEPT
    # An open incident stays open as far as the phone knows. As behind the lock of too many wrong ones, it hears nothing
    # more by itself after either PIN.
    still_open = replace(checked, locked=True)
    if checked.verdict is Verdict.DURESS:
        running = pin_cancel.threaten(uow, caller, incident, still_open, channel)
        timeline.record(uow, running, "pin_forced", running.name)
        if checked.shown_right:
            citizen.forced_hash = hashed
    else:
        if incident is not None:
            pin_cancel.darken(uow, incident, still_open)
        if checked.shown_right:
            _set(uow, caller, citizen, hashed, clashes)
    return _told(checked)


def _told(checked: Checked) -> str:
    return CHANGED if checked.shown_right else KEPT


def _set(uow: UnitOfWork, caller: Caller, citizen: Citizen, hashed: str, clashes: bool) -> None:
    """Store a new PIN. One that is the duress PIN is not stored, for it would cancel nothing ever; the phone must not
    read why, and the desk is told."""
    unit = units.by_id(uow.db, caller.unit_id)
    if clashes:
        notices.tell_desk(uow, unit, "desk.pin_clash", None, name=caller.name)
        return
    citizen.pin_hash, citizen.pin_set_at = hashed, uow.now()
    audit_log.record(uow, caller.phone, "citizen.pin", caller.phone)
