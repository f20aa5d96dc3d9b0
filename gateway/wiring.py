"""Join the real things in the only place where that is done: settings, database, lines and queue make a house of units
of work."""

from __future__ import annotations

import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache

from limits.errors import StorageError
from limits.storage import RedisStorage
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from gateway.carriers.failover import Switchboard
from gateway.carriers.simulator.description import handset_file
from gateway.carriers.simulator.handsets import Handsets
from gateway.config import BadSetting, Settings
from gateway.infrastructure import readiness, valkey
from gateway.infrastructure.budgets import Budgets
from gateway.infrastructure.database import is_gone, open_engine
from gateway.infrastructure.database_clock import DatabaseClock, own_time
from gateway.infrastructure.espeak import Espeak
from gateway.infrastructure.heartbeat import Heartbeat
from gateway.infrastructure.installation import is_writable
from gateway.infrastructure.processes import EACH as TOLD_EACH
from gateway.infrastructure.processes import Processes
from gateway.infrastructure.snapshot import Marks, Snapshot, Turn
from gateway.infrastructure.spool import Spool
from gateway.location import position_in_text
from gateway.models import canary, memory, sealing
from gateway.models import lookup as lookups
from gateway.models.worker import CLOCKS_DIFFER_BY
from gateway.operations import line_warnings
from gateway.outage.asking import Outage
from gateway.outage.gathering import Refresher
from gateway.positions.map_index import MapIndex
from gateway.positions.network import NetworkLocator
from gateway.positions.short_links import ShortLinks
from gateway.unit_of_work import AfterCommit, UnitOfWork
from gateway.wordings import Vocabulary
from gateway.worker.lookups import Finder
from gateway.worker.purging import NightlyPurge
from gateway.worker.queue import PATIENCE, REST, JobQueue, Senders
from gateway.worker.second_bell import SecondBell
from gateway.worker.sweep import Sender, Sweep
from gateway.worker.webhooks import EACH as SENT_EACH
from gateway.worker.webhooks import Webhooks

WARNED_FOR = timedelta(minutes=1)  # so long the warnings of lines and roster stand before they are reckoned anew
HOOK_WAVE = 50  # so many alerts a hook's transaction may write; the worker writes a larger wave
Clock = Callable[[], datetime]

utc_now = own_time


