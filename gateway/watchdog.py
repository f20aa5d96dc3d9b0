"""Tell people by text, call and mail when the gateway is unwell or late: a program of its own, for another machine.

It has no database, no Redis and no web page of ours. It asks `/readyz` every few seconds, holds nothing but desks' and
administrators' numbers (sealed), and has lines and a mail server of its own. `siaga watchdog` starts it, and `siaga
watchdog --make` writes its list of numbers.
"""

from __future__ import annotations

import itertools
import json
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import requests
from cryptography.fernet import Fernet, InvalidToken
from pydantic import SecretStr

from gateway.carriers.base import HandsetCarrier, TextCarrier, VoiceCarrier
from gateway.carriers.failover import Switchboard
from gateway.carriers.registry import carrier_of
from gateway.config import BadSetting
from gateway.config.lines import line_setting_names, read_line_settings, read_lines
from gateway.config.sources import read_given
from gateway.config.values import MAIL_ADDRESS
from gateway.core import defaults
from gateway.core.messages import CallOut, HangUp, Outcome, Say, Sent, TextOut
from gateway.core.phone import mask
from gateway.core.sentences.phrases import clock_text, say, sms
from gateway.core.setting_values import NO_SECRET
from gateway.mail import Mailer, NotSent

log = logging.getLogger(__name__)
EVERY = 5.0  # seconds between two questions
ANSWERS_WITHIN = (3.0, 5.0)  # seconds to connect, and between two reads
UNWELL_FOR = 20.0  # seconds that it is not well before anybody is told
OVERDUE_BY = 10.0  # seconds that an incident's wave, text or call is late before anybody is told
WELL_FOR = 20.0  # seconds that all is well before anybody is told that it is over
PAUSES = (120.0, 300.0, 600.0, 900.0)  # seconds until it is told again; the last one from then on
CALM = 900.0  # seconds of being well after which the pauses begin anew
FRESH = 60.0  # seconds between two tellings when another incident is late
RING_SECONDS = 25
TEXTS_AT_ONCE = 8
# Our ids of texts and calls: longer than any that the gateway gives, which takes a report about them for nobody's.
FIRST_ID = 10_000_000_000
MAIL_SETTINGS = ("WATCHDOG_MAIL", "SMTP_URL", "SMTP_FROM")
OWN_SETTINGS = ("WATCHED_URL", "WATCHDOG_LIST", "WATCHDOG_KEY", "HEALTH_TOKEN", "CARRIERS", "DEFAULT_REGION")


# --- whom it tells ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Watcher:
    """One desk or administrator: the phone (E.164), their language and their clock's zone (IANA)."""

    phone: str
    language: str = defaults.LANGUAGE
    timezone: str = defaults.TIMEZONE


def write_list(path: Path, key: str, watchers: Sequence[Watcher]) -> None:
    """Write the sealed list; only its owner may read the file."""
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_bytes(Fernet(key).encrypt(json.dumps([asdict(one) for one in watchers]).encode()))


def read_list(path: Path, key: str) -> list[Watcher]:
    """Return the people of a sealed list. Raises BadSetting."""
    try:
        ring = Fernet(key)
    except ValueError as error:
        raise BadSetting({"WATCHDOG_KEY": "is no key that `siaga watchdog --make` prints"}) from error
    try:
        return [Watcher(**one) for one in json.loads(ring.decrypt(path.read_bytes()))]
    except (OSError, InvalidToken, ValueError, TypeError) as error:
        told = "names no list that WATCHDOG_KEY opens; write one with: siaga watchdog --make FILE"
        raise BadSetting({"WATCHDOG_LIST": told}) from error


# --- what it sees -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """The answer to one question to `/readyz`: the names of its reasons (none: well), and the incidents that are late
    by at least OVERDUE_BY, each by its code or "" where that is not told."""

    reasons: tuple[str, ...] = ()
    overdue: tuple[str, ...] = ()


def look(url: str, token: str, get: Callable[..., requests.Response] = requests.get) -> Seen:
    """Ask once. Whatever is no answer of `/readyz` is a reason: it may be another server's page."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = get(f"{url}/readyz", headers=headers, timeout=ANSWERS_WITHIN, allow_redirects=False)
        told: Any = answer.json() if answer.status_code in (200, 503) else None
        late = [one for one in told["overdue"] if float(one["seconds"]) >= OVERDUE_BY] if told else []
        if told:
            return Seen(tuple(map(str, told["reasons"])), tuple(dict.fromkeys(str(one["code"]) for one in late)))
    except requests.RequestException:
        return Seen(("web",))
    except (ValueError, TypeError, KeyError):
        return Seen(("readyz",))
    return Seen((f"readyz {answer.status_code}",))


