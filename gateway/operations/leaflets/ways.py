"""How people of a unit reach us, for what is printed."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from gateway.core import phone as phones
from gateway.core.line_abilities import Ability
from gateway.models import unit as units
from gateway.models.unit import Unit, UnitNumber
from gateway.unit_of_work import UnitOfWork


@dataclass(frozen=True)
class Ways:
    """The numbers that take texts and missed calls, as people there dial them; the keyword before a text, where one is
    needed; and the police's own number."""

    unit: str
    texts: tuple[str, ...]
    calls: tuple[str, ...]
    keyword: str
    emergency: str

    def text(self, words: str) -> str:
        """Return a text with the unit's keyword at its head."""
        return f"{self.keyword} {words}".strip()


def read(uow: UnitOfWork, unit: Unit) -> Ways:
    """Return the ways of this unit: its own numbers, else those of the units above, else all that our lines have."""
    line = units.chain(uow.db, unit)
    own = next(filter(None, (_own(uow, one) for one in line)), frozenset[str]())
    facts = uow.lines.all_facts(unit.phone or phones.prefix(uow.settings.default_region))
    texts = [number for one in facts if Ability.TEXT_IN in one.can for number in one.doors.texts]
    calls = [number for one in facts if Ability.CALL_IN in one.can for number in one.doors.calls]
    region = uow.settings.default_region
    return Ways(
        unit.name,
        tuple(phones.local(number, region) for number in _those(texts, own)),
        tuple(phones.local(number, region) for number in _those(calls, own)),
        next((one.keyword for one in line if one.keyword), None) or "",
        phones.police_number(region),
    )


def _own(uow: UnitOfWork, unit: Unit) -> frozenset[str]:
    return frozenset(uow.db.scalars(select(UnitNumber.phone).where(UnitNumber.unit_id == unit.id)))


def _those(numbers: list[str], own: frozenset[str]) -> list[str]:
    """Return each number once; only a unit's own where it has some of these."""
    return list(dict.fromkeys(number for number in numbers if number in own)) or list(dict.fromkeys(numbers))
