"""`siaga explain` prints what a text of a number would be taken for, and why. It does nothing and compares no PIN."""

from __future__ import annotations

from collections.abc import Iterator

import click

from gateway.cli.door import PHONE
from gateway.core.intent import Intent, decide
from gateway.core.intent.facts import Case, OpenFacts, Sender
from gateway.core.intent.table import TABLE
from gateway.core.places.aml import redact
from gateway.core.words.commands import ChangePin, Leave, Safe
from gateway.core.words.reading import Reading
from gateway.core.words.triage import Panic
from gateway.core.words.urgency import Judged
from gateway.identity.callers import identify
from gateway.inbound import sender_facts
from gateway.wiring import house

NOTHING = "nothing"


@click.command()
@click.argument("number", type=PHONE, metavar="NUMBER")
@click.argument("words", metavar="TEXT")
def explain(number: str, words: str) -> None:
    """Tell what a TEXT from NUMBER would be taken for now and which rule says so; nothing is done, no PIN compared."""
    with house().open_reading_uow() as uow:
        caller = identify(uow, number)
        case = sender_facts.gather(uow, caller, redact(words))
        name = f" {caller.name}" if caller.name else ""
        for label, told in explained(case, decide(case), number + name):
            click.echo(f"{label + ':':<8}{told}")


def explained(case: Case, intent: Intent, who: str) -> Iterator[tuple[str, str]]:
    """Yield the explanation as pairs of a label and a sentence. `who` is the number and the name that belongs to it."""
    yield "text", " ".join(case.reading.masked.split()) or "(empty)"
    yield "read", "; ".join(_read(case.reading)) or "no panic, no command, no answer"
    yield "judged", _judged(case.reading.judged)
    yield "number", f"{who}: {', '.join(_roles(case.sender)) or 'on no list'}"
    yield "open", "; ".join(_open(case.open)) or NOTHING
    yield "rule", f"{TABLE.index(intent.row) + 1} of {len(TABLE)}, {intent.row.name} ({intent.row.who.value})"
    yield "why", intent.row.reason
    for extra in intent.also:
        yield "also", extra.reason
    if _gives_pin(case.reading):
        yield "PIN", "a PIN would be checked; it was not compared here"


def _gives_pin(reading: Reading) -> bool:
    match reading.command:
        case Safe(pin) | Leave(pin) | ChangePin(pin, _):
            return pin is not None
    return False


def _read(reading: Reading) -> Iterator[str]:
    if reading.panic is not None:
        yield "a panic" + (" that asks for quiet" if reading.panic.quiet else "")
    elif isinstance(reading.meaning, Panic):
        yield "a panic, by the learned model alone"
    if reading.officer_panic is not None:
        yield "from an officer a panic too"
    if reading.command is not None:
        yield f"the command {type(reading.command).__name__.lower()}"
    if reading.answer is not None:
        yield f"the answer {reading.answer.reply.value}"
    if reading.code is not None:
        yield f"the code {reading.code}"


def _judged(judged: Judged) -> str:
    if judged.probability is None:
        return "not at all, there is no learned model"
    words = f", by {', '.join(judged.words)}" if judged.words else ""
    return f"{judged.urgency.name.lower()}, {judged.probability:.0%} {judged.kind or 'of no kind'}{words}"


def _roles(sender: Sender) -> Iterator[str]:
    roles = {
        "a machine or a number of ours": sender.machine,
        "verified citizen": sender.citizen,
        "volunteer": sender.volunteer,
        "officer": sender.officer,
        "desk": sender.desk,
    }
    return (name for name, held in roles.items() if held)


def _open(facts: OpenFacts) -> Iterator[str]:
    believed = "" if facts.believed else ", which their phone believes is over"
    told = {
        f"an incident of theirs{believed}": facts.own,
        "an uncertain call of theirs": facts.asked_back,
        "our question of the last 30 minutes, which is settled": facts.asked_lately and not facts.asked_back,
        "an incident of theirs that was closed within two hours, as far as their phone knows": facts.closed_lately,
        "uncertain calls that this desk was told of": facts.desk_asked,
        "the uncertain call whose code the text names": facts.names_call,
    }
    yield from (words for words, holds in told.items() if holds)
    for duty in facts.duties:
        yield f"{duty.code}, which they {'accepted' if duty.accepted else 'were alerted for'}"
    if facts.elsewhere:
        yield "the incident that the text names, for which they were not alerted"
    for code in facts.helps:
        yield f"{code}, at which they were asked to help"
