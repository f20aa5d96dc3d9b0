"""Answer numbers that may not ask for officers, and stop answering them when that costs too much.

They are unknown numbers, applicants who wait for a desk, and numbers that were refused, suspended or left. Whose desks
read their texts is decided in `gateway.location.home_unit`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from gateway import notices
from gateway.core.phone import country, local
from gateway.core.reachability import Way
from gateway.core.sentences.phrases import sms
from gateway.core.words import reply_limits
from gateway.core.words.reply_limits import CriesSoFar, CryAnswer
from gateway.identity import reachability
from gateway.identity.callers import Caller
from gateway.models import citizen as citizens
from gateway.models import known
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.inbound import Inbound
from gateway.models.outbound import BEYOND_RANK, COURTESY_RANK, CRY_RANK, STRANGER, Outbound
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

LOOK_BACK = 10  # a bounce is compared with so many of our texts to one number


# --- what they are told -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """The sentences for a number that may not ask for officers: how it stands, and the answer to its cry."""

    standing: str
    cry: str


UNKNOWN = Told("unknown.not_registered", "unknown.cry")
# By the state of the number's application. Whoever left is told the same as an unknown number; so is a phone that
# believes, after a duress PIN, that it has left.
TOLD_OF: Mapping[str, Told] = {
    citizens.PENDING: Told("apply.pending", "apply.pending_cry"),
    citizens.REFUSED: Told("apply.refused", "apply.refused_cry"),
    citizens.SUSPENDED: Told("apply.suspended", "apply.suspended_cry"),
}


def told(caller: Caller) -> Told:
    """Return the sentences for this number."""
    return TOLD_OF.get(caller.believed_state, UNKNOWN)


def _facts(uow: UnitOfWork, caller: Caller) -> tuple[Unit | None, dict[str, object]]:
    """Return the unit and the facts that the sentences of `Told` may name."""
    reason = caller.citizen.reason if caller.citizen is not None else None
    return units.by_id(uow.db, caller.unit_id) or units.topmost(uow.db), {"reason": reason or "-"}


def greet(uow: UnitOfWork, caller: Caller) -> None:
    """Owe the one honest reply in a day: how the number stands, ring 110, how to register."""
    since = uow.now() - reply_limits.GREETING_IN
    if not _count(uow, Outbound.phone == caller.phone, Outbound.created_at > since):
        inform(uow, caller)


def inform(uow: UnitOfWork, caller: Caller) -> None:
    """Owe the answer to INFO: how the number stands and how to register. It never names a panic word, because a panic
    of this number sends nobody."""
    unit, facts = _facts(uow, caller)
    answer(uow, caller, told(caller).standing, unit, **facts)


def answer(uow: UnitOfWork, caller: Caller, key: str, unit: Unit | None = None, **facts: object) -> None:
    """Owe a sentence to this number, unless its phone must stay dark; to an unknown number only as long as the budget
    lasts."""
    if not reachability.to_caller(uow, caller, Way.ANSWER).allowed:
        return
    known = caller.verified or bool(caller.desks)
    if known or may_answer(uow, caller.phone):
        body = notices.sentence(uow, caller.language, key, unit, **facts)
        notices.owe_text(uow, caller.phone, body, purpose="reply" if known else STRANGER)


def may_answer(uow: UnitOfWork, phone: str) -> bool:
    """Return whether one more text to this unknown number is within `core.words.reply_limits`. Answers to cries do not
    count."""
    now = uow.now()
    courtesies = (Outbound.purpose == STRANGER, Outbound.rank <= COURTESY_RANK)
    hourly = (*courtesies, Outbound.created_at > now - reply_limits.HOUR)
    answers = (Outbound.phone == phone, Outbound.rank <= COURTESY_RANK, Outbound.created_at > now - reply_limits.DAY)
    there = _count(uow, *hourly, _of_prefix(phone))
    of_range = _count(uow, *hourly, _of_range(phone))
    return reply_limits.within(_count(uow, *answers), _count(uow, *hourly), there, phone, of_range)


def _of_prefix(phone: str) -> ColumnElement[bool]:
    """Return the SQL condition for numbers that share this number's line of `reply_limits.BY_PREFIX`."""
    prefix = reply_limits.prefix_of(phone)
    others = [other for other in reply_limits.BY_PREFIX if other]
    return Outbound.phone.startswith(prefix) if prefix else ~_any_of(others)


