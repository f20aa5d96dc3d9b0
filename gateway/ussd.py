"""ROOM: everything that happens in a USSD session.

A step acts at once, so that hanging up never takes anything back, and every step is stored. Carriers send everything
typed so far, and a step may arrive twice: the session knows how far it has read, and answers a known step with the
screen that it got before. Nothing here waits for a carrier.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass

from gateway import notices
from gateway.core.messages import UssdHop
from gateway.core.phone import can_reply, key, mask
from gateway.core.sentences import menu
from gateway.core.sentences.phrases import say
from gateway.identity.callers import identify
from gateway.inbound import in_tray
from gateway.incidents.opening import USSD_SESSION
from gateway.menus import duty, emergency, everyday
from gateway.menus.visit import Deed, Facts, Visit
from gateway.models import caller_view, sealing, ussd_session
from gateway.models import incident as incidents
from gateway.models.base import insert_once
from gateway.models.inbound import Inbound
from gateway.models.ussd_session import UssdSession
from gateway.unit_of_work import UnitOfWork

log = logging.getLogger(__name__)

DEEDS: dict[str, Deed] = emergency.DEEDS | everyday.DEEDS | duty.DEEDS
FACTS: dict[str, Facts] = emergency.FACTS | everyday.FACTS | duty.FACTS
MOST_ANSWERS = 20  # the most answers in one step: a code dialled with answers behind it, or steps that were lost


@dataclass(frozen=True)
class Screen:
    text: str
    more: bool  # false if the session is over


def hop(uow: UnitOfWork, step: UssdHop) -> Screen:
    """Handle one step of a session and return the next screen, at most 160 septets of GSM-7."""
    phone = key(step.phone, step.region or uow.settings.default_region)
    session = _session(uow, step, phone)
    read = _read_before(session, step.typed)
    if read is not None:
        return read
    row = _keep(uow, step, phone)
    if row is None:
        return Screen(spooled(step), more=False)  # it was stored before and failed, so the sweep handles it
    with in_tray.handling(uow, row):
        _walk(uow, session, row, step.typed)
    return _shown(session, step)


def ended(uow: UnitOfWork, step: UssdHop) -> None:
    """Handle the network's note that a session is over. Do what was typed last, even if that step never reached us."""
    phone = key(step.phone, step.region or uow.settings.default_region) if step.phone else ""
    row = _keep(uow, step, phone)
    session = ussd_session.locked(uow.db, step.line, _ref(step, phone))
    if session is None and step.typed and can_reply(phone):
        session = _session(uow, step, phone)
    if row is None or session is None:
        return
    with in_tray.handling(uow, row):
        if _read_before(session, step.typed) is None and session.ended_at is None:
            _walk(uow, session, row, step.typed)
    _close(uow, session)


def again(uow: UnitOfWork, row: Inbound) -> None:
    """Try a failed step a second time, for the sweep; if it fails again, a human gets it."""
    uow.came_at = row.received_at
    ref, _, _ = row.ref.rpartition(":")
    session = ussd_session.locked(uow.db, row.line, ref)
    with in_tray.handling(uow, row):
        if session is not None and _read_before(session, row.body) is None:
            _walk(uow, session, row, row.body)
            _close(uow, session)


def spooled(step: UssdHop) -> str:
    """Return the screen for a step that only the spool could take, or that could not be handled."""
    return say("ussd_text.broken", "id")


# --- the session ------------------------------------------------------------------------------------------------


def _ref(step: UssdHop, phone: str) -> str:
    """Return the session's reference.

    It holds the phone, because a carrier's session id need not be unique among phones.
    """
    return f"{step.session[:100]}/{phone[:32]}"


def _keep(uow: UnitOfWork, step: UssdHop, phone: str) -> Inbound | None:
    """Store the step once.

    The typed text may be a PIN: the reference holds only a keyed hash of it, the body is encrypted.
    """
    mark = sealing.fingerprints(f"ussd:{step.session}:{phone}:{step.ended}:{step.typed}")[0]
    ref = f"{_ref(step, phone)}:{mark}"
    return in_tray.keep(uow, line=step.line, kind="ussd", ref=ref, phone=phone, body=step.typed, raw=step.raw)


