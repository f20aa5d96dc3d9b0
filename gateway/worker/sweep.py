"""The rounds of a worker: deliver outbounds, and each second look for all that is due or late.

Jobs and the sweep hand batches to the senders and return, so that nothing waits for another line's slow carrier.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from gateway import sms, ussd, voice
from gateway.delivery import call_results, claims, dead_switches, dead_workers, delivery_receipts, sending
from gateway.delivery.claims import ClaimedOutbound
from gateway.inbound import in_tray
from gateway.infrastructure.database import is_gone, is_held
from gateway.models import inbound as inbounds
from gateway.models import outbound as outbounds
from gateway.models.inbound import Inbound
from gateway.models.lookup import LOOKUP_LANE
from gateway.models.outbound import ALERT_LANE
from gateway.models.worker import SILENT_AFTER
from gateway.register import hole_warnings, limit_warnings, phone_checks, roster
from gateway.responses import timers
from gateway.unit_of_work import OpenUnitOfWork, UnitOfWork
from gateway.worker import exercises, falling_due, glance, lookups

log = logging.getLogger(__name__)

Sender = Callable[[str, Callable[[], None]], None]  # takes "<lane>/<line>" or a lane, and the work to do in it
Batch = tuple[str, list[ClaimedOutbound]]  # a line, and what one request on it carries
CallEnd = Callable[[UnitOfWork, int, bool], None]  # writes the end of a call by its attempt, and whether we ended it
Begun = Callable[[Sequence[ClaimedOutbound]], None]  # is told when a batch touches the wire, or never will
# Outbounds that a worker holds for one line; the rest stays in order for any worker that is free. Once half of them
# have left it claims again.
MOST_AT_ONCE = 200
BREATH = SILENT_AFTER / 2  # a worker without a beat for longer than this was itself held up
UNDERSTAND: dict[str, Callable[[UnitOfWork, Inbound], None]] = {
    "text": sms.again,
    "call": voice.again,
    "ussd": ussd.again,
    "report": delivery_receipts.again,
}


@dataclass
class Sweep:
    """One worker's rounds.

    `hand_over` runs a piece of work in its own lane (tests run it at once). `horizon` says how far ahead a line's pace
    is booked.
    """

    open_uow: OpenUnitOfWork
    hand_over: Sender
    horizon: timedelta = timedelta(seconds=1)
    sleep: Callable[[float], None] = time.sleep
    finders: Mapping[str, lookups.Finder] = field(default_factory=dict)  # by the kind of look-up
    clock_ahead: Callable[[], timedelta] = timedelta  # how far this machine's clock is ahead of the database's
    _held: Counter[str] = field(default_factory=Counter)
    _full: set[str] = field(default_factory=set)  # lines of which a claim may have left something behind
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _ending: bool = False
    _left: bool = False
    _beat_at: datetime | None = None
    _holes_at: datetime | None = None  # when this worker last looked at rosters and limits
    _beating_since: datetime | None = None
    _swept_at: datetime | None = None  # when this worker's last sweep ended; its beat tells it
    _everywhere_at: datetime | None = None  # when it last took every step, whatever the glance saw
    _everywhere: bool = True  # whether this sweep does
    _seen: set[str] = field(default_factory=set)  # the steps that have something to do

    # --- deliver

    def deliver(self, incident: int | None = None, outbound: int | None = None) -> None:
        """Claim the outbounds that are due now (all, those of one incident, or one) and hand them to the senders. Texts
        and calls are claimed in transactions of their own, so that no text waits for a call."""
        for kind in (outbounds.TEXT, outbounds.CALL):
            if self._ending:
                return
            with self.open_uow() as uow:
                batch = claims.claim(uow, incident, outbound, kinds=(kind,), horizon=self.horizon, room=self._room)
                groups = [(claims.line_of(uow, group), group) for group in sending.batches(uow, batch)]
            self._hand_over_all(groups)

    def _hand_over_all(self, groups: Sequence[Batch]) -> None:
        """Hand the alerts to their senders, and each other text once an alert of its incident is on the wire."""
        alerts = [batch for batch in groups if batch[1][0].lane == ALERT_LANE]
        asking = {claimed.incident for _, group in alerts for claimed in group} - {None}
        waiting = {
            number: (batch, {claimed.incident for claimed in batch[1]} & asking)
            for number, batch in enumerate(groups)
            if batch not in alerts
        }

        def begun(group: Sequence[ClaimedOutbound]) -> None:
            with self._lock:
                for _, incidents in waiting.values():
                    incidents.difference_update(claimed.incident for claimed in group)
                ready = [waiting.pop(number)[0] for number, (_, incidents) in list(waiting.items()) if not incidents]
            for line, group in ready:
                self.hand_over(f"{group[0].lane}/{line}", partial(self._bring, line, group, _nothing))

        for line, group in groups:
            self._count(line, len(group))
        begun(())
        for line, group in alerts:
            self.hand_over(f"{ALERT_LANE}/{line}", partial(self._bring, line, group, begun))

    def _room(self, line: str) -> int:
        return MOST_AT_ONCE - self._held[line]

    def _bring(self, line: str, group: list[ClaimedOutbound], begun: Begun) -> None:
        try:
            self._wait_for(group)
            if not self._ending:
                sending.deliver(self.open_uow, group, partial(begun, group))
        except Exception:  # a sender must survive any exception and free the outbounds that it held
            log.exception("a batch was not brought out", extra={"outbounds": [claimed.id for claimed in group]})
            sending.record(self.open_uow, lambda uow: dead_workers.lose(uow, [claimed.id for claimed in group]))
        finally:
            begun(group)
            if self._count(line, -len(group)):
                self._claim_again()

    def _claim_again(self) -> None:
        """Claim what a line that was full had no room for."""
        try:
            self.deliver()
        except Exception as error:  # the sweep claims within a second
            log.warning("a line has room again, but nothing was claimed", extra={"error": type(error).__name__})

    def _wait_for(self, group: list[ClaimedOutbound]) -> None:
        """Sleep until the line's pace lets the batch leave. Only the claim is held meanwhile."""
        start = group[0].start_at
        if start is None:
            return
        with self.open_uow() as uow:
            seconds = (start - uow.now()).total_seconds()
        if seconds > 0:
            self.sleep(seconds)

    def _count(self, line: str, change: int) -> bool:
        """Count what this worker holds for a line. Return whether a line that was full is half empty now."""
        with self._lock:
            self._held[line] += change
            if self._held[line] >= MOST_AT_ONCE:
                self._full.add(line)
            elif line in self._full and self._held[line] * 2 <= MOST_AT_ONCE:
                self._full.remove(line)
                return True
            return False

    # --- jobs

    def deliver_incident(self, incident_id: int) -> None:
        self.deliver(incident=incident_id)

    def deliver_one(self, outbound_id: int) -> None:
        self.deliver(outbound=outbound_id)

    def wave(self, incident_id: int) -> None:
        """Ask a wave that was too large for the webhook to ask by itself."""
        with self.open_uow() as uow:
            timers.act(uow, incident_id)
        self.deliver_incident(incident_id)

    def look_up(self, lookup_id: int) -> None:
        """Run a look-up outside in a lane of its own, because it may take ten seconds."""
        self.hand_over(LOOKUP_LANE, lambda: lookups.run(self.open_uow, self.finders, lookup_id))

    # --- the sweep

    def beat(self) -> None:
        if self._left:
            return
        with self.open_uow() as uow:
            dead_workers.beat(uow, self.clock_ahead().total_seconds(), self._swept_at)
            now = uow.now()
        if self._beat_at is None or now - self._beat_at > BREATH:
            self._beating_since = now
        self._beat_at = now

    def _steady(self, now: datetime) -> bool:
        """Return whether this worker has beaten without a gap for at least SILENT_AFTER.

        A worker that is silent for so long counts as dead.
        """
        if self._beat_at is None or self._beating_since is None:
            return False
        return now - self._beat_at <= BREATH and now - self._beating_since >= SILENT_AFTER

    def sweep(self) -> None:
        """Run every step of which something is due (`gateway.worker.glance`), and each EVERYWHERE every step. A step
        that fails does not stop the others."""
        self._seen, self._everywhere = set(self.steps()), True  # it stays so where the glance fails
        if not self._takes("glance", self._first_look):
            return
        for name, step in self.steps().items():
            if name in self._seen and not (self._takes(name, step) and self._takes("glance", self._look)):
                return
        self._takes("end", self._swept)

    def steps(self) -> Mapping[str, Callable[[], None]]:
        """Return all that a sweep does, in its order, by the names under which the glance knows it."""
        return {
            glance.LOST: self._lost,
            glance.UNHANDLED: self._unhandled,
            glance.DRILLS: partial(exercises.keep_drills, self.open_uow),
            glance.DUE: partial(falling_due.incidents, self.open_uow),
            glance.ASKS: partial(falling_due.uncertain_calls_and_bundles, self.open_uow),
            glance.CRIES: partial(falling_due.cries, self.open_uow),
            glance.VOLUNTEERS: partial(falling_due.volunteers, self.open_uow),
            glance.LOOKUPS: self._lookups,
            glance.ROSTER: self._roster,
            glance.SYNTHETIC: partial(exercises.keep_synthetic_panics, self.open_uow),
            glance.LATE: self._drop_late,
            glance.DELIVER: self.deliver,
            glance.TAKE_BACK: self._take_back,
        }

    def _first_look(self) -> None:
        with self.open_uow() as uow:
            self._everywhere = _is_time(self._everywhere_at, uow.now(), glance.EVERYWHERE)
        self._look()

    def _look(self) -> None:
        """See which steps have something to do; a step that was taken may have made more of them due."""
        if self._everywhere:
            return
        with self.open_uow() as uow:
            self._seen = glance.steps_due(uow)
            if _is_time(self._holes_at, uow.now(), hole_warnings.EACH):
                self._seen.add(glance.ROSTER)

    def _swept(self) -> None:
        with self.open_uow() as uow:
            self._swept_at = uow.now()
        self._everywhere_at = self._swept_at if self._everywhere else self._everywhere_at

    def _takes(self, name: str, step: Callable[[], None]) -> bool:
        """Run one step; return False if the database is away: every further step would fail too, and the traces would
        fill the disk."""
        try:
            step()
        except Exception as error:  # the next second tries again
            if is_held(error):
                log.warning("a step of the sweep waits for a lock", extra={"step": name})
            elif is_gone(error):
                log.warning("the database is away; the sweep waits", extra={"error": type(error).__name__})
                return False
            else:
                log.exception("a step of the sweep failed", extra={"step": name})
        return True

    def _lost(self) -> None:
        """Take over from dead workers, but only if this worker was not itself cut off from the database.

        After such a cut the other workers were cut off too and are about to beat again.
        """
        with self.open_uow() as uow:
            steady = self._steady(uow.now())
            if steady:
                dead_workers.take_over(uow)
                dead_workers.give_up(uow)
        for line, ref in dead_switches.judge(self.open_uow) if steady else ():
            self.hand_over(f"{ALERT_LANE}/{line}", partial(dead_switches.take_back, self.open_uow, line, ref))
        call_results.lost_ends(self.open_uow)

    def _unhandled(self) -> None:
        """Try texts and calls again whose first handling failed, or whose process died over them; one that no room
        handles goes to a human."""
        with self.open_uow() as uow:
            ids = in_tray.left_over(uow)
        for inbound_id in ids:
            with self.open_uow() as uow:
                row = uow.db.get(Inbound, inbound_id, with_for_update=True)
                if row is not None and row.state in (inbounds.UNHANDLED, inbounds.BEGUN):
                    UNDERSTAND.get(row.kind, _for_a_human)(uow, row)

    def _lookups(self) -> None:
        with self.open_uow() as uow:
            ids = lookups.due(uow, self.finders)
        for lookup_id in ids:
            self.look_up(lookup_id)

    def _roster(self) -> None:
        with self.open_uow() as uow:
            roster.turn_due(uow)
            roster.end_leaves(uow)
            now = uow.now()
            if _is_time(self._holes_at, now, hole_warnings.EACH):
                self._holes_at = now
                for look in (hole_warnings.warn, limit_warnings.warn, phone_checks.ask_next):
                    look(uow)

    def _drop_late(self) -> None:
        with self.open_uow() as uow:
            claims.drop_late(uow)

    def _take_back(self) -> None:
        """Take back the calls that nobody needs any more, and hang up those that a telephone has rung long enough."""
        with self.open_uow() as uow:
            wanted = [(call_results.cancelled, call) for call in call_results.cancellations(uow, uow.now())]
            wanted += [(call_results.hung_up, call) for call in call_results.rung_out(uow)]
        for write, (attempt_id, line, ref) in wanted:
            self.hand_over(f"{ALERT_LANE}/{line}", partial(self._cancel, write, attempt_id, line, ref))

    def _cancel(self, write: CallEnd, attempt_id: int, line: str, ref: str) -> None:
        with self.open_uow() as uow:
            carrier = uow.lines.named(line)
        done = call_results.can_call(carrier) and carrier.cancel_call(ref)
        sending.record(self.open_uow, lambda uow: write(uow, attempt_id, done))

    # --- the end

    def stop(self, patience: float) -> bool:
        """Claim no more, wait up to `patience` seconds for requests on the wire, and release the rest to other workers.

        Return False if a request is still on the wire; after SILENT_AFTER its outcome counts as unknown.
        """
        self._ending = True
        deadline = time.monotonic() + patience
        while self._busy and time.monotonic() < deadline:
            time.sleep(0.02)
        self._left = True
        with self.open_uow() as uow:
            dead_workers.leave(uow)
        return not self._busy

    @property
    def _busy(self) -> bool:
        with self._lock:
            return any(self._held.values())


def _is_time(last: datetime | None, now: datetime, each: timedelta) -> bool:
    """Return whether what was last done then is to be done again, also where the clock was put back since."""
    return last is None or not timedelta(0) <= now - last < each


def _nothing(_group: Sequence[ClaimedOutbound]) -> None:
    """Nobody waits for this batch."""


def _for_a_human(uow: UnitOfWork, row: Inbound) -> None:
    row.state = inbounds.TO_HUMAN