@dataclass(frozen=True)
class Alarm:
    """One telling. `over`: all is well again, which is only texted."""

    seen: Seen = Seen()
    over: bool = False


class Watch:
    """Decides when people are told, from what was seen and a clock of seconds. It holds no other state."""

    def __init__(self, unwell_for: float = UNWELL_FOR, well_for: float = WELL_FOR) -> None:
        self._unwell_for, self._well_for = unwell_for, well_for
        self._bad_since: float | None = None
        self._well_since: float | None = None
        self._raised = False
        self._told_at = float("-inf")
        self._times = 0  # told since it was last calm
        self._named: frozenset[str] = frozenset()  # the late incidents that were told

    def see(self, seen: Seen, now: float) -> Alarm | None:
        if not seen.reasons and not seen.overdue:
            self._bad_since = None
            return self._well(now)
        if self._bad_since is None:
            self._bad_since = now
        self._well_since = None
        ripe = self._raised or bool(seen.overdue) or now - self._bad_since >= self._unwell_for
        return self._tell(seen, now) if ripe and now - self._told_at >= self._pause(seen) else None

    def _well(self, now: float) -> Alarm | None:
        self._well_since = now if self._well_since is None else self._well_since
        well_for = now - self._well_since
        if well_for >= CALM:
            self._times = 0
        if not self._raised or well_for < self._well_for:
            return None
        self._raised, self._named = False, frozenset()
        return Alarm(over=True)

    def _pause(self, seen: Seen) -> float:
        """Return the seconds that have to lie between two tellings: fewer where another incident is late."""
        if self._times == 0:
            return 0.0
        usual = PAUSES[min(self._times, len(PAUSES)) - 1]
        return min(FRESH, usual) if set(seen.overdue) - self._named else usual

    def _tell(self, seen: Seen, now: float) -> Alarm:
        self._raised, self._told_at, self._times = True, now, self._times + 1
        self._named |= set(seen.overdue)
        return Alarm(seen)


# --- how it tells -------------------------------------------------------------------------------------------------


def words(alarm: Alarm, watcher: Watcher, at: datetime) -> str:
    """Return the text for this person: one message, whatever it names."""
    time_there = clock_text(at, watcher.timezone)
    if alarm.over:
        return str(sms("watchdog.well", watcher.language, time=time_there))
    codes = " ".join(filter(None, alarm.seen.overdue)) or str(len(alarm.seen.overdue))
    if alarm.seen.overdue:
        return str(sms("watchdog.late", watcher.language, time=time_there, words=codes))
    return str(sms("watchdog.unwell", watcher.language, time=time_there, reason=", ".join(alarm.seen.reasons)))


Act = Callable[[Watcher, Alarm, datetime], Sent]


class Teller:
    """Texts and rings everybody on the list, over the first line that takes it, and mails beside that."""

    def __init__(
        self,
        lines: Switchboard,
        watchers: Sequence[Watcher],
        sleep: Callable[[float], None],
        mail: Callable[[str], None] = lambda words: None,
    ) -> None:
        self._lines, self._watchers, self._sleep, self._mail = lines, watchers, sleep, mail
        self._ids = itertools.count(FIRST_ID + int(time.time()))
        self._one_call = threading.Lock()  # a telephone has one call at a time

    def tell(self, alarm: Alarm) -> None:
        """Text all, then ring all unless it is over; a mail leaves meanwhile. Nothing that fails for one keeps the
        others from it."""
        at = datetime.now(UTC)
        acts = (self._text,) if alarm.over else (self._text, self._ring)
        with ThreadPoolExecutor(TEXTS_AT_ONCE + 1) as pool:
            pool.submit(self._mail, words(alarm, Watcher(""), at))
            for act in acts:
                list(pool.map(partial(self._safely, act, alarm, at), self._watchers))

    def _safely(self, act: Act, alarm: Alarm, at: datetime, who: Watcher) -> None:
        try:
            sent = act(who, alarm, at)
        except Exception:  # whatever fails for one must not keep the others from being told
            log.exception("%s was not told", mask(who.phone))
        else:
            log.info("%s told: %s", mask(who.phone), sent.outcome.value)

    def _text(self, who: Watcher, alarm: Alarm, at: datetime) -> Sent:
        text = TextOut(next(self._ids), who.phone, words(alarm, who, at), valid_seconds=3600)
        lines = self._lines.for_texts(who.phone)
        return _first(partial(_send, line, text) for line in lines)

    def _ring(self, who: Watcher, alarm: Alarm, at: datetime) -> Sent:
        said = (Say(say("watchdog.call", who.language), who.language), HangUp())
        call = CallOut(next(self._ids), who.phone, RING_SECONDS, said)

        def place(line: VoiceCarrier) -> Sent:
            if not isinstance(line, HandsetCarrier):
                return line.place_call(call)
            with self._one_call:  # it rings until it is told to stop
                sent = line.place_call(call)
                if sent.outcome is Outcome.ACCEPTED:
                    self._sleep(RING_SECONDS)
                    line.cancel_call(sent.ref)
                return sent

        return _first(partial(place, line) for line in self._lines.for_calls(who.phone))


