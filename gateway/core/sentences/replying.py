"""Word a sentence for the way in which its phone answers: where no reply arrives, none is asked for.

A sentence asks for a reply with one verb (`reply.verb`: "Balas"). What stands here works on templates, before names and
people's own words are filled in, so nothing that a person wrote is taken for ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NamedTuple

from gateway.core.filters import OPEN, Profile
from gateway.core.line_abilities import HERE, ReplyPath, ReplyWay
from gateway.core.phone import local
from gateway.core.sentences.segments import segments


class Answerable(str):
    """A text to a phone that can be said again for another way of answering it, and for a line with a filter. `by`
    makes its words; `through` makes those that pass a filter, where that takes more than rewriting them."""

    by: Callable[[ReplyPath], str]
    through: Callable[[ReplyPath, Profile], str]

    def __new__(
        cls, by: Callable[[ReplyPath], str], through: Callable[[ReplyPath, Profile], str] | None = None
    ) -> Answerable:
        text = super().__new__(cls, by(HERE))
        text.by = by
        text.through = through or (lambda path, profile: profile.passing(by(path)))
        return text


class Passage(NamedTuple):
    """How a text goes over one line: how its phone answers, and what the line's operators block."""

    path: ReplyPath
    profile: Profile = OPEN


def by_line(body: str, passages: Mapping[str, Passage]) -> dict[str, str]:
    """Return the words of a text for each line, in the order of `passages`; empty where all say `body`. A text that
    says where else to answer, and does not fit one message with it, asks for no answer."""
    said = {passage: _over(body, passage) for passage in set(passages.values())}
    found = {line: said[passage] for line, passage in passages.items()}
    return found if any(words != str(body) for words in found.values()) else {}


def _over(body: str, passage: Passage) -> str:
    path, profile = passage
    if not isinstance(body, Answerable):
        return profile.passing(body)
    words = _said(body, path, profile)
    longer = path.way in (ReplyWay.HERE, ReplyWay.TEXT) and segments(words) > segments(body)
    return _said(body, ReplyPath(ReplyWay.NONE), profile) if longer else words


def _said(body: Answerable, path: ReplyPath, profile: Profile) -> str:
    if profile.is_open:
        return str(body) if path.way is ReplyWay.HERE else body.by(path)
    return body.through(path, profile)


class Asking(NamedTuple):
    """How a language asks for a reply. `verb` asks; `elsewhere` is the same with `{reply_number}`, the number to text;
    `instead` are the beginnings, with "|" between them, of what may be done in place of it ("atau tel")."""

    verb: str
    elsewhere: str
    instead: str


@lru_cache(maxsize=4096)
def reworded(template: str, path: ReplyPath, asking: Asking) -> str:
    """Return a template for this way of answering."""
    asks = _asks(asking.verb)
    if path.way is ReplyWay.HERE or not asks.search(template):
        return template
    if path.way is ReplyWay.TEXT:
        told = asking.elsewhere.replace("{reply_number}", local(path.number))
        return asks.sub(lambda found: told if found[0][0].isupper() else told[0].lower() + told[1:], template, count=1)
    return _without(template, asking)


def _asks(verb: str) -> re.Pattern[str]:
    """Return the verb as it asks: with a capital letter, or before a word to send ("balas AMAN")."""
    return re.compile(rf"\b(?:{verb}|{verb.lower()}(?= [A-Z]))\b")


def _without(template: str, asking: Asking) -> str:
    """Return the template without what it asks to reply, and without a question that only leads to that. What may be
    done in place of it ("atau tel …") stays."""
    verb, small, instead = asking.verb, asking.verb.lower(), f"(?:{asking.instead})"
    gone = (
        rf"\b(?:{verb}|{small})\b[^.?!]*?(?= {instead}\b)",  # "Balas SMS ini| atau tel 0561…"
        rf" \w+ {small} [A-Z][^.?!]*$",  # "Kirim orang| atau balas OK {code}"
        rf"(?:(?<=[.!?)}}] )[^.?!:}}]*\?\s*)?\b{verb}\b[^.?!]*[.!]?",  # "Tel 0561….| Sudah aman? Balas AMAN"
        rf"[^.?!,]*\b{small} [A-Z][^.?!]*[.!]?",  # "noted, you cannot come.| If that changes reply OK {code}"
        r"(?<=[.!?}] )[^.?!:}]*[?:] [A-Z]{4,} (?:<PIN>|\{code\})\.?",  # "| Tidak? TOLAK {code}"
    )
    text = re.sub(gone[0], "\0", template)
    text = re.sub(rf"\0 \w+ (?={'|'.join(way.partition(' ')[2] for way in asking.instead.split('|'))})", "", text)
    for part in gone[1:]:
        text = re.sub(part, "", text)
    text = re.sub(r"([?.!] )([a-z])", lambda found: found[1] + found[2].upper(), text)
    return " ".join(text.split())
