"""ROOM: find the unit that a citizen, an applicant or an unknown number's text belongs to.

Another question than `jurisdiction.responsible`: that one always names somebody, because officers must be sent. Here
the answer may be None, and then the desks at the top read the text, or whoever verifies is asked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import select

from gateway.core.places.spots import Source, Spot
from gateway.identity.callers import Caller
from gateway.location import jurisdiction, locate, position_in_text
from gateway.models import unit as units
from gateway.models.citizen import Citizen
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork

# --- whose text it is -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Text:
    """A text of an unknown number or an applicant."""

    uow: UnitOfWork
    caller: Caller
    words: str
    called: str = ""  # the keyword, or the number of ours (E.164), that it was written to; "" if unknown


def of_text(uow: UnitOfWork, caller: Caller, words: str, called: str = "") -> Unit | None:
    """Return the unit whose desks read this text: the one that the first rule names; None: the desks at the top
    (`models.unit.top_desks`)."""
    text = Text(uow, caller, words, called)
    return next((unit for rule in OF_A_TEXT if (unit := rule(text)) is not None), None)


def _written_to(text: Text) -> Unit | None:
    """Return the unit that the keyword or our number belongs to."""
    return units.written_to(text.uow.db, text.called)


def _place_in_text(text: Text) -> Unit | None:
    """Return the unit of the one place that the words name; a name that several places have names none."""
    return _in_words(text.uow, text.caller, text.words)


def _senders_own(text: Text) -> Unit | None:
    """Return the unit of the sender's application: as settled, else as its places name it."""
    citizen = text.caller.citizen
    if citizen is None:
        return units.by_id(text.uow.db, text.caller.unit_id)
    return of_citizen(text.uow, citizen)


OF_A_TEXT: tuple[Callable[[Text], Unit | None], ...] = (_written_to, _place_in_text, _senders_own)


# --- where a citizen belongs ------------------------------------------------------------------------------------------


def of_citizen(uow: UnitOfWork, citizen: Citizen) -> Unit | None:
    """Return the unit that this citizen or applicant belongs to: the one that the first rule names, or None."""
    return next((unit for rule in OF_A_CITIZEN if (unit := rule(uow, citizen)) is not None), None)


def _settled(uow: UnitOfWork, citizen: Citizen) -> Unit | None:
    return units.by_id(uow.db, citizen.unit_id)


def _at_home(uow: UnitOfWork, citizen: Citizen) -> Unit | None:
    return _at(uow, citizen.lat, citizen.lon, Source.HOME)


def _address(uow: UnitOfWork, citizen: Citizen) -> Unit | None:
    return _in_words(uow, Caller(citizen.phone, citizen), citizen.person.address or "")


def _usual_place(uow: UnitOfWork, citizen: Citizen) -> Unit | None:
    return _at(uow, citizen.usual_lat, citizen.usual_lon, Source.USUAL)


def _only_one(uow: UnitOfWork, citizen: Citizen) -> Unit | None:
    """Return the only unit there is, where there is only one."""
    few = uow.db.scalars(select(Unit).limit(2)).all()
    return few[0] if len(few) == 1 else None


OF_A_CITIZEN: tuple[Callable[[UnitOfWork, Citizen], Unit | None], ...] = (
    _settled,
    _at_home,
    _address,
    _usual_place,
    _only_one,
)


def _in_words(uow: UnitOfWork, caller: Caller, words: str) -> Unit | None:
    spot = position_in_text.read(uow, caller, words) if words.strip() else None
    return jurisdiction.named_by(uow, spot) if spot is not None else None


def _at(uow: UnitOfWork, lat: float | None, lon: float | None, source: Source) -> Unit | None:
    if lat is None or lon is None:
        return None
    return jurisdiction.named_by(uow, Spot(lat, lon, locate.HOME_RADIUS_M, source, ""))
