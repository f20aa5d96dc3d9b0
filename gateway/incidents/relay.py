"""Pass words on between the person who asked and those who accepted, through our number.

It goes on for `sender_facts.TALK_ON` after the closing. Everything stands on the timeline, also what may not be passed
on. The caller of these functions has locked the incident (`incidents.lock`).
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from textwrap import wrap

from sqlalchemy import func, select

from gateway import notices
from gateway.core.reachability import Way
from gateway.core.words.pinwords import hide_pins
from gateway.core.words.reading import Reading
from gateway.identity import reachability
from gateway.incidents import timeline
from gateway.models import alert as alerts
from gateway.models import outbound as outbounds
from gateway.models.alert import Alert
from gateway.models.event import Event
from gateway.models.incident import Incident
from gateway.unit_of_work import UnitOfWork

MOST, WITHIN = 5, timedelta(minutes=1)  # texts that are passed on in each direction
ASKED_WITHIN = timedelta(minutes=5)  # words of an officer answer what the person wrote so long ago
WIDTH_TO_CITIZEN, WIDTH_TO_OFFICER = 95, 130  # characters for which one text has room beside our own
MOST_PARTS = 4
PASSED_ON, KEPT = "to_citizen", "kept_back"  # kinds of the timeline's lines of an officer's words
OF_THE_PERSON = ("repeat", "said")
_NUMBER = re.compile(r"(?<!\w)\+?\d(?:[\s.-]?\d){7,}(?!\w)")
NUMBER_HIDDEN = "***"


def to_citizen(uow: UnitOfWork, incident: Incident, alert: Alert, words: str) -> str:
    """Pass an officer's words on to the phone that asked, if it may be reached; return the key of the sentence that
    tells the officer what became of them."""
    purpose = _purpose(uow, incident)
    crowded = _lately(uow, incident, PASSED_ON) >= MOST
    passes = purpose is not None and not crowded
    timeline.record(uow, incident, PASSED_ON if passes else KEPT, alert.title, words)
    if purpose is None:
        return "officer.relay_barred"
    if crowded:
        return "officer.relay_crowded"
    for part in parts(_shown(uow, incident, words), WIDTH_TO_CITIZEN):
        notices.tell_citizen(uow, incident, "citizen.from_officer", purpose=purpose, who=alert.title, words=part)
    return "officer.relayed"


def _purpose(uow: UnitOfWork, incident: Incident) -> str | None:
    """Return for what the text goes to the phone that asked: news, or the answer to what the person has just written;
    None where the phone may not be reached so, or where not even a desk may write to it."""
    if not reachability.to_caller_of(uow, incident, Way.WRITE).allowed:
        return None
    if reachability.to_caller_of(uow, incident, Way.NEWS).allowed:
        return outbounds.NEWS
    wrote = _lately(uow, incident, *OF_THE_PERSON, within=ASKED_WITHIN) > 0
    return outbounds.REPLY if wrote and reachability.to_caller_of(uow, incident, Way.ANSWER).allowed else None


def to_officers(uow: UnitOfWork, incident: Incident, said: Reading) -> None:
    """Tell everybody who accepted what the person wrote, PINs masked; the line on the timeline is written before. What
    comes faster than MOST within WITHIN waits its turn and is not dropped."""
    words, due = _shown(uow, incident, said.masked), _turn(uow, incident)
    for alert in alerts.accepted(uow.db, incident.id):
        for part in parts(words, WIDTH_TO_OFFICER):
            notices.tell_alerted(uow, alert, incident, "officer.message", due=due, words=part)


def parts(words: str, width: int) -> list[str]:
    """Return words in as many texts as they need, numbered where they are several, so that nothing is cut out of what
    people write; of very long ones the first MOST_PARTS."""
    pieces = wrap(words, width, max_lines=MOST_PARTS, placeholder="...") or [words]
    return pieces if len(pieces) == 1 else [f"{at}/{len(pieces)} {piece}" for at, piece in enumerate(pieces, 1)]


def _turn(uow: UnitOfWork, incident: Incident) -> datetime:
    """Return when the newest words of the person may leave: at once, or WITHIN after the MOST-newest before them."""
    mine = (Event.incident_id == incident.id, Event.kind.in_(OF_THE_PERSON))
    earlier = uow.db.scalars(select(Event.at).where(*mine).order_by(Event.id.desc()).limit(MOST + 1)).all()
    return max(uow.now(), earlier[MOST] + WITHIN) if len(earlier) > MOST else uow.now()


def _lately(uow: UnitOfWork, incident: Incident, *kinds: str, within: timedelta = WITHIN) -> int:
    mine = (Event.incident_id == incident.id, Event.kind.in_(kinds), Event.at > uow.now() - within)
    return uow.db.scalar(select(func.count(Event.id)).where(*mine)) or 0


def _shown(uow: UnitOfWork, incident: Incident, words: str) -> str:
    """Return words as they are passed on: PINs masked, and telephone numbers where the unit hides them."""
    masked = hide_pins(words)
    return _NUMBER.sub(NUMBER_HIDDEN, masked) if notices.hides_number(uow, incident) else masked
