"""The simulated phones of demo, training and tests: each one's texts, calls and screen, kept in one small SQLite
file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path

from gateway.carriers.simulator import handset_rows as rows
from gateway.carriers.simulator.handset_file import OwedHooks, PhoneFile
from gateway.carriers.simulator.handset_screen import draw
from gateway.carriers.simulator.phones import CallState, Fault, LineQuirk, Quirk, ScreenText, SimCall, UssdSession
from gateway.core.messages import Ending, TextOut

RECEIPT_AFTER = timedelta(seconds=1)
ENGAGED = {Quirk.BUSY: Ending.BUSY, Quirk.REFUSES: Ending.UNREACHABLE}


class Handsets:
    """The phones in the file at `path`, living by `clock` (aware times)."""

    def __init__(self, path: str | Path, clock: Callable[[], datetime]) -> None:
        self._file, self.clock = PhoneFile(path), clock
        self.owed = OwedHooks(self._file)

    # --- phones and what ails them

    def add(self, phone: str) -> None:
        """Put a phone on the page before it has done anything."""
        with self._file.write() as db:
            db.execute(rows.KNOW_PHONE, (phone,))

    def numbers(self) -> list[str]:
        return [row["phone"] for row in self._file.read("SELECT phone FROM phones ORDER BY phone")]

    def quirk(self, phone: str) -> Quirk:
        found = self._file.read("SELECT quirk FROM phones WHERE phone = ?", (phone,))
        return Quirk(found[0]["quirk"]) if found else Quirk.FINE

    def set_quirk(self, phone: str, quirk: Quirk) -> None:
        """Give a phone a quirk. Texts that waited for a phone that was off arrive once it is on again, at the next
        `land`."""
        with self._file.write() as db:
            db.execute(rows.KNOW_PHONE, (phone,))
            db.execute("UPDATE phones SET quirk = ? WHERE phone = ?", (quirk.value, phone))

    def line(self, number: str) -> LineQuirk:
        found = self._file.read("SELECT fault, slow_seconds FROM lines WHERE number = ?", (number,))
        return LineQuirk(Fault(found[0]["fault"]), found[0]["slow_seconds"]) if found else LineQuirk()

    def set_line(self, number: str, quirk: LineQuirk) -> None:
        with self._file.write() as db:
            db.execute("REPLACE INTO lines VALUES (?, ?, ?)", (number, quirk.fault.value, quirk.slow_seconds))

    # --- texts

    def texts(self, phone: str) -> list[ScreenText]:
        """Return the texts that arrived at and left this phone, oldest first."""
        found = self._file.read("SELECT * FROM texts WHERE phone = ? AND fate = 'arrived' ORDER BY at, id", (phone,))
        return [rows.read_text(row) for row in found]

    def keep_text(self, ref: str, phone: str, other: str, body: str) -> None:
        """Show a text on the phone that sent it."""
        with self._file.write() as db:
            db.execute(rows.KNOW_PHONE, (phone,))
            db.execute(rows.NEW_TEXT, (ref, phone, "out", other, body, rows.stamp(self.clock()), None, None, "arrived"))

    def deliver(self, ref: str, sender: str, text: TextOut, report: bool = True) -> None:
        """Send a text on its way to a phone: there at once, or when that phone is on again and it is still valid."""
        now = self.clock()
        expires = text.valid_seconds and rows.stamp(now + timedelta(seconds=text.valid_seconds))
        attempt = text.attempt if report else None
        fields = (ref, text.to, "in", sender, text.body, rows.stamp(now), attempt, expires or None, "waiting")
        with self._file.write() as db:
            db.execute(rows.KNOW_PHONE, (text.to,))
            db.execute(rows.NEW_TEXT, fields)
        self.land(now)

    def land(self, now: datetime) -> None:
        """Let waiting texts arrive or expire, and owe the delivery reports of those that wanted one."""
        with self._file.write() as db:
            for row in db.execute(rows.WAITING_TEXTS).fetchall():
                expired = bool(row["expires"]) and row["expires"] <= rows.stamp(now)
                if expired or row["quirk"] != Quirk.OFF.value:
                    _settle(db, row, "expired" if expired else "arrived", now)

    # --- calls

    def ring(self, call: SimCall) -> SimCall:
        """Begin a call. A phone that is busy hears nothing of it: the call ends there and then.

        To ring a phone that rings already is what a gateway must never do: it is written down as a violation.
        """
        with self._file.write() as db:
            db.execute(rows.KNOW_PHONE, (call.phone,))
            if call.direction == "in":
                call = self._reach(db, call)
            db.execute(rows.NEW_CALL, rows.write_call(call))
        return call

    def _reach(self, db: sqlite3.Connection, call: SimCall) -> SimCall:
        live = db.execute(rows.LIVE_CALL, (call.phone,)).fetchone()
        quirk = db.execute("SELECT quirk FROM phones WHERE phone = ?", (call.phone,)).fetchone()["quirk"]
        if live and (live["direction"], live["state"]) == ("in", CallState.RINGING.value):
            db.execute(rows.NEW_VIOLATION, (rows.stamp(self.clock()), f"{call.phone} was rung twice at once"))
        ending = Ending.BUSY if live else ENGAGED.get(Quirk(quirk))
        return replace(call, state=CallState.ENDED, ending=ending, ended=call.started) if ending else call

    def call(self, ref: str) -> SimCall | None:
        return self._one_call(rows.CALL, ref)

    def live(self, phone: str) -> SimCall | None:
        """Return the call that this phone rings, dials or talks on, seen even while it is off, or None."""
        return self._one_call(rows.LIVE_CALL, phone)

    def ringing(self, phone: str) -> SimCall | None:
        """Return the call that a person near this phone hears ringing, or None."""
        call = self.live(phone)
        heard = call is not None and call.direction == "in" and call.state is CallState.RINGING
        return call if heard and self.quirk(phone) is not Quirk.OFF else None

    def call_log(self, phone: str) -> list[SimCall]:
        """Return every call of this phone, oldest first."""
        return [rows.read_call(row) for row in self._file.read(rows.CALL_LOG, (phone,))]

    def calls_in(self, state: CallState) -> list[SimCall]:
        found = self._file.read("SELECT * FROM calls WHERE state = ? ORDER BY started, rowid", (state.value,))
        return [rows.read_call(row) for row in found]

    def change(self, call: SimCall) -> SimCall | None:
        """Keep a changed call and return it; None when somebody changed it since it was read (they hung up, we took it
        back)."""
        with self._file.write() as db:
            kept = db.execute(rows.CHANGE_CALL, rows.write_call(call)).rowcount
        return replace(call, sequence=call.sequence + 1) if kept else None

    def end(self, call: SimCall, ending: Ending, now: datetime) -> SimCall | None:
        """End a call and return it; None when somebody changed it since it was read."""
        nothing_left = replace(call, steps=(), speaks_until=None, listening_until=None)
        return self.change(replace(nothing_left, state=CallState.ENDED, ending=ending, ended=now))

    # --- USSD

    def session(self, phone: str) -> UssdSession | None:
        """Return the newest session of this phone, over or not, or None."""
        found = self._file.read(
            "SELECT * FROM sessions WHERE phone = ? ORDER BY touched DESC, rowid DESC LIMIT 1", (phone,)
        )
        return rows.read_session(found[0]) if found else None

    def stale_sessions(self, since: datetime) -> list[UssdSession]:
        found = self._file.read("SELECT * FROM sessions WHERE open AND touched <= ?", (rows.stamp(since),))
        return [rows.read_session(row) for row in found]

    def keep_session(self, session: UssdSession) -> None:
        with self._file.write() as db:
            db.execute(rows.KNOW_PHONE, (session.phone,))
            db.execute(rows.KEEP_SESSION, {**asdict(session), "touched": rows.stamp(session.touched)})

    # --- what a gateway must never do

    def violate(self, what: str) -> None:
        with self._file.write() as db:
            db.execute(rows.NEW_VIOLATION, (rows.stamp(self.clock()), what))

    def violations(self) -> list[str]:
        return [row["what"] for row in self._file.read("SELECT what FROM violations ORDER BY rowid")]

    # --- what a person sees

    def screen(self, phone: str) -> str:
        """Return the phone's screen in words, as narrow as a feature phone's; no word is ever cut."""
        log = self.call_log(phone)
        return draw(phone, self.quirk(phone), log[-1] if log else None, self.session(phone), self.texts(phone))

    def _one_call(self, sql: str, key: str) -> SimCall | None:
        found = self._file.read(sql, (key,))
        return rows.read_call(found[0]) if found else None


def _settle(db: sqlite3.Connection, text: sqlite3.Row, fate: str, now: datetime) -> None:
    db.execute("UPDATE texts SET fate = ?, at = ? WHERE id = ?", (fate, rows.stamp(now), text["id"]))
    if text["attempt"] is None:
        return
    status, due = ("delivered", now + RECEIPT_AFTER) if fate == "arrived" else ("failed", now)
    told = {"ref": text["ref"], "attempt": text["attempt"], "to": text["phone"], "status": status}
    rows.owe(db, "sms/status", {**told, "code": "" if fate == "arrived" else fate}, due)