def _of_range(phone: str) -> ColumnElement[bool]:
    """Return the SQL condition for numbers of this number's range."""
    return Outbound.phone.startswith(reply_limits.range_of(phone)) & (func.length(Outbound.phone) == len(phone))


@dataclass(frozen=True)
class Flood:
    """Texts of many unknown numbers that look forged: how many answers, to how many ranges, and the worst of these."""

    answers: int
    ranges: int
    worst: str


def flood(uow: UnitOfWork) -> Flood | None:
    """Return the flood of the last hour, all of it as one, for the monitor; None while there is none."""
    since = uow.now() - reply_limits.HOUR
    start = func.substr(Outbound.phone, 1, func.length(Outbound.phone) - reply_limits.RANGE_DIGITS)
    answers = func.count(Outbound.id)
    query = select(start, answers).where(Outbound.purpose == STRANGER, Outbound.created_at > since).group_by(start)
    found = uow.db.execute(query.having(answers >= reply_limits.FLOOD_FROM).order_by(answers.desc())).all()
    if not found:
        return None
    return Flood(sum(row[1] for row in found), len(found), found[0][0])


def _any_of(prefixes: list[str]) -> ColumnElement[bool]:
    first, *rest = (Outbound.phone.startswith(prefix) for prefix in prefixes)
    found = first
    for other in rest:
        found = found | other
    return found


def _count(uow: UnitOfWork, *which: ColumnElement[bool]) -> int:
    return uow.db.scalar(select(func.count(Outbound.id)).where(*which)) or 0


def last_texts(uow: UnitOfWork, phone: str) -> tuple[str, ...]:
    """Return our newest texts to this number within a day, the newest first. A text that comes back as it left is a
    bounce: its words are ours ("kirim TOLONG", "balas OK K7Q") and mean nothing."""
    if known.has_nothing(uow.db, "outbounds", phone):
        return ()
    recent = select(Outbound.body).where(Outbound.phone == phone, Outbound.created_at > uow.now() - reply_limits.DAY)
    return tuple(body for body in uow.db.scalars(recent.order_by(Outbound.id.desc()).limit(LOOK_BACK)) if body)


# --- their cries for help ---------------------------------------------------------------------------------------------


def answer_cry(uow: UnitOfWork, caller: Caller) -> None:
    """Owe the honest answer to a cry that sends nobody: nobody is on the way, ring 110.

    Its bounds are `reply_limits.CRY_RULES`, beside those of `answer`. A cry beyond them leaves a row of BEYOND_RANK:
    the shortest text, or one that is called off at once. `tell_bundles` finds the number by it.
    """
    if not reachability.to_caller(uow, caller, Way.ANSWER).allowed:
        return
    found = reply_limits.cry_answer(_cries_so_far(uow, caller.phone))
    if found is CryAnswer.KNOWN_ALREADY:
        return
    unit, facts = _facts(uow, caller)
    key = told(caller).cry if found is CryAnswer.FULL else "unknown.cry_shortest"
    body = notices.sentence(uow, caller.language, key, unit, **facts)
    rank = CRY_RANK if found is CryAnswer.FULL else BEYOND_RANK
    row = notices.owe_text(uow, caller.phone, body, purpose=STRANGER, rank=rank)
    if row is not None and found is CryAnswer.NOTHING:
        outbounds.call_off(uow.db, Outbound.id == row.id)


