"""Make the texts that tell desks and officers of many uncertain calls at once: one line for each call."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.core import phone
from gateway.core.sentences.phrases import say, tidy
from gateway.core.sentences.segments import cut, septets

MOST = 459  # septets of three joined messages
WORDS = 40  # septets of the words of one call


@dataclass(frozen=True)
class Line:
    """One call of a bundle: the same words from several numbers are one."""

    code: str
    phones: tuple[str, ...]  # E.164, the first that wrote them first
    words: str
    hushed: bool = False  # nobody may ring or text that phone


def bundle_texts(lines: Sequence[Line], language: str) -> list[str]:
    """Return the texts that hold all these lines, each no longer than three joined messages."""
    count = sum(len(line.phones) for line in lines)
    head = tidy(say("desk.bundle", language, count=count))
    texts = [head]
    for told in _lines(lines, language):
        longer = f"{texts[-1]} {told}"
        if septets(longer) <= MOST:
            texts[-1] = longer
        else:
            texts.append(f"{head} {told}")
    return texts


def _lines(lines: Sequence[Line], language: str) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        more = f" +{len(line.phones) - 1}" if len(line.phones) > 1 else ""
        hush = f" {say('alert.quiet', language)}" if line.hushed else ""
        words = cut(tidy(line.words), WORDS)
        yield f'{number}) {line.code} {phone.local(line.phones[0])}{more}{hush} "{words}"'
