"""ROOM: take an officer on and off duty, and note their position, by their own text or menu."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from gateway import notices
from gateway.core.possession import may_leave
from gateway.core.words.answers import OfficerAnswer, Reply
from gateway.identity.callers import Caller
from gateway.location import locate, position_in_text
from gateway.models import officer as officers
from gateway.models import policy_rule
from gateway.models import unit as units
from gateway.models.officer import Officer
from gateway.responses import possession
from gateway.unit_of_work import UnitOfWork

Told = tuple[str, dict[str, object]]  # a sentence's key and its facts, for a text or for a screen


def _on_duty(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, proven: bool) -> Told:
    if caller.officer is None:
        return "officer.help", {}
    caller.officer.set_duty(True)
    return "officer.on_duty", {}


def _off_duty(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, proven: bool) -> Told:
    if caller.officer is None:
        return "officer.help", {}
    wait = _needs_proof(uow, caller, caller.officer, said, proven)
    if wait is not None:
        return wait
    caller.officer.set_duty(False)
    return "officer.off_duty", {}


def _on_leave(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, proven: bool) -> Told:
    """Take an officer off duty for some days; the sweep puts them back (`roster.end_leaves`), or HADIR before that."""
    if caller.officer is None:
        return "officer.help", {}
    wait = _needs_proof(uow, caller, caller.officer, said, proven)
    if wait is not None:
        return wait
    caller.officer.set_duty(False, uow.now() + timedelta(days=int(said.words)))
    return "officer.leave", {"count": int(said.words)}


def _needs_proof(uow: UnitOfWork, caller: Caller, officer: Officer, said: OfficerAnswer, proven: bool) -> Told | None:
    """Tell the desk that an officer goes off duty. Where too few would remain, they stay asked until they have proven
    that it is them, or a desk takes them off: return what they are told then, else None."""
    unit = units.by_id(uow.db, officer.unit_id)
    others = [row for row in officers.of_units(uow.db, [officer.unit_id], on_duty_only=True) if row.id != officer.id]
    facts: dict[str, Any] = {"who": officer.title, "said": possession.quoted(said), "count": len(others)}
    least = policy_rule.policy_for(uow.db, unit, uow.now()).least_on_duty
    if officer.on_duty and not may_leave(len(others), least, proven):
        if possession.ask(uow, caller, said, officer.language):  # once: a forger shall not flood the desk
            notices.tell_desk(uow, unit, "desk.off_duty_wanted", None, **facts)
        return "officer.off_duty_wait", {"said": facts["said"], "count": len(others)}
    if officer.on_duty or said.reply is Reply.LEAVE:
        notices.tell_desk(uow, unit, "desk.off_duty", None, **facts)
    return None


def _position(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, proven: bool) -> Told:
    spot = position_in_text.read_post(uow, caller, said.words)
    if caller.officer is None or spot is None:
        return "officer.position_unclear", {}
    locate.keep_spot(uow, caller.phone, spot)
    caller.officer.here_lat, caller.officer.here_lon, caller.officer.here_at = spot.lat, spot.lon, uow.now()
    return "officer.position_noted", {"place": notices.place_words(uow, spot, caller.officer.language)}


SELF: dict[Reply, Callable[[UnitOfWork, Caller, OfficerAnswer, bool], Told]] = {
    Reply.ON_DUTY: _on_duty,
    Reply.OFF_DUTY: _off_duty,
    Reply.LEAVE: _on_leave,
    Reply.POSITION: _position,
}