def _session(uow: UnitOfWork, step: UssdHop, phone: str) -> UssdSession:
    """Lock the session and return it; the first step to arrive makes it, even if several copies arrive at once."""
    known = ussd_session.locked(uow.db, step.line, _ref(step, phone))
    if known is not None:
        return known
    now = uow.now()
    fresh = insert_once(
        uow.db,
        UssdSession,
        line=step.line,
        ref=_ref(step, phone),
        phone=phone[:64],
        started_at=now,
        touched_at=now,
        memory="{}",
        hops="[]",
        node="",
    )
    session = fresh or ussd_session.locked(uow.db, step.line, _ref(step, phone))
    if session is None:
        raise LookupError("the session was forgotten in this moment")  # the carrier asks again
    return session


def _read_before(session: UssdSession, typed: str) -> Screen | None:
    """Return the screen that answered this step before, or None for a new step.

    A late older step gets the last screen.
    """
    story = session.story
    if not story:
        return None
    same = next((Screen(screen, more) for said, screen, more in story if said == typed), None)
    read, last, more = story[-1]
    if same is None and (session.ended_at is not None or not typed.startswith(read)):
        return Screen(last, more)  # a late older step, or one that does not continue what was typed
    return same


def _shown(session: UssdSession, step: UssdHop) -> Screen:
    """Return the screen that answers this step, or the screen for a step that could not be handled."""
    story = session.story
    if not story or story[-1][0] != step.typed:
        return Screen(spooled(step), more=False)
    _, text, more = story[-1]
    return Screen(text, more)


def _close(uow: UnitOfWork, session: UssdSession) -> None:
    """The session is over: the menu forgets what it remembered. A question whether the phone must be quiet that was not
    answered by then stays unanswered, and no text goes to that phone by itself (its screen has said "received")."""
    session.ended_at = session.ended_at or uow.now()
    session.memory = "{}"
    if session.incident_id is not None:
        caller_view.end_session(incidents.lock(uow.db, session.incident_id), uow.now())


# --- through the menu -------------------------------------------------------------------------------------------


def _walk(uow: UnitOfWork, session: UssdSession, row: Inbound, typed: str) -> None:
    """Follow what was typed since the session's present place, up to the next screen."""
    caller = identify(uow, row.phone or session.phone)
    row.verified = caller.verified
    visit = Visit(uow, session, caller, row, session.kept)
    story = session.story
    rest = _news(story[-1][0], typed) if story else (typed or None)
    if not session.node:
        session.node = visit.root
    for _ in range(MOST_ANSWERS):
        if rest is None or menu.NODES[session.node].ends:
            break
        answer, rest = menu.first_answer(session.node, rest)
        _go(visit, answer)
    _show(visit, typed)


def _news(read: str, typed: str) -> str | None:
    if typed == read:
        return None
    return typed[len(read) :].removeprefix(menu.JOINER) if read else typed


def _go(visit: Visit, answer: str) -> None:
    way = menu.way(visit.session.node, answer)
    if way is None:
        return
    elsewhere = DEEDS[way.deed](visit, answer) if way.deed else None
    to = elsewhere or way.to
    visit.session.node = visit.root if to == menu.BACK else to


def _show(visit: Visit, typed: str) -> None:
    """Set the screen and store the session; while the phone must still say whether to be quiet, it stays quiet."""
    session, node = visit.session, visit.session.node
    incident = visit.incident() if node == "quiet" else None
    if incident is not None:
        notices.hold_back(visit.uow, incident, visit.uow.now() + USSD_SESSION)
    facts = FACTS[node](visit) if node in FACTS else {}
    text, more = menu.screen(node, visit.language, **facts), not menu.NODES[node].ends
    session.hops = json.dumps([*session.story, (typed, text, more)])
    session.memory = json.dumps(visit.memory)
    session.touched_at = visit.uow.now()
    if not more:
        _close(visit.uow, session)
    log.info("ussd", extra={"node": node, "phone": mask(session.phone), "steps": len(session.story)})
