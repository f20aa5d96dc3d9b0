"""`siaga check`, `sweep`, `audit`, `rekey`: check the gateway, do what is due, prove the audit trail, renew keys."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import BinaryIO, NoReturn

import click
from sqlalchemy import func, select

from gateway import wordings
from gateway.carriers.registry import own_voices
from gateway.core.line_abilities import NAMES, Ability
from gateway.core.phone import mask
from gateway.core.sentences.editable import GROUPS, Way, way_of
from gateway.identity import audit_log
from gateway.infrastructure import database
from gateway.mail import Mailer
from gateway.models.audit import Audit
from gateway.operations import key_rotation, line_warnings
from gateway.operations.results import signature
from gateway.register import coverage, phone_checks, roster
from gateway.unit_of_work import Job
from gateway.wiring import House, house
from gateway.worker.queue import JobQueue, every
from gateway.worker.sweep import Sweep

NAMED = 10  # officers who were not heard from that `check` names one by one
AT_ONCE = 16  # batches that `sweep` delivers at the same time


@click.command()
def check() -> None:
    """Settings, tables, Redis, workers, lines, coverage, policies, wordings; ends with 1 if anything is wrong."""
    home = house()
    if database.head(home.settings.database_url) != database.newest():
        wrong = ["database: its tables are not those of this version (siaga migrate)"]
    else:
        wrong = [*_unready(home), *_lines(home), *_doors(home), *silent(home), *_holes(home), *_policies(home)]
        wrong += [*_unspoken(home), *_opted_out(home), *_unmailed(home)]
        for line in (*_abilities(home), *_blocked(home)):
            click.echo(line)
    for line in wrong:
        click.echo(line)
    click.echo(f"{len(wrong)} to look at" if wrong else "all is well")
    sys.exit(1 if wrong else 0)


def _unready(home: House) -> Iterable[str]:
    return [f"{name}: {why}" for name, why in home.reasons().items()]


def _lines(home: House) -> Iterable[str]:
    return [f"line: {why}" for why in home.warnings().values()]


def _abilities(home: House) -> Iterable[str]:
    """Yield what each line can do for the roster's phones, and when the last phone of the largest wave rings."""
    with home.open_uow() as uow:
        for prefix, lines in line_warnings.matrix(uow).items():
            for line in lines:
                can = ", ".join(NAMES[ability] for ability in Ability if ability in line.can)
                yield f"{prefix} on {line.name}: {can or 'nothing'}"
        last = line_warnings.last_ring(uow)
        missing = phone_checks.unheard(uow)
        for officer in missing[:NAMED]:
            yield f"not heard from for a month: {mask(officer.phone)} {officer.title} (siaga test-phone, or a drill)"
        if len(missing) > NAMED:
            yield f"not heard from for a month: {len(missing) - NAMED} more"
        if last is not None:
            yield f"last ring: {line_warnings.in_words(last)}"


def _holes(home: House) -> Iterable[str]:
    with home.open_uow() as uow:
        return [f"coverage: {hole}" for hole in coverage.holes(uow)]


def _doors(home: House) -> Iterable[str]:
    with home.open_uow() as uow:
        return [f"calls: {sentence}" for sentence in coverage.doors(uow)]


def silent(home: House) -> Iterable[str]:
    """Return each language in use that some line has no voice for, and that nothing here can speak."""
    with home.open_uow() as uow:
        used = coverage.languages(uow)
    can = home.speech.languages()
    for line in home.lines.plays_sounds():
        if missing := sorted(used - own_voices(line.name) - can):
            yield f"speech: {line.name} cannot say {', '.join(missing)} here: install espeak-ng on every web host"


def _policies(home: House) -> Iterable[str]:
    with home.open_uow() as uow:
        return [f"policy: {sentence}" for sentence in coverage.policies(uow)]


def _unspoken(home: House) -> Iterable[str]:
    with home.open_uow() as uow:
        return [f"wording: {sentence}" for sentence in wordings.unspoken(uow)]


def _opted_out(home: House) -> Iterable[str]:
    """Name the officers and desks that get no texts on a line that is in use."""
    with home.open_uow() as uow:
        found = roster.opted_out(uow)
    return [f"texts: {who} gets none on {line} after a STOP; START from that phone ends it" for who, line in found]


