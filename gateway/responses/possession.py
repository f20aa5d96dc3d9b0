"""ROOM: ask a number for proof that its answer comes from the phone and the person whose number it bears; take the
proof.

Proof is a key on a call that we placed, a four-digit word of ours that comes back where no line can ring that number,
or the officer's PIN. `gateway.core.possession` says what needs it. The caller of these functions has locked the
incident (`incidents.lock`).
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import select

from gateway import notices
from gateway.core.intent.about import YES
from gateway.core.phone import local
from gateway.core.possession import PROOF_IN
from gateway.core.words.answers import OfficerAnswer, Reply
from gateway.identity import pins
from gateway.identity.callers import Caller
from gateway.incidents import timeline
from gateway.models import outbound as outbounds
from gateway.models import policy_rule
from gateway.models import unit as units
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.outbound import Outbound
from gateway.unit_of_work import UnitOfWork

MOST_WRONG = 5  # after so many wrong PINs and words no other counts
LOCKED_FOR = timedelta(hours=1)  # since the last wrong one
RANK = 90  # a call for proof leaves after every call that asks somebody to come
WORDS = 10_000  # four digits
ASKS = "proof of "  # before the answer in the body of a call, which no line reads
SAID = {  # the words of an answer, as the sentence about it quotes them
    Reply.ACCEPT: "OK",
    Reply.EN_ROUTE: "OTW",
    Reply.ON_SCENE: "TIBA",
    Reply.OFF_DUTY: "LEPAS",
    Reply.LEAVE: "CUTI",
}


# --- what proves ------------------------------------------------------------------------------------------------------


def is_proven(uow: UnitOfWork, caller: Caller, alert: Alert | None, secret: str | None) -> bool:
    """Return whether the sender of an answer has proven that this phone is theirs: earlier in this incident, or by the
    word or the PIN that ends the answer. Wrong ones are counted; a desk has neither."""
    if alert is not None and alert.proven_at is not None:
        return True
    if secret is None or caller.officer is None:
        return False
    officer = uow.db.get(Officer, caller.officer.id, with_for_update=True, populate_existing=True)
    return officer is not None and _matches(uow, officer, secret)


def _matches(uow: UnitOfWork, officer: Officer, secret: str) -> bool:
    now = uow.now()
    if officer.wrong_pin_at is not None and officer.wrong_pin_at <= now - LOCKED_FOR:
        officer.wrong_pins = 0
    if officer.wrong_pins >= MOST_WRONG:
        return False
    if _came_back(uow, officer.phone, secret) or pins.matches(secret, officer.pin_hash):
        officer.wrong_pins = 0
        return True
    officer.wrong_pins, officer.wrong_pin_at = officer.wrong_pins + 1, now
    return False


def _came_back(uow: UnitOfWork, phone: str, secret: str) -> bool:
    """Return whether it is the word that we texted to that phone within PROOF_IN."""
    asked = (Outbound.purpose == outbounds.PROOF, Outbound.kind == outbounds.TEXT, Outbound.phone == phone)
    query = select(Outbound.body).where(*asked, Outbound.created_at > uow.now() - PROOF_IN)
    # Where a line blocks long numbers the word leaves in groups ("739 1").
    ends = ("".join(body.split())[-len(secret) :] for body in uow.db.scalars(query) if body)
    return any(secrets.compare_digest(end.encode(), secret.encode()) for end in ends)


# --- asking for it ----------------------------------------------------------------------------------------------------


def ask_about(uow: UnitOfWork, caller: Caller, incident: Incident, said: OfficerAnswer, language: str) -> None:
    """Note a yes of somebody who was not asked, and ask for proof; the desk reads it and may click. Nobody is stood
    down."""
    timeline.record(uow, incident, "unproven_yes", caller.name, SAID[said.reply])
    unit = units.by_id(uow.db, incident.unit_id)
    facts = {"who": caller.name, "from_number": local(caller.phone), "said": SAID[said.reply]}
    if ask(uow, caller, said, language, incident):
        notices.tell_desk(uow, unit, "desk.unproven_yes", incident, **facts)


def ask(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, language: str, incident: Incident | None = None) -> bool:
    """Ask this number for proof of an answer, and tell it so: ring it, or text an officer a word where no line can.
    Return False where it was asked within PROOF_IN: then it is not asked again, because whoever forges it could ring it
    for ever."""
    code, words = incident.code if incident is not None else "", quoted(said)
    if _asked_lately(uow, caller.phone):
        _tell(uow, caller, language, "officer.proof_later", code=code, said=words)
        return False
    if uow.lines.for_words(caller.phone):
        _owe_call(uow, caller, said, incident)
        _tell(uow, caller, language, "officer.proof_call", code=code, said=words)
    elif caller.officer is not None:
        facts = {"code": code, "said": words, "secret": f"{secrets.randbelow(WORDS):04}"}
        body = notices.sentence(uow, language, "officer.proof_word", units.by_id(uow.db, caller.unit_id), **facts)
        notices.owe_text(uow, caller.phone, body, purpose=outbounds.PROOF)
    else:
        _tell(uow, caller, language, "officer.proof_login", code=code, said=words)
    return True


def quoted(said: OfficerAnswer) -> str:
    """Return the words of an answer as our sentence quotes them, and as they may come back: "CUTI 3"."""
    return " ".join(filter(None, (SAID[said.reply], said.words)))


def _asked_lately(uow: UnitOfWork, phone: str) -> bool:
    asked = (Outbound.purpose == outbounds.PROOF, Outbound.phone == phone)
    query = select(Outbound.id).where(*asked, Outbound.created_at > uow.now() - PROOF_IN)
    return uow.db.scalar(query.limit(1)) is not None


def _tell(uow: UnitOfWork, caller: Caller, language: str, key: str, **facts: object) -> None:
    notices.tell(uow, caller.phone, language, key, units.by_id(uow.db, caller.unit_id), **facts)


def _owe_call(uow: UnitOfWork, caller: Caller, said: OfficerAnswer, incident: Incident | None) -> None:
    """Owe the call that asks for proof."""
    row = Outbound(
        kind=outbounds.CALL,
        purpose=outbounds.PROOF,
        lane=outbounds.ALERT_LANE,
        rank=RANK,
        phone=caller.phone,
        body=f"{ASKS}{said.reply.value} {said.minutes or said.words}".strip(),
        incident_id=incident.id if incident is not None else None,
        ring_seconds=policy_rule.policy_for(uow.db, units.by_id(uow.db, caller.unit_id), uow.now()).ring,
        created_at=uow.now(),
        due_at=uow.now(),
    )
    uow.db.add(row)
    uow.db.flush()
    if incident is not None:
        uow.after_commit.deliver(incident.id)
    else:
        uow.after_commit.send(row.id)


def asked_about(owed: Outbound) -> OfficerAnswer | None:
    """Return the answer that a call asks proof of; None for any other call."""
    if owed.purpose != outbounds.PROOF or not owed.body:
        return None
    reply, _, words = owed.body.removeprefix(ASKS).partition(" ")
    minutes = int(words) if Reply(reply) in YES and words.isdigit() else None
    return OfficerAnswer(Reply(reply), None, words, minutes=minutes)
