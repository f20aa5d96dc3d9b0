"""ROOM: ask for help without the database, straight through the lines, and tell the citizen what is true.

`Outage.heard` takes what a request says that has gone to the spool; everything that waits for a carrier happens in
threads of its own. What was done is kept in marks on the disk: each phone is asked once for each person, whatever the
process, and the incident that comes of the request knows of it (`Outage.asked`).
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from gateway.carriers.failover import Switchboard
from gateway.config import Settings
from gateway.core import codes, defaults
from gateway.core.confidants import Asker
from gateway.core.line_abilities import HERE, ReplyWay
from gateway.core.messages import CallOut, Outcome, TextOut
from gateway.core.outage import (
    NOBODY_ASKED,
    UNKNOWN_AN_HOUR,
    Asked,
    Audience,
    Case,
    Channel,
    Cry,
    Helper,
    Left,
    PhoneThen,
    Said,
    audience,
    dark,
    helpers,
    hides,
    hushes,
    said,
    said_in_menu,
)
from gateway.core.outage_text import OutageFacts, outage_text
from gateway.core.phone import can_reply, key, mask
from gateway.core.sentences import menu
from gateway.core.sentences.phrases import sms
from gateway.core.words import unit_keywords
from gateway.core.words.reading import names_an_incident, read
from gateway.infrastructure.snapshot import Marks, Snapshot
from gateway.outage.knowledge import Known, Person

log = logging.getLogger(__name__)
TWO_HOURS = 7200.0  # seconds
ASKING, SENDING = 8, 32  # threads of a process that decide, and that wait for carriers
WORTH_SECONDS = 600
PAUSES = (1.0, 3.0)  # seconds until a phone is tried again that every line refused
ENDING_SECONDS = 5  # until a call that nobody has taken is over for every network
NO_ATTEMPT = 0  # there is no row of it
# kinds of marks
CODE, TAKEN, ASKED, LEFT, CALLED, HUSHED, ANSWERED = "code", "taken", "asked", "left", "called", "hushed", "answered"
RUNG, UNKNOWN = "rung", "unknown"
OF_ONE_OUTAGE = (CODE, TAKEN, ASKED, LEFT, CALLED, HUSHED, ANSWERED, RUNG)
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Call:
    """One person's call for help, as far as the snapshot and the words tell."""

    phone: str
    said: Said
    words: str
    person: Person | None
    then: PhoneThen
    asked: Audience