def _send(line: TextCarrier, text: TextOut) -> Sent:
    return line.send_texts([text])[0]


def _first(tries: Iterable[Callable[[], Sent]]) -> Sent:
    """Return the first answer that is not a refusal; the last refusal where every line refuses."""
    sent = Sent(Outcome.REFUSED, code="no_line")
    for attempt in tries:
        sent = attempt()
        if sent.outcome in (Outcome.ACCEPTED, Outcome.UNKNOWN):
            break
    return sent


# --- the program --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _House:
    """The settings that a line may read besides its own. Carriers call the gateway back, which keeps what it hears."""

    public_url: str
    data_dir: Path = Path("var")
    demo_hook_key: SecretStr = NO_SECRET


@dataclass(frozen=True)
class Watchdog:
    url: str
    token: str
    lines: Switchboard
    watchers: Sequence[Watcher]
    mailer: Mailer | None = None
    readers: Sequence[str] = ()  # mail addresses

    @classmethod
    def load(cls, environ: Mapping[str, str]) -> Watchdog:
        """Return the watchdog of these settings. Raises BadSetting, which names every fault."""
        given, complaints = read_given((*OWN_SETTINGS, *MAIL_SETTINGS), environ)
        for name in ("WATCHED_URL", "WATCHDOG_LIST", "WATCHDOG_KEY", "CARRIERS"):
            if name not in given:
                complaints.setdefault(name, "is missing (docs/operate.md, The watchdog)")
        if complaints:
            raise BadSetting(complaints)
        names = _lines(given["CARRIERS"])
        texts, unread = read_given(line_setting_names(names), environ)
        if unread:
            raise BadSetting(unread)
        settings = read_line_settings(texts, names, given.get("DEFAULT_REGION", defaults.REGION))
        url = given["WATCHED_URL"].rstrip("/")
        opened = [settings[name].open(name, _House(url)) for name in names]
        watchers = read_list(Path(given["WATCHDOG_LIST"]), given["WATCHDOG_KEY"])
        return cls(url, given.get("HEALTH_TOKEN", ""), Switchboard(opened), watchers, *_mail_of(given))

    def run(self, stop: threading.Event, watch: Watch, every: float = EVERY) -> None:
        """Ask and tell until `stop` is set. A telling that is still under way holds up no question."""
        teller, telling = Teller(self.lines, self.watchers, time.sleep, self._mail), ThreadPoolExecutor(1)
        log.info("%d people are told when %s is unwell", len(self.watchers), self.url)
        while not stop.wait(every):
            alarm = watch.see(look(self.url, self.token), time.monotonic())
            if alarm is not None:
                log.warning("all is well again" if alarm.over else f"telling of {alarm.seen}")
                telling.submit(teller.tell, alarm)
        telling.shutdown(wait=False, cancel_futures=True)

    def _mail(self, told: str) -> None:
        """Mail a telling to every reader, the words as subject too; why one did not leave goes to the log."""
        if self.mailer is None:
            return
        try:
            self.mailer.send(self.readers, told, f"{told}\n\n{self.url}")
        except NotSent as error:
            log.error("no mail: %s", error)


def _mail_of(given: Mapping[str, str]) -> tuple[Mailer | None, Sequence[str]]:
    """Return the mail server and who reads; None and nobody where WATCHDOG_MAIL is not set. Raises BadSetting."""
    readers = [reader.strip() for reader in given.get("WATCHDOG_MAIL", "").split(",") if reader.strip()]
    if not readers:
        return None, ()
    faults = {name: "is missing, and WATCHDOG_MAIL is set" for name in ("SMTP_URL", "SMTP_FROM") if not given.get(name)}
    if unusable := [reader for reader in readers if not MAIL_ADDRESS.fullmatch(reader)]:
        faults["WATCHDOG_MAIL"] = f"names no mail address: {', '.join(unusable)}"
    if faults:
        raise BadSetting(faults)
    return Mailer(given["SMTP_URL"], given["SMTP_FROM"]), readers


def _lines(named: str) -> tuple[str, ...]:
    try:
        names = read_lines(named.split(","))
    except ValueError as error:
        raise BadSetting({"CARRIERS": str(error)}) from error
    for name in names:
        carrier = carrier_of(name)
        if carrier is None or carrier.demo or carrier.switched:
            raise BadSetting({"CARRIERS": f"names {name}, which needs processes that the watchdog has not"})
    return names
