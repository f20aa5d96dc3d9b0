"""ROOM: prove a responder's phone by its human: a word that is texted and comes back, and a key on a test call.

An administrator asks for it at the console or with `siaga test-phone`. The worker asks by itself, one phone a minute in
the daytime, those on duty whose phone was not proven for four weeks: a new number within minutes, every other once a
month unless alerts or drills were answered from it. An officer who was never heard from is asked to come all the same.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from gateway import notices
from gateway.core.days import zone
from gateway.core.messages import Ask, CallEvent, HangUp, Say, Script
from gateway.core.phone_proofs import UNKNOWN, Proof, needs_test
from gateway.core.possession import PROOF_KEY
from gateway.core.sentences import script
from gateway.core.words.answers import OfficerAnswer, Reply
from gateway.identity import reachability
from gateway.identity.callers import Caller, identify
from gateway.incidents.free import busy_phones
from gateway.models import heard_phone
from gateway.models import outbound as outbounds
from gateway.models import unit as units
from gateway.models.attempt import Attempt
from gateway.models.base import the_only
from gateway.models.heard_phone import HeardPhone
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.models.worker import Pace
from gateway.responses import alert_menu
from gateway.unit_of_work import UnitOfWork

HEARD_FOR = timedelta(days=31)  # an answer proves a phone for so long: a drill each month renews it
ASKED_AGAIN = timedelta(minutes=10)  # a phone is tested no more often
WORTH = timedelta(days=1)  # so long the word counts
EACH = timedelta(minutes=1)  # from one test to the next: a large roster's phones do not ring all at once
BEGIN_AFTER = timedelta(days=1)  # a new installation tests nobody before: its roster is still being written
LANE = "phone_test"  # in the paces
WORDS = 10_000  # four digits


# --- asking -----------------------------------------------------------------------------------------------------------


def ask(uow: UnitOfWork, phone: str, language: str) -> bool:
    """Text this phone a word to send back, and ring it for a key; return False where it may not be reached now, or was
    tested a moment ago."""
    row, now = heard_phone.lock(uow.db, phone), uow.now()
    if row.asked_at is not None and now - row.asked_at < ASKED_AGAIN:
        return False
    if not reachability.to_officer(uow, phone).allowed:
        return False
    row.word, row.asked_at = f"{secrets.randbelow(WORDS):04}", now
    notices.tell(uow, phone, language, "officer.test_word", secret=row.word)
    if uow.lines.for_words(phone):
        call = Outbound(kind=outbounds.CALL, purpose=outbounds.PHONE_TEST, phone=phone, created_at=now, due_at=now)
        call.expires_at = now + ASKED_AGAIN
        uow.db.add(call)
        uow.db.flush()
        uow.after_commit.send(call.id)
    return True


def ask_next(uow: UnitOfWork) -> None:
    """Test one phone that needs it, if it is time for that; all workers together test one at a time."""
    now = uow.now()
    begin = Pace(lane=LANE, free_at=now + BEGIN_AFTER)
    turn = the_only(uow.db, select(Pace).where(Pace.lane == LANE).with_for_update(), begin)
    if turn.free_at > now:
        return
    turn.free_at = now + EACH
    for officer in _to_test(uow):
        if ask(uow, officer.phone, officer.language):
            return


def _to_test(uow: UnitOfWork) -> Iterator[Officer]:
    """Yield the officers on duty and free whose phone needs a test; those who were asked the longest ago come first."""
    now, zones = uow.now(), {unit.id: zone(unit.timezone) for unit in units.all_units(uow.db)}
    on_duty = select(Officer).where(Officer.on_duty.is_(True), Officer.suspended.is_(False)).order_by(Officer.id)
    among = uow.db.scalars(on_duty).all()
    phones = [one.phone for one in among]
    known, busy = heard_phone.of(uow.db, phones), busy_phones(uow.db, phones)
    proofs = {phone: row.proof for phone, row in known.items()}
    for officer in sorted(among, key=lambda one: _asked_at(proofs.get(one.phone, UNKNOWN))):
        proof, keys = proofs.get(officer.phone, UNKNOWN), bool(uow.lines.for_words(officer.phone))
        hour = now.astimezone(zones[officer.unit_id]).hour
        if officer.phone not in busy and needs_test(proof, keys, now, hour):
            yield officer


def _asked_at(proof: Proof) -> float:
    return proof.asked_at.timestamp() if proof.asked_at is not None else 0.0


def unheard(uow: UnitOfWork) -> list[Officer]:
    """Return the officers whose phone no human has answered for HEARD_FOR, neither by text nor by call; those who were
    never heard from come first. Suspended ones are left out."""
    query = select(Officer).where(Officer.suspended.is_(False)).order_by(Officer.unit_id, Officer.name, Officer.id)
    among = uow.db.scalars(query).all()
    known, since = heard_phone.of(uow.db, [one.phone for one in among]), uow.now() - HEARD_FOR
    missing = [one for one in among if _last(known.get(one.phone)) is None or not _is_heard(known[one.phone], since)]
    return sorted(missing, key=lambda one: _last(known.get(one.phone)) is not None)


def _last(row: HeardPhone | None) -> datetime | None:
    return max(filter(None, (row.text_at, row.call_at)), default=None) if row is not None else None


def _is_heard(row: HeardPhone, since: datetime) -> bool:
    last = _last(row)
    return last is not None and last > since


# --- what proves ------------------------------------------------------------------------------------------------------


def take_word(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, line: str) -> bool:
    """Take the word of a test that a responder sends back; return False for any other answer."""
    if not caller.responder or not _is_word(uow, caller.phone, said):
        return False
    heard_phone.lock(uow.db, caller.phone).word = None
    heard_phone.by_text(uow.db, caller.phone, line, uow.now())
    notices.tell(uow, caller.phone, caller.language, "officer.test_done")
    return True


def note_text(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, line: str) -> None:
    """Note that a responder's human has answered by text: the answer names a code of ours. The incident is locked
    before, never after (docs/developers/lock-order.md)."""
    if caller.responder and said.code is not None:
        heard_phone.by_text(uow.db, caller.phone, line, uow.now())


def _is_word(uow: UnitOfWork, phone: str, said: OfficerAnswer) -> bool:
    if said.reply is not Reply.ACCEPT or said.code is not None or said.secret is None:
        return False
    row = heard_phone.of(uow.db, [phone]).get(phone)
    if row is None or not row.word or row.asked_at is None or uow.now() - row.asked_at > WORTH:
        return False
    return secrets.compare_digest(row.word, said.secret)


def asks(uow: UnitOfWork, event: CallEvent, owed: Outbound) -> Script:
    """Ask for the key on a test call."""
    language = _language(uow, event, owed)
    return (Ask(script.phone_test(PROOF_KEY, language), language),)


def pressed(uow: UnitOfWork, event: CallEvent, attempt: Attempt, late: bool) -> Script:
    """Take the key of a test call; any other is asked again until the call is over (`late`)."""
    language = _language(uow, event, attempt.outbound)
    if event.digits[:1] != PROOF_KEY:
        return (HangUp(),) if late else asks(uow, event, attempt.outbound)
    attempt.keyed = True
    return (Say(script.unclear_noted(language), language), HangUp())


def _language(uow: UnitOfWork, event: CallEvent, owed: Outbound) -> str:
    known = identify(uow, owed.phone).language or uow.settings.default_language
    return alert_menu.spoken(uow, event.line, known)