@dataclass
class House:
    """All objects that outlive one piece of work."""

    settings: Settings
    engine: Engine
    lines: Switchboard
    job_queue: JobQueue
    clock: Clock = utc_now
    worker: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}")
    map_index: MapIndex = field(default_factory=MapIndex)
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    senders: Sender | None = None
    finders: Mapping[str, Finder] = field(default_factory=dict)
    speech: Espeak = field(default_factory=Espeak)
    budgets: Budgets = field(default_factory=Budgets)

    def __post_init__(self) -> None:
        self.processes = Processes(self.job_queue.reach, self.worker)
        folder = self.settings.data_dir / "spool"
        self.spool = Spool(folder, sealing.seal, sealing.unseal, sealing.mark, lambda: self.clock().timestamp())
        folder = self.settings.data_dir / "outage"
        self.snapshot = Snapshot(folder, sealing.seal_bytes, sealing.unseal_bytes)
        marks = Marks(folder / "marks", sealing.seal_bytes, sealing.unseal_bytes, sealing.mark)
        self.outage = Outage(self.snapshot, marks, self.lines, self.clock, self.settings)
        self.refresher, self._turn = Refresher(self.snapshot), Turn(folder / "turn")

    @contextmanager
    def open_uow(self, wave_limit: int | None = None) -> Iterator[UnitOfWork]:
        """Open a unit of work for one short transaction: it commits on leaving, then enqueues the jobs."""
        after_commit = AfterCommit()
        with memory.keep(Session(self.engine, expire_on_commit=False)) as db:  # on any exception it rolls back
            self.vocabulary.keep_up(db)
            yield UnitOfWork(
                db,
                self.lines,
                after_commit,
                self.clock,
                self.settings,
                self.map_index,
                self.worker,
                wave_limit,
                meanwhile=self.outage.asked,
            )
            db.commit()
        self.job_queue.enqueue(after_commit.jobs)

    @contextmanager
    def open_hook_uow(self, kept_at: float | None = None) -> Iterator[UnitOfWork]:
        """Open a unit of work for a hook: a wave too large for one short transaction is left to the worker. `kept_at`
        is when the hook came in (seconds since 1970), if it waited in the spool since."""
        with self.open_uow(HOOK_WAVE) as uow:
            uow.came_at = None if kept_at is None else datetime.fromtimestamp(kept_at, UTC)
            yield uow

    @contextmanager
    def open_reading_uow(self) -> Iterator[UnitOfWork]:
        """Open a unit of work that only reads: it waits for no writer and holds none up; changes made with it are not
        kept."""
        engine = self.engine.execution_options(read_only=True)
        with memory.keep(Session(engine, expire_on_commit=False)) as db:
            yield UnitOfWork(db, self.lines, AfterCommit(), self.clock, self.settings, self.map_index, self.worker)

    def refresh_snapshot(self) -> None:
        """Write what is needed while the database is away, where it has changed and this process has the turn."""
        try:
            if self._turn.ours():
                self.refresher.refresh(self.open_reading_uow)
        except SQLAlchemyError as error:
            if not is_gone(error):
                raise

    def drain_done(self) -> None:
        """Forget what was done meanwhile, once everything that waited has come home."""
        began = time.time()
        if self.spool.is_home():
            self.outage.is_over(began)

    def redis_answers(self) -> bool:
        return redis_answers(self.settings)

    def reasons(self) -> dict[str, str]:
        """Return by name every reason why a panic could not become a ringing phone now; empty when all is well."""
        found = readiness.reasons(self.open_uow, self.settings.carriers, self.spool.waiting(), self.redis_answers)
        ahead = self.clock_ahead.total_seconds()
        off = abs(ahead) > CLOCKS_DIFFER_BY.total_seconds()
        return found | (readiness.clock_reasons({self.worker.partition(":")[0]: ahead}) if off else {})

    def overdue(self) -> list[dict[str, str | int]]:
        """Return what is late for which incident, by code."""
        return readiness.overdue(self.open_reading_uow)

    @property
    def clock_ahead(self) -> timedelta:
        """Return how far this machine's own clock is ahead of the database's."""
        return self.clock.ahead if isinstance(self.clock, DatabaseClock) else timedelta()

    def keep_time(self) -> None:
        """Ask the database for the time again, if it has one of its own."""
        if isinstance(self.clock, DatabaseClock):
            with suppress(SQLAlchemyError, OSError):  # it goes on as it did
                self.clock.measure()

    def warnings(self) -> dict[str, str]:
        """Return by name what an operator has to know of lines and roster, though panics still become texts. It is
        reckoned once a minute, because it reads the whole roster."""
        now = self.clock()
        if self._warned is None or not timedelta(0) <= now - self._warned[0] < WARNED_FOR:
            try:
                with self.open_reading_uow() as uow:
                    self._warned = now, line_warnings.warnings(uow)
            except SQLAlchemyError:  # `reasons` tells it
                return {}
        return dict(self._warned[1])

    _warned: tuple[datetime, dict[str, str]] | None = None

    @property
    def sweep(self) -> Sweep:
        if self._rounds is None:
            self._rounds = Sweep(
                self.open_uow,
                self.senders or Senders(),
                finders=self.finders,
                clock_ahead=lambda: self.clock_ahead,
            )
        return self._rounds

    _rounds: Sweep | None = None

    @property
    def nightly_purge(self) -> NightlyPurge | None:
        """Return what forgets by itself each night, or None where that is switched off."""
        return NightlyPurge(self.open_uow, self.settings, self.spool) if self.settings.purge_nightly else None

    @property
    def beside(self) -> dict[str, tuple[float, Callable[[], None]]]:
        """Return what a worker does beside its sweep: by name, each with its seconds between two rounds."""
        webhooks = Webhooks(self.open_uow, self.senders or Senders())
        return {
            "process": (TOLD_EACH, self.processes.tell),
            "webhooks": (SENT_EACH, webhooks.tick),
            "second bell": (REST, lambda: SecondBell(self.engine).listen(self.sweep)),
        }

    @property
    def heartbeat(self) -> Heartbeat | None:
        """Return the worker's signs of life for a watcher outside, or None if no watcher is configured."""
        url = self.settings.heartbeat_url
        return Heartbeat(url, self.reasons) if url else None


# --- lines ----------------------------------------------------------------------------------------------------


def handsets(settings: Settings, clock: Clock = utc_now) -> Handsets:
    """Return the demo's phones."""
    return Handsets(handset_file(settings.data_dir), clock)