class Outage:
    """The work of one process while the database is away."""

    def __init__(self, snapshot: Snapshot, marks: Marks, lines: Switchboard, clock: Clock, settings: Settings) -> None:
        self.snapshot, self.marks = snapshot, marks
        self._lines, self._clock, self._settings = lines, clock, settings
        self._asking: ThreadPoolExecutor | None = None
        self._sending: ThreadPoolExecutor | None = None
        self._lock = threading.Lock()
        self._told_age = False

    # --- in

    def heard(self, cry: Cry | None, waits: Callable[[], bool]) -> None:
        """Take what a request says that has gone to the spool. Returns at once and never raises. `waits` returns
        whether the request still waits there: if not, the incident asks by itself."""
        try:
            if cry is not None and can_reply(self._number(cry)):
                cry = self._read_as_its_incident_will(cry)
                if cry.channel is not Channel.CALL and hushes(cry, read(cry.body)):
                    self.marks.make(HUSHED, self._number(cry))
                self._threads()[0].submit(self._safely, cry, waits)
        except Exception:
            log.exception("a panic could not be passed on while the database is away")

    def _safely(self, cry: Cry, waits: Callable[[], bool]) -> None:
        try:
            call = self.understand(cry)
            if call.asked is not Audience.NOBODY and waits():
                self.ask(call)
        except Exception:
            log.exception("a panic could not be passed on while the database is away")

    def _read_as_its_incident_will(self, cry: Cry) -> Cry:
        """Return the cry without a unit's keyword at its head, behind which a quiet word may stand."""
        if cry.channel is not Channel.TEXT:
            return cry
        keywords = self._look().keywords
        return replace(cry, body=unit_keywords.taken_off(cry.body, keywords.__contains__)[1])

    def _number(self, cry: Cry) -> str:
        return key(cry.phone, cry.region or self._settings.default_region)

    def _look(self) -> Known:
        return Known(self.snapshot, self._clock(), self._settings.default_language, self._lines.is_own)

    def _known(self) -> Known:
        known = self._look()
        with self._lock:
            told, self._told_age = self._told_age, True
        if not told:
            age = known.age
            seconds = None if age is None else round(age.total_seconds())
            log.warning("the database is away: the snapshot is used", extra={"age_seconds": seconds})
        return known

    # --- decide

    def understand(self, cry: Cry) -> Call:
        """Decide what a request asks for, and who is asked."""
        phone, known = self._number(cry), self._known()
        person = known.person(phone)
        responds = person is not None and person.responds
        reading = read(cry.body)
        if cry.channel is Channel.CALL:
            what = Said.PANIC
        elif cry.channel is Channel.USSD:
            what = said_in_menu(cry.body, _root(person))
        else:
            what = said(reading, responds)
        case = Case(
            what,
            verified=person is not None,
            desk_first=person is not None and person.desk_first,
            machine=known.is_machine(phone),
            was_asked=responds and (known.has_duty(phone) or self.marks.made(ASKED, "", phone)),
            calls=cry.channel is Channel.CALL,
        )
        hushed, in_menu = self.marks.made(HUSHED, phone), cry.channel is Channel.USSD
        words = reading.beside_panic if what is Said.PANIC else reading.masked
        words = words if cry.channel is Channel.TEXT else ""
        return Call(phone, what, words, person, known.then(phone, person, hushed, in_menu), audience(case))

    # --- ask

    def ask(self, call: Call) -> None:
        """Text and ring whom this call for help goes to, then tell the citizen."""
        known, person = self._known(), call.person
        if person is None and not self._may_pass_on_unknown(call.phone):
            return
        unit_id = person.unit_id if person is not None else None
        asker = person.asker if person is not None else Asker()
        home = person.home if person is not None else None
        stations = known.stations_without(call.phone)
        people = helpers(call.asked, asker, unit_id, home, stations, known.officers(call.phone))
        code = self._code(call.phone, known) if person is not None else ""
        unit = known.stations[unit_id].name if unit_id in known.stations and unit_id is not None else ""
        facts = OutageFacts(
            call.said, call.phone, person.name if person else "", call.words, code, home, unit, hides(call.then)
        )
        fresh = [one for one in people if self.marks.make(ASKED, call.phone, one.phone)]
        for one in fresh:
            self.marks.make(ASKED, "", one.phone)
        log.warning(
            "asked while the database is away",
            extra={"phone": mask(call.phone), "code": code, "people": len(people), "anew": len(fresh)},
        )
        sending = self._threads()[1]
        texts = [sending.submit(self._text_helper, call.phone, one, self._worded(facts, one)) for one in fresh]
        for one in fresh:
            sending.submit(self._ring, call.phone, one)
        reached = [text.result() for text in texts]
        self._answer(call, bool(people) and (any(reached) or not fresh))

    def _worded(self, facts: OutageFacts, helper: Helper) -> str:
        line = next(iter(self._lines.for_texts(helper.phone)), None)
        path = self._lines.reply_path(line.name, helper.phone, speaks=False) if line is not None else HERE
        return outage_text(replace(facts, reply_to=path.number if path.way is ReplyWay.TEXT else None), helper.language)

    def _may_pass_on_unknown(self, phone: str) -> bool:
        """Return whether the desk hears of this unknown number: once, and of a few an hour."""
        if not self.marks.make(TAKEN, "", phone):
            return False
        hour = f"{self._clock():%Y%m%d%H}"
        return any(self.marks.make(UNKNOWN, hour, str(n)) for n in range(UNKNOWN_AN_HOUR))

    def _code(self, phone: str, known: Known) -> str:
        """Return the code that the incident of this phone will get: the open one's, or a free one, the same for each of
        its panics."""
        found = known.code_of(phone) or self.marks.read(CODE, phone)
        if found:
            return str(found)

        def taken(drawn: Sequence[str]) -> list[str]:
            return [code for code in drawn if code in known.codes or self.marks.made(TAKEN, code)]

        code = codes.fresh(sum(len(code) == codes.SHORT for code in known.codes), taken, names_an_incident)
        if self.marks.make(TAKEN, code) and self.marks.make(CODE, phone, content=code):
            return code
        return self._code(phone, known)  # another process was quicker

    def _text_helper(self, asker: str, helper: Helper, body: str) -> bool:
        """Bring a text out on the first line that takes it, and note that it has left; return whether it has."""
        for pause in (*PAUSES, None):
            sent = self._text(helper.phone, body)
            if sent is not None:
                line, ref = sent
                self.marks.make(LEFT, asker, helper.phone, [helper.phone, line, ref, self._clock().timestamp(), body])
                return True
            if pause is not None:
                time.sleep(pause)
        return False

    def _text(self, phone: str, body: str) -> tuple[str, str] | None:
        for line in self._lines.for_texts(phone, self._clock()):
            sent = next(iter(line.send_texts([TextOut(NO_ATTEMPT, phone, body, WORTH_SECONDS)])), None)
            good = sent is not None and sent.outcome is Outcome.ACCEPTED
            self._lines.note(line.name, "text", good, self._clock())
            if good and sent is not None:
                return line.name, sent.ref
        return None

    def _ring(self, asker: str, helper: Helper) -> None:
        """Ring a phone once, on the first line that takes the call; not while it rings with another call of ours."""
        try:
            if not self._may_ring(helper.phone):
                return
            for line in self._lines.for_calls(helper.phone, self._clock()):
                call = CallOut(NO_ATTEMPT, helper.phone)
                outcome = line.place_call(call).outcome
                self._lines.note(line.name, "call", outcome is Outcome.ACCEPTED, self._clock())
                if outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN):
                    until = self._clock().timestamp() + call.ring_seconds + ENDING_SECONDS
                    self.marks.make(CALLED, asker, helper.phone, [helper.phone, until])
                    return
        except Exception:
            log.exception("a call could not be placed while the database is away")

    def _may_ring(self, phone: str) -> bool:
        slot = int(self._clock().timestamp() // CallOut(NO_ATTEMPT, phone).ring_seconds)
        return self.marks.make(RUNG, phone, str(slot))

    # --- the citizen

    def _answer(self, call: Call, reached: bool) -> None:
        """Tell the phone that asked what is true, once, unless it must stay dark."""
        why = dark(call.then)
        if why is None and self.marks.made(HUSHED, call.phone):  # since we began
            return
        if why is not None or not self.marks.make(ANSWERED, call.phone):
            return
        person = call.person
        language = person.language if person is not None else self._settings.default_language
        answer = "outage.citizen" if reached else "outage.citizen_nobody"
        self._text(call.phone, sms(answer, language, emergency=defaults.EMERGENCY))

    # --- afterwards

    def asked(self, phone: str) -> Asked:
        """Return what was done about this phone's panic (E.164) since the database went away."""
        code = self.marks.read(CODE, phone)
        if not code:
            return NOBODY_ASKED
        texts = {to: Left(line, ref, _at(at), body) for to, line, ref, at, body in self.marks.of(LEFT, phone)}
        return Asked(str(code), texts, {to: _at(until) for to, until in self.marks.of(CALLED, phone)})

    def age_seconds(self) -> float:
        """Return the age of what the snapshot tells about phones; -1 where there is none."""
        age = self._look().age
        return -1.0 if age is None else age.total_seconds()

    def is_over(self, before: float) -> None:
        """Forget what was done until `before` (seconds since 1970): everything that waited then has come home."""
        with self._lock:
            self._told_age = False
        self.marks.clear(OF_ONE_OUTAGE, before)
        self.marks.clear([UNKNOWN], before - TWO_HOURS)

    def finish(self) -> None:
        """Wait until everything that was begun has left; for tests."""
        for pool in (self._asking, self._sending):
            if pool is not None:
                pool.shutdown(wait=True)
        self._asking = self._sending = None

    def _threads(self) -> tuple[ThreadPoolExecutor, ThreadPoolExecutor]:
        with self._lock:  # made only now: threads do not survive the fork of a web process
            self._asking = self._asking or ThreadPoolExecutor(ASKING, "outage")
            self._sending = self._sending or ThreadPoolExecutor(SENDING, "outage-send")
            return self._asking, self._sending


def _at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _root(person: Person | None) -> str:
    if person is None:
        return menu.STRANGER
    return menu.OFFICER if person.responds else menu.CITIZEN