def _unmailed(home: House) -> Iterable[str]:
    """Tell why no mail could leave, where a server is set: it logs in there and sends nothing."""
    if not home.settings.smtp_url:
        return []
    fault = Mailer(home.settings.smtp_url, home.settings.smtp_from).fault()
    return [f"mail: {fault}"] if fault else []


def _blocked(home: House) -> Iterable[str]:
    """Yield the words of our sentences that the operators of a line block, each with how it leaves there."""
    language = home.settings.default_language
    with home.open_uow() as uow:
        said = [
            (row.key, row.own or row.original) for group in GROUPS for row in wordings.everything(uow, language, group)
        ]
    texts = [(key, words) for key, words in said if way_of(key) in (Way.TEXT, Way.FITTED)]
    for line in home.lines.names():
        profile = home.lines.filter_of(line)
        for key, words in texts:
            for offence in dict.fromkeys(profile.offences(words)):
                passing = profile.passing(offence)
                yield f"filter: {line} blocks {offence!r} in {language}/{key}; it leaves as {passing!r}"


@click.command()
def rekey() -> None:
    """Seal everything anew under the first of ENCRYPTION_KEYS; afterwards the older keys can go."""
    click.echo(f"{key_rotation.rotate(house().open_uow)} rows sealed anew")


# --- sweep --------------------------------------------------------------------------------------------------------


@click.command()
def sweep() -> None:
    """Do whatever is due or owed now, in this process and without Redis; ends when it has been handed over."""
    home = house()
    home.job_queue = NoJobQueue()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        under_way: list[Future[None]] = []

        def hand_over(_: str, work: Callable[[], None]) -> None:
            under_way.append(pool.submit(work))

        rounds = Sweep(home.open_uow, hand_over, finders=home.finders)
        rounds.beat()
        every(1.0, rounds.beat, "beat")  # without it a worker would take our claims over as a dead worker's
        click.echo(f"{_sweep(rounds, under_way)} batches brought out")


def _sweep(rounds: Sweep, under_way: list[Future[None]]) -> int:
    """Sweep until a sweep finds nothing more, and return the number of batches."""
    brought = 0
    while True:
        rounds.sweep()
        if not under_way:
            return brought
        brought += len(under_way)
        wait(under_way)
        under_way.clear()


def _no_redis() -> NoReturn:
    raise ConnectionError("this command runs without Redis")


class NoJobQueue(JobQueue):
    """A job queue that enqueues nothing, because `siaga sweep` may run without Redis."""

    def __init__(self) -> None:
        super().__init__(_no_redis)

    def enqueue(self, jobs: Iterable[Job]) -> None: ...


# What `siaga audit verify-report` says of a file, by the state of its signature, and with which code it ends.
REPORT_SAYS = {
    signature.WHOLE: (0, "as Siaga issued it; the audit trail still contains row {row}, its head at that time"),
    signature.TRAIL_LOST: (
        1,
        "as Siaga issued it, but the audit trail lost row {row}, its head then, or rows before it",
    ),
    signature.CHANGED: (1, "changed after Siaga issued it, or signed with keys that are not in ENCRYPTION_KEYS"),
    signature.UNSIGNED: (2, "carries no signature of Siaga; the PDF, CSV and JSON that it issues do"),
}


# --- audit --------------------------------------------------------------------------------------------------------


@click.group()
def audit() -> None:
    """Who did or saw what."""


@audit.command()
def verify() -> None:
    """Tell whether any row of the trail was changed or removed; ends with 1 if so."""
    with house().open_uow() as uow:
        faults = audit_log.verify(uow)
        count = uow.db.scalar(select(func.count(Audit.id)))
    for fault in faults:
        click.echo(fault)
    click.echo("the trail was tampered with" if faults else f"{count} rows, nothing was changed or removed")
    sys.exit(1 if faults else 0)


@audit.command("verify-report")
@click.argument("file", type=click.File("rb"))
def verify_report(file: BinaryIO) -> None:
    """Tell whether a report (PDF, CSV, JSON) is as it was issued, and whether the trail still contains its head.

    Ends with 0 if both hold, 1 if not, 2 if the file carries no signature.
    """
    with house().open_reading_uow() as uow:
        found = signature.verified(uow, file.read())
    code, sentence = REPORT_SAYS[found.state]
    click.echo(f"{file.name}: {sentence.format(row=found.head.count if found.head else 0)}")
    sys.exit(code)
