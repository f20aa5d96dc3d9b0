"""ROOM: how people reach a unit on an installation that many share (numbers of ours, a keyword), and from which sender
its texts leave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select

from gateway.core.line_abilities import is_dialled
from gateway.core.sentences.refusal import Refusal
from gateway.core.words import unit_keywords
from gateway.identity import audit_log
from gateway.models import unit as units
from gateway.models.place import Place
from gateway.models.unit import Unit, UnitNumber
from gateway.register.imports.lookup import EVERYWHERE, Reach
from gateway.unit_of_work import UnitOfWork

_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{3,11}")  # what networks take as an alphanumeric sender (GSM 03.40)


class BadContact(ValueError):  # noqa: N818 - named for what was typed
    """A contact that cannot be stored; `reasons` say why."""

    def __init__(self, reasons: Sequence[Refusal]) -> None:
        super().__init__("; ".join(map(str, reasons)))
        self.reasons = reasons


@dataclass(frozen=True)
class Contact:
    """The numbers of ours (E.164) that belong to a unit, its keyword, and the sender of its texts ("": none)."""

    numbers: tuple[str, ...] = ()
    keyword: str = ""
    sender: str = ""

    def __str__(self) -> str:
        return f"{' '.join(self.numbers) or '-'}, {self.keyword or '-'}, {self.sender or '-'}"


def of_unit(uow: UnitOfWork, unit: Unit) -> Contact:
    return Contact(tuple(units.numbers_of(uow.db, unit.id)), unit.keyword or "", unit.sender or "")


def change(uow: UnitOfWork, unit: Unit, told: Contact, by: str, reach: Reach = EVERYWHERE) -> bool:
    """Store the contact of a unit; return whether that changes anything. Raises BadContact: a keyword is not taken from
    another unit, nor a number from one outside `reach`, the units of the admin who changes it."""
    new = Contact(tuple(sorted(set(told.numbers))), told.keyword.strip().upper(), told.sender.strip())
    before = of_unit(uow, unit)
    if new == before:
        return False
    if wrong := [*_numbers(uow, unit, new, reach), *_keyword(uow, unit, new), *_sender(new)]:
        raise BadContact(wrong)
    units.set_numbers(uow.db, unit, new.numbers)
    unit.keyword, unit.sender = new.keyword or None, new.sender or None
    audit_log.record(uow, by, "unit.contact", unit.code, f"{before} -> {new}")
    return True


def _numbers(uow: UnitOfWork, unit: Unit, told: Contact, reach: Reach) -> list[Refusal]:
    held = uow.db.scalars(select(UnitNumber.unit_id).where(UnitNumber.phone.in_(told.numbers)))
    foreign = any(one != unit.id and not reach.holds(one) for one in held)
    return [Refusal("not_yours", "numbers")] if foreign else []


def _keyword(uow: UnitOfWork, unit: Unit, told: Contact) -> list[Refusal]:
    if not told.keyword:
        return []
    if not unit_keywords.has_form(told.keyword):
        return [Refusal("keyword_form", "keyword", most=unit_keywords.LONGEST)]
    if not unit_keywords.says_nothing(told.keyword) or _names_place(uow, told.keyword):
        return [Refusal("keyword_word", "keyword")]
    other = units.by_keyword(uow.db, told.keyword)
    return [Refusal("keyword_taken", "keyword")] if other is not None and other.id != unit.id else []


def _names_place(uow: UnitOfWork, keyword: str) -> bool:
    """Return whether a place's name or alias begins with this word: taken off a text, the place would be lost."""
    word = keyword.lower()
    names = (func.lower(Place.name), func.lower(Place.aliases))
    begins = [
        name.like(form) for name in names for form in (word, f"{word} %", f"{word}|%", f"%|{word}", f"%|{word} %")
    ]
    return uow.db.scalar(select(Place.id).where(or_(*begins, names[1].like(f"%|{word}|%"))).limit(1)) is not None


def _sender(told: Contact) -> list[Refusal]:
    fits = not told.sender or is_dialled(told.sender) or _NAME.fullmatch(told.sender)
    return [] if fits else [Refusal("sender_form", "sender")]
