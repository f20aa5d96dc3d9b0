"""The timers of an incident. Nobody else assigns them (tests/house/test_state_owners.py).

Each is a column with the time at which something falls due, or None while it does not run, so that timers survive any
restart and any worker may act on them:

- `next_wave_at`: the next wave is asked. None: the waves are held back, because somebody goes.
- `clock_at`: the leader's silence is acted upon, first by a nudge (`nudged`), then by the next wave.
- `repeats_at`: the officers hear that the same person has called again; `repeats_told_at` is when they last heard it.
- `honest_at`: the citizen hears that still nobody comes.
- `first_wave_at` is no timer: it holds when the first wave was asked, and the times of the others count from it.
- `last_wave_at` is no timer: it holds when the last wave was asked. One in the future shows that the machine's clock
  was put back.

The caller of these functions has locked the incident (`incidents.lock`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import BindParameter, ColumnElement, or_

from gateway.models.incident import Incident


def is_due(now: datetime | BindParameter[datetime]) -> ColumnElement[bool]:
    """Return the condition for incidents of which something is due, or whose last wave lies in the future
    (`put_back`)."""
    timers = (Incident.next_wave_at, Incident.clock_at, Incident.repeats_at, Incident.honest_at)
    return or_(*(timer <= now for timer in timers), Incident.last_wave_at > now)


def begin_waves(incident: Incident, now: datetime) -> None:
    """Note that the first wave is asked now, unless it was asked before."""
    incident.first_wave_at = incident.first_wave_at or now


def wave_asked(incident: Incident, now: datetime, next_at: datetime) -> None:
    """Note that a wave has been asked now, and when the one after it follows."""
    incident.last_wave_at, incident.next_wave_at = now, next_at


def set_next_wave(incident: Incident, at: datetime) -> None:
    incident.next_wave_at = at


def hold_waves(incident: Incident) -> None:
    """Hold back the next waves, because somebody goes."""
    incident.next_wave_at = None


def set_leader_clock(incident: Incident, at: datetime | None) -> None:
    """Start the leader's clock from the beginning, with a nudge still to come; None stops it."""
    incident.clock_at, incident.nudged = at, False


def nudged(incident: Incident, at: datetime | None) -> None:
    """Note that the leader has been nudged; at `at` the waves go on."""
    incident.clock_at, incident.nudged = at, True


def leader_is_silent(incident: Incident) -> None:
    """Note that the leader did not answer the nudge either: the clock has run out, and only an act starts it again."""
    incident.clock_at = None


def leader_is_reminded(incident: Incident) -> bool:
    """Return whether the leader has done nothing since the nudge."""
    return incident.leader_id is not None and incident.nudged


def set_repeats(incident: Incident, at: datetime) -> None:
    incident.repeats_at = at


def repeats_told(incident: Incident, now: datetime) -> None:
    incident.repeats_told_at, incident.repeats_at = now, None


def set_honest(incident: Incident, at: datetime | None) -> None:
    incident.honest_at = at


def stop_timers(incident: Incident) -> None:
    """Stop all of them: the incident is closed."""
    incident.next_wave_at = incident.clock_at = incident.repeats_at = incident.honest_at = None


def put_back(incident: Incident, now: datetime) -> None:
    """Follow a machine's clock that was put back, or no wave would be asked until the clock is there again.

    A last wave in the future shows that the clock was put back; then every timer goes back by as much.
    """
    if incident.last_wave_at is None or incident.last_wave_at <= now:
        return
    ahead = incident.last_wave_at - now
    incident.last_wave_at = now
    incident.next_wave_at = _earlier(incident.next_wave_at, ahead)
    incident.clock_at = _earlier(incident.clock_at, ahead)
    incident.repeats_at = _earlier(incident.repeats_at, ahead)
    incident.honest_at = _earlier(incident.honest_at, ahead)


def _earlier(at: datetime | None, by: timedelta) -> datetime | None:
    return at - by if at is not None else None
