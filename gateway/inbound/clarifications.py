"""Keep an uncertain call: a verified number's text that is neither a panic, nor a command, nor clearly no emergency.

It is never met with silence: the desk is told at once, we ask back, and what nobody settles becomes an incident by
itself (`gateway.responses.uncertain_calls`). How long each step waits is `gateway.core.uncertain`'s to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from gateway import notices
from gateway.core import text_ages
from gateway.core.phone import local
from gateway.core.places import ladder
from gateway.core.places.aml import aml_in
from gateway.core.places.ladder import Standing
from gateway.core.places.spots import Spot
from gateway.core.reachability import Way
from gateway.core.sentences.phrases import clock_text, tidy
from gateway.core.uncertain import AFTER_CLOSING, Call, Handling, handling, waits
from gateway.core.words import reply_limits
from gateway.core.words.reading import Reading, read
from gateway.core.words.urgency import Urgency
from gateway.identity import confidants, reachability
from gateway.identity.callers import Caller
from gateway.inbound import in_tray
from gateway.location import home_unit, locate, position_in_text
from gateway.models import clarification as clarification_rows
from gateway.models import inbound as inbounds
from gateway.models import incident as incidents
from gateway.models import outbound as outbounds
from gateway.models import policy_rule, sealing
from gateway.models import unit as units
from gateway.models.clarification import Clarification
from gateway.models.inbound import Inbound
from gateway.models.outbound import Outbound
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

ASK, BUNDLE = "ask", "bundle"  # purposes of a call: about one uncertain call, or about the lines of a text
RANK = 0  # a desk's phone comes first


def ask(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> Clarification:
    """Keep the text as an uncertain call, tell the desk, and ask the phone back unless it must stay dark or wrote
    nothing itself (AML: a phone sends it alone while its owner rings an emergency number)."""
    row.state = inbounds.TO_HUMAN
    running = clarification_rows.lock_open_of(uow.db, caller.phone, uow.now())
    if running is not None:
        if caller.quiet:
            clarification_rows.hush(running)
        return running
    kept = _keep(uow, caller, row, said)
    _keep_position(uow, caller, said)
    if kept.state == clarification_rows.WAITING:
        tell_desk(uow, caller, kept, said.body, units.by_id(uow.db, kept.unit_id))
    if kept.asked:
        unit = units.by_id(uow.db, caller.unit_id)
        notices.tell(uow, caller.phone, caller.language, "citizen.ask_back", unit)
    return kept


def _keep(uow: UnitOfWork, caller: Caller, row: Inbound, said: Reading) -> Clarification:
    now = uow.now()
    own = units.by_id(uow.db, caller.unit_id)
    unit = own if caller.verified else home_unit.of_text(uow, caller, said.body, row.called)
    desk = confidants.desk_for(uow, confidants.around(uow, caller.phone), unit)
    policy = policy_rule.policy_for(uow.db, unit or desk, now)
    call = Call(
        needs=said.needs,
        quiet=caller.quiet or said.asks_quiet,
        desk_first=caller.desk_first,
        low=said.judged.urgency is Urgency.LOW,
        unknown=not caller.verified,
        has_desk=desk is not None,
    )
    key, desk_id = _words_key(said), desk.id if desk is not None else None
    others = clarification_rows.places_held(uow.db, desk_id, caller.phone, now)
    same = key is not None and clarification_rows.has_same_words(uow.db, desk_id, caller.phone, key, now)
    listed = handling(call, others, same, policy) is Handling.LISTED
    wait = waits(call, policy)
    wrote = aml_in(said.body) is None
    kept = Clarification(
        code=in_tray.fresh_code(uow, caller.phone),
        phone=caller.phone,
        inbound_id=row.id,
        unit_id=desk_id,
        state=clarification_rows.LISTED if listed else clarification_rows.WAITING,
        asked_at=now,
        asked=wrote and not call.quiet and reachability.to_caller(uow, caller, Way.ANSWER).allowed,
        ring_at=_later(now, wait.ring, listed),
        above_at=_later(now, wait.above, listed),
        opens_at=_later(now, wait.opens, listed),
        needs=call.needs,
        quiet=call.quiet,
        desk_first=call.desk_first,
        low=call.low,
        unknown=call.unknown,
        words_key=key,
    )
    if call.unknown:
        row.unit_id = desk_id
    uow.db.add(kept)
    uow.db.flush()
    return kept


def _later(now: datetime, wait: timedelta | None, listed: bool) -> datetime | None:
    return None if wait is None or listed else now + wait


def _words_key(said: Reading) -> str | None:
    words = tidy(said.body).casefold()
    return sealing.fingerprints(f"words:{words}")[0] if words else None


def _keep_position(uow: UnitOfWork, caller: Caller, said: Reading) -> None:
    """Keep a measured or given position for whatever follows. The name of a place in everyday words says nothing of
    where the phone is."""
    spot = position_in_text.read(uow, caller, said.body)
    if spot is not None and ladder.STANDINGS.get(spot.source, Standing.GIVEN) >= Standing.MEASURED:
        locate.keep_spot(uow, caller.phone, spot)


def tell_desk(uow: UnitOfWork, caller: Caller, kept: Clarification, words: str, unit: Unit | None) -> None:
    """Text an uncertain call to the desk of this unit: its code, who wrote what, and how to answer."""
    before = incidents.over_for_phone(uow.db, caller.phone, uow.now() - AFTER_CLOSING)
    key = _key(kept, before is not None)
    facts: dict[str, Any] = {"code": kept.code, "name": caller.name, "number": local(caller.phone), "words": words}
    notices.tell_desk(uow, unit, key, asker=caller.phone, before=before.code if before else "", **facts)


def _key(kept: Clarification, after: bool) -> str:
    if kept.unknown:
        return "desk.unclear_unknown"
    return "desk.unclear_quiet" if kept.quiet else "desk.unclear_after" if after else "desk.unclear"


def joined(
    uow: UnitOfWork, caller: Caller, clarification: Clarification, said: Reading, spot: Spot | None
) -> tuple[Reading, Spot | None]:
    """Return the words and the place of an uncertain call together with those that answer it; the later place
    counts."""
    asked = uow.db.get(Inbound, clarification.inbound_id)
    body = asked.body if asked is not None else ""
    spot = spot or position_in_text.read(uow, caller, body)
    answer = said.body if said.body.strip() and said.body != body and not said.is_bare_yes else ""
    return read(" / ".join(filter(None, (body.strip(), answer)))), spot


def late_since(uow: UnitOfWork, clarification: Clarification) -> datetime | None:
    """Return when the text of an uncertain call was sent, if it came late, else None."""
    asked = uow.db.get(Inbound, clarification.inbound_id)
    return asked.late_since(asked.received_at) if asked is not None else None


def settle(uow: UnitOfWork, clarification: Clarification, who: str) -> None:
    """Close an uncertain call because somebody says that it is no emergency, by name."""
    if clarification_rows.settle(clarification, who, uow.now()):
        stop_ringing(uow, clarification)


def settle_by_pin(uow: UnitOfWork, caller: Caller, told: str, row: Inbound | None = None) -> None:
    """Settle the open question of a phone that gave the right PIN with nothing open. `told` is the key of what the
    phone reads; `row` is its text, None for a menu. One that was sent before the question settles nothing."""
    call = clarification_rows.lock_open_of(uow.db, caller.phone, uow.now())
    if call is None or told != "citizen.nothing_open":
        return
    if row is not None and not text_ages.ends(call.asked_at, row.sent_by):
        tell_of_old(uow, caller, row)
        return
    settle(uow, call, caller.name)
    see_text(uow, call)


def tell_of_old(uow: UnitOfWork, caller: Caller, row: Inbound) -> None:
    """Tell the desk of a text that was sent before the uncertain call which it would settle."""
    call = clarification_rows.open_of(uow.db, caller.phone, uow.now())
    if call is not None:
        unit = units.by_id(uow.db, call.unit_id)
        sent = clock_text(row.sent_at or row.received_at, units.timezone_of(unit))
        notices.tell_desk(
            uow, unit, "desk.sent_before", None, code=call.code, name=caller.name, sent=sent, words=row.body
        )


def say_nobody_is_sent(uow: UnitOfWork, caller: Caller) -> None:
    """Tell a phone, at most once an hour, that its text sends nobody and how to ask for help."""
    since = uow.now() - reply_limits.NOBODY_SENT_IN
    lately = select(Outbound.id).where(
        Outbound.phone == caller.phone, Outbound.purpose == outbounds.REPLY, Outbound.created_at > since
    )
    if uow.db.scalar(lately.limit(1)) is None and reachability.to_caller(uow, caller, Way.ANSWER).allowed:
        notices.tell(uow, caller.phone, caller.language, "citizen.not_sent", units.by_id(uow.db, caller.unit_id))


def see_text(uow: UnitOfWork, clarification: Clarification) -> None:
    """Take the text off the list of texts that a human must read."""
    row = uow.db.get(Inbound, clarification.inbound_id)
    if row is not None and row.state == inbounds.TO_HUMAN:
        row.state = inbounds.SEEN


def opened(uow: UnitOfWork, clarification: Clarification, incident_id: int, who: str, itself: bool) -> None:
    """Note that an uncertain call has become this incident: nobody is rung about the text any more."""
    if clarification_rows.open_as(clarification, incident_id, who, uow.now(), itself):
        stop_ringing(uow, clarification)
        row = uow.db.get(Inbound, clarification.inbound_id)
        if row is not None:
            row.incident_id = incident_id
        see_text(uow, clarification)


def stop_ringing(uow: UnitOfWork, clarification: Clarification) -> None:
    """Call off the calls about this text, and take back the one that rings where the carrier can. A call about a bundle
    goes on: its other lines wait."""
    mine = (Outbound.ask_id == clarification.id, Outbound.purpose == ASK)
    outbounds.call_off(uow.db, *mine)
    outbounds.take_back(uow.db, uow.now(), *mine)


def ring(uow: UnitOfWork, clarification: Clarification, desk: Unit | None, after: timedelta = timedelta(0)) -> None:
    """Owe one call about this text to a desk, if it has a phone and may know of it; it rings as long as the policy of
    the desk's unit says."""
    if desk is not None and desk.phone and confidants.around(uow, clarification.phone).allows(desk.phone):
        owe_call(uow, desk.phone, desk, clarification, after)


def owe_call(
    uow: UnitOfWork,
    phone: str,
    unit: Unit | None,
    clarification: Clarification,
    after: timedelta = timedelta(0),
    purpose: str = ASK,
) -> None:
    """Owe one call about an uncertain call, or about a bundle of them, to a desk's or an officer's phone (E.164)."""
    now = uow.now()
    row = Outbound(
        kind=outbounds.CALL,
        purpose=purpose,
        lane=outbounds.ALERT_LANE,
        rank=RANK,
        phone=phone,
        ask_id=clarification.id,
        ring_seconds=policy_rule.policy_for(uow.db, unit, now).ring,
        created_at=now,
        due_at=now + after,
    )
    uow.db.add(row)
    uow.db.flush()
    uow.after_commit.send(row.id)


def desks_above(uow: UnitOfWork, unit: Unit | None, asker: str) -> Sequence[Unit]:
    """Return the units above this one whose desk has a phone of its own and may know of a call of `asker` (E.164), the
    nearest first."""
    if unit is None:
        return ()
    circle = confidants.around(uow, asker)
    above = units.chain(uow.db, unit)[1:]
    return [step for step in above if step.phone and step.phone != unit.phone and circle.allows(step.phone)]