def finders(settings: Settings) -> dict[str, Finder]:
    """Return the services that look up positions in the background: short links always, the operator where one is
    configured."""
    found: dict[str, Finder] = {lookups.LINK: ShortLinks(position_in_text.BOXES.get(settings.default_region)).follow}
    if settings.camara_api_url:
        secret = settings.camara_client_secret.get_secret_value()
        found[lookups.NETWORK] = NetworkLocator(
            settings.camara_api_url, settings.camara_token_url, settings.camara_client_id, secret
        ).locate
    return found


def switchboard(settings: Settings, speech: Espeak) -> Switchboard:
    """Return the switchboard with the configured lines, in their order."""
    lines = [settings.line_settings[line].open(line, settings) for line in settings.carriers]
    told = {line: settings.line_settings[line].doors() for line in settings.carriers}
    doors = {line: known for line, known in told.items() if known is not None}
    board = Switchboard(
        lines,
        settings.routes,
        settings.pace,
        doors,
        settings.calls_at_once,
        settings.filters,
        settings.daily_limit,
    )
    teach(board, speech)
    return board


def teach(board: Switchboard, speech: Espeak) -> None:
    """Let each line that plays sounds speak every language that can be made, besides those of its own voice."""
    for line in board.plays_sounds():
        line.languages |= speech.languages()


# --- the house ------------------------------------------------------------------------------------------------


def connect_redis(settings: Settings) -> Redis:
    """Connect to Redis for the job queue: one try, which gives up quickly. Raises RedisError or OSError."""
    once = Retry(NoBackoff(), 0)
    return Redis.from_url(_redis_url(settings), socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, retry=once)


def redis_answers(settings: Settings) -> bool:
    """Return whether Redis answers now."""
    try:
        return bool(connect_redis(settings).ping())
    except (RedisError, OSError):
        return False


def connect_redis_to_wait(settings: Settings) -> Redis:
    """Connect to Redis for a worker, which blocks on it. Raises RedisError or OSError."""
    return Redis.from_url(_redis_url(settings), socket_connect_timeout=2)


def budget_storage(settings: Settings) -> RedisStorage:
    """Return where budgets are counted. Raises StorageError."""
    try:
        pool = connect_redis(settings).connection_pool
    except (RedisError, OSError) as error:
        raise StorageError(error) from error
    return RedisStorage("redis://", connection_pool=pool, key_prefix="siaga:budget", wrap_exceptions=True)


def _redis_url(settings: Settings) -> str:
    try:
        return settings.redis_url or valkey.embedded(settings.data_dir)
    except valkey.NoValkey as error:
        raise RedisConnectionError(str(error)) from error


def build(settings: Settings) -> House:
    """Join everything for these settings. Raises BadSetting for a setting whose fault shows only when it is used."""
    _try_out(settings)
    sealing.use_keys([key.get_secret_value() for key in settings.encryption_keys])
    engine = open_engine(settings.database_url)
    _try_keys(engine)
    job_queue, speech = JobQueue(lambda: connect_redis(settings), SecondBell(engine).ring), Espeak()
    clock: Clock = DatabaseClock(engine) if engine.dialect.name == "postgresql" else utc_now  # SQLite has one machine
    house = House(
        settings,
        engine,
        switchboard(settings, speech),
        job_queue,
        clock,
        finders=finders(settings),
        speech=speech,
        budgets=Budgets(lambda: budget_storage(settings)),
    )
    house.keep_time()
    return house


def _try_out(settings: Settings) -> None:
    """Raise BadSetting for a setting that cannot be used. Nothing is made and no service is called: one that is away
    just now is no bad setting."""
    complaints = {}
    if not is_writable(settings.data_dir / "spool"):
        complaints["DATA_DIR"] = "must be a folder to write in: what comes in while the database is away is kept there"
    try:
        if settings.redis_url:
            Redis.from_url(settings.redis_url).connection_pool.make_connection()
    except (ValueError, TypeError):
        complaints["REDIS_URL"] = "must be like redis://redis.example:6379/0, or unix:///run/redis.sock"
    if complaints:
        raise BadSetting(complaints)


def _try_keys(engine: Engine) -> None:
    """Raise BadSetting for keys that do not open this database. One that is away, or not migrated, is no bad setting;
    `readiness` looks again."""
    try:
        with Session(engine) as db:
            fit = canary.keys_fit(db)
            if fit:
                canary.write(db)
                db.commit()
    except (SQLAlchemyError, OSError):
        return
    if not fit:
        raise BadSetting({"ENCRYPTION_KEYS": readiness.WRONG_KEYS})


@cache
def house() -> House:
    """Return this process's house, from the environment. Raises config.BadSetting."""
    return build(Settings.load())