def _cries_so_far(uow: UnitOfWork, phone: str) -> CriesSoFar:
    now = uow.now()
    lately = (Outbound.rank.in_((CRY_RANK, BEYOND_RANK)), Outbound.created_at > now - reply_limits.CRY_AGAIN_AFTER)
    hourly = (
        Outbound.purpose == STRANGER,
        Outbound.rank == CRY_RANK,
        Outbound.created_at > now - reply_limits.HOUR,
    )
    return CriesSoFar(
        here_lately=bool(_count(uow, Outbound.phone == phone, Outbound.purpose == STRANGER, *lately)),
        this_hour=_count(uow, *hourly),
        this_hour_there=_count(uow, *hourly, _of_prefix(phone)),
        of_range=_count(uow, *hourly, _of_range(phone)),
        most_there=reply_limits.CRIES_BY_PREFIX[reply_limits.prefix_of(phone)],
        at_home=country(phone) == uow.settings.default_region,
    )


def tell_bundles(uow: UnitOfWork) -> None:
    """Owe each desk one text about the cries beyond the bounds that belong to it, at most one a minute, for the sweep:
    how many numbers, and the first of them.

    The row of the desk's unit is locked without waiting, so that of several workers one writes the text. A cry whose
    transaction ends after the text was written, with a lower id, is in none of them; the monitor shows it.
    """
    for desk, cries in _beyond(uow).items():
        free = select(Unit.id).where(Unit.phone == desk).order_by(Unit.id).limit(1)
        if uow.db.scalar(free.with_for_update(key_share=True, skip_locked=True)) is None:
            continue
        last = _last_bundle(uow, desk)
        if last is not None and last.created_at > uow.now() - reply_limits.ONE_BUNDLE_IN:
            continue
        fresh = [phone for cry_id, phone in cries if last is None or cry_id > last.id]
        if fresh:
            _owe_bundle(uow, desk, list(dict.fromkeys(fresh)))


def _owe_bundle(uow: UnitOfWork, desk: str, phones: Sequence[str]) -> None:
    named = ", ".join(local(phone) for phone in phones[: reply_limits.NAMED_IN_BUNDLE])
    body = sms("desk.cries", uow.settings.default_language, count=len(phones), numbers=named)
    notices.owe_text(uow, desk, body, purpose=outbounds.BUNDLE, rank=outbounds.DESK_RANK)


def _last_bundle(uow: UnitOfWork, desk: str) -> Outbound | None:
    query = select(Outbound).where(Outbound.phone == desk, Outbound.purpose == outbounds.BUNDLE)
    return uow.db.scalar(query.order_by(Outbound.id.desc()).limit(1))


def _beyond(uow: UnitOfWork) -> dict[str, list[tuple[int, str]]]:
    """Return the cries beyond the bounds by the number of the desk that they belong to: the id of the row that stands
    for each cry, and who cried."""
    since = uow.now() - reply_limits.CRY_AGAIN_AFTER
    which = (Outbound.purpose == STRANGER, Outbound.rank == BEYOND_RANK, Outbound.created_at > since)
    cries = uow.db.execute(select(Outbound.id, Outbound.phone).where(*which).order_by(Outbound.id)).all()
    units_of = _units_of_texts(uow, which, since) if cries else {}
    desks = {unit_id: _desks(uow, unit_id) for unit_id in {units_of.get(phone) for _, phone in cries}}
    found: dict[str, list[tuple[int, str]]] = {}
    for cry_id, phone in cries:
        for desk in desks[units_of.get(phone)]:
            found.setdefault(desk, []).append((cry_id, phone))
    return found


def _units_of_texts(uow: UnitOfWork, which: Sequence[ColumnElement[bool]], since: datetime) -> dict[str, int | None]:
    """Return the unit of the newest text of each number that `which` finds."""
    phones = select(Outbound.phone).where(*which)
    query = select(Inbound.phone, Inbound.unit_id).where(Inbound.phone.in_(phones), Inbound.received_at >= since)
    return dict(uow.db.execute(query.order_by(Inbound.id)).all())


def _desks(uow: UnitOfWork, unit_id: int | None) -> list[str]:
    """Return the numbers of the desks that read what belongs to this unit; the desks at the top for None."""
    ids = [unit_id] if unit_id is not None else units.top_desks(uow.db)
    answering = [units.desk_of(uow.db, units.by_id(uow.db, one)) for one in ids]
    return list(dict.fromkeys(unit.phone for unit in answering if unit is not None and unit.phone))
