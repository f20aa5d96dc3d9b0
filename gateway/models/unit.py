"""Police units (Polda > Polres > Polsek > post) and the areas they answer for; and the lists that stand in the same
tree: special police, ambulance, fire brigade, hospital, which answer for no place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Row, String, Text, delete, false, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Session, mapped_column

from gateway.core import defaults
from gateway.core.policy_groups import LISTS, POLICE
from gateway.models.base import Base, utc_now
from gateway.models.memory import held, remembered

KINDS = (*POLICE, *LISTS)
RETIRED = "retired"  # the kind of a unit that was taken off the lists, and stays for what the history names


@held
class Unit(Base):
    __tablename__ = "units"

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(10))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"), index=True)
    phone: Mapped[str | None] = mapped_column(String(32), index=True)  # the desk's number, E.164
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    timezone: Mapped[str] = mapped_column(String(40), default=defaults.TIMEZONE)
    # The unit's general rule (others: gateway.models.policy_rule): a name, or "" where the units above decide.
    policy: Mapped[str] = mapped_column(String(40), default="")
    waves: Mapped[str | None] = mapped_column(Text)  # the unit's own policy as JSON; NULL = the named one
    policy_was: Mapped[str | None] = mapped_column(String(40))  # its former policy, where inheriting changed its answer
    hole_told: Mapped[datetime | None]  # when the newest warning of a hole in the roster that was told was due
    # the word at the head of a text to a shared number that makes it this unit's (core.words.unit_keywords)
    keyword: Mapped[str | None] = mapped_column(String(12), unique=True)
    # what texts to people of this unit show as their sender where the line can; NULL: as the units above, else the line
    sender: Mapped[str | None] = mapped_column(String(16))
    volunteers: Mapped[bool] = mapped_column(default=False)  # whether volunteers of the neighbourhood are asked here


class UnitNumber(Base):
    """A number of ours that belongs to one unit: unknown numbers that write to it reach that unit's desk."""

    __tablename__ = "unit_numbers"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), index=True)
    phone: Mapped[str] = mapped_column(String(32), unique=True)  # E.164


class Area(Base):
    __tablename__ = "areas"

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(120), default="")
    geometry: Mapped[str] = mapped_column(Text)  # GeoJSON Polygon or MultiPolygon, WGS 84
    changed_at: Mapped[datetime] = mapped_column(default=utc_now, onupdate=utc_now, index=True)  # see MapIndex


def timezone_of(unit: Unit | None) -> str:
    """Return the zone (IANA) of the clock that this unit's people read; the gateway's own where there is no unit."""
    return unit.timezone if unit is not None else defaults.TIMEZONE


def by_id(db: Session, unit_id: int | None) -> Unit | None:
    """Return this unit, or None. The units above it are read with it: who asks for one asks for those soon."""
    return next((unit for unit in _with_those_above(db, unit_id) if unit.id == unit_id), None)


@remembered("units")
def _with_those_above(db: Session, unit_id: int | None) -> Sequence[Unit]:
    above = select(Unit.id, Unit.parent_id).where(Unit.id == unit_id).cte("above", recursive=True)
    above = above.union(select(Unit.id, Unit.parent_id).where(Unit.id == above.c.parent_id))
    return db.scalars(select(Unit).where(Unit.id.in_(select(above.c.id)))).all() if unit_id is not None else ()


def written_to(db: Session, called: str) -> Unit | None:
    """Return the unit that this keyword or number of ours (E.164) belongs to, or None."""
    if not called:
        return None
    number = select(UnitNumber.unit_id).where(UnitNumber.phone == called)
    return db.scalar(select(Unit).where(or_(Unit.keyword == called, Unit.id.in_(number))))


def by_keyword(db: Session, keyword: str) -> Unit | None:
    return db.scalar(select(Unit).where(Unit.keyword == keyword)) if keyword else None


def every_number(db: Session) -> frozenset[str]:
    """Return all numbers of ours (E.164) that belong to units."""
    return frozenset(db.scalars(select(UnitNumber.phone)))


def have_senders(db: Session) -> bool:
    """Return whether any unit has a sender of its own."""
    return db.scalar(select(Unit.id).where(Unit.sender.is_not(None)).limit(1)) is not None


def sender_of(db: Session, unit: Unit | None) -> str:
    """Return the sender of this unit's texts: its own, else that of the nearest unit above that has one, else ""."""
    steps = chain(db, unit) if unit is not None else []
    return next((step.sender for step in steps if step.sender), "")


def numbers_of(db: Session, unit_id: int) -> Sequence[str]:
    """Return the numbers of ours (E.164) that belong to this unit."""
    query = select(UnitNumber.phone).where(UnitNumber.unit_id == unit_id)
    return db.scalars(query.order_by(UnitNumber.phone)).all()


def set_numbers(db: Session, unit: Unit, numbers: Collection[str]) -> bool:
    """Let exactly these numbers of ours (E.164) belong to this unit, taken from others where need be; return whether
    anything changed."""
    known = set(numbers_of(db, unit.id))
    if known == set(numbers):
        return False
    db.execute(delete(UnitNumber).where(or_(UnitNumber.unit_id == unit.id, UnitNumber.phone.in_(numbers))))
    db.add_all([UnitNumber(unit_id=unit.id, phone=number) for number in sorted(set(numbers))])
    return True


def by_code(db: Session, code: str) -> Unit | None:
    return db.scalar(select(Unit).where(Unit.code == code))


def all_units(db: Session) -> Sequence[Unit]:
    return db.scalars(select(Unit).order_by(Unit.id)).all()


@remembered("units")
def places(db: Session, unit_ids: frozenset[int]) -> Sequence[Row[int, float | None, float | None]]:
    """Return the latitude and longitude (degrees WGS 84) of these units, as far as known, with their ids."""
    return db.execute(select(Unit.id, Unit.lat, Unit.lon).where(Unit.id.in_(unit_ids))).all()


@remembered("units")
def desks_at(db: Session, phone: str) -> Sequence[Unit]:
    """Return the units whose desk answers this number."""
    return db.scalars(select(Unit).where(Unit.phone == phone).order_by(Unit.id)).all()


def chain(db: Session, unit: Unit) -> list[Unit]:
    """Return the unit and all units above it, nearest first.

    If the parents form a loop, the chain ends where it closes.
    """
    return list(_upwards(db, unit))


def _upwards(db: Session, unit: Unit | None) -> Iterator[Unit]:
    """Yield the unit and those above it, each read when it is wanted."""
    seen: set[int] = set()
    while unit is not None and unit.id not in seen:
        seen.add(unit.id)
        yield unit
        unit = db.get(Unit, unit.parent_id) if unit.parent_id is not None else None


@remembered("units")
def topmost(db: Session) -> Unit | None:
    """Return the first police unit without a parent."""
    query = select(Unit).where(Unit.parent_id.is_(None), Unit.kind.not_in(LISTS))
    return db.scalar(query.order_by(Unit.id).limit(1))


def top_desks(db: Session) -> Sequence[int]:
    """Return the ids of the units that read what belongs to no unit: each unit without a parent or, where it has no
    desk's number, the nearest ones below it that have one."""
    rows = [unit for unit in all_units(db) if unit.kind not in LISTS]
    found: list[int] = []
    steps = [unit for unit in rows if unit.parent_id is None]
    while steps:
        below = [child for unit in steps if not unit.phone for child in rows if child.parent_id == unit.id]
        found += [unit.id for unit in steps if unit.phone]
        steps = below
    return found or [unit.id for unit in rows if unit.parent_id is None]


def shown_to(
    db: Session, unit_id: InstrumentedAttribute[int | None], scope: Collection[int] | None
) -> ColumnElement[bool]:
    """Return the SQL condition for rows of a unit that a user of these units may see (None: all rows). A row without a
    unit is for the desks at the top."""
    if scope is None:
        return true()
    nobodys = unit_id.is_(None) if set(scope) & set(top_desks(db)) else false()
    return or_(unit_id.in_(scope), nobodys)


def heads(db: Session) -> Sequence[Unit]:
    """Return every polda or polres without a parent."""
    query = select(Unit).where(Unit.parent_id.is_(None), Unit.kind.in_(("polda", "polres")))
    return db.scalars(query.order_by(Unit.id)).all()


def polres_of(db: Session, unit: Unit) -> Unit | None:
    return next((step for step in chain(db, unit) if step.kind == "polres"), None)


def ids_below(db: Session, unit: Unit) -> Sequence[int]:
    """Return the unit's id and those of all units below it."""
    below = select(Unit.id).where(Unit.id == unit.id).cte("below", recursive=True)
    below = below.union(select(Unit.id).where(Unit.parent_id == below.c.id))
    return db.scalars(select(below.c.id)).all()


def police_below(db: Session, unit: Unit) -> Sequence[int]:
    """Return the same without lists."""
    return db.scalars(select(Unit.id).where(Unit.id.in_(ids_below(db, unit)), Unit.kind.not_in(LISTS))).all()


def neighbours(db: Session, unit: Unit) -> Sequence[Unit]:
    """Return the units with the same parent, without lists."""
    if unit.parent_id is None:
        return ()
    beside = (Unit.parent_id == unit.parent_id, Unit.id != unit.id, Unit.kind.not_in(LISTS))
    return db.scalars(select(Unit).where(*beside).order_by(Unit.id)).all()


def children(db: Session, unit: Unit) -> Sequence[Unit]:
    """Return the units that this one leads, without lists."""
    led = (Unit.parent_id == unit.id, Unit.kind.not_in(LISTS))
    return db.scalars(select(Unit).where(*led).order_by(Unit.id)).all()


def above(db: Session, unit: Unit, levels: int) -> Unit | None:
    """Return the unit so many levels above, the topmost where there are fewer; None for a unit at the top."""
    steps = chain(db, unit)[1:]
    return steps[min(levels, len(steps)) - 1] if steps else None


def of_kind(db: Session, unit: Unit, kind: str) -> Sequence[Unit]:
    """Return every unit of this kind below or at the nearest unit above under which there is one; for a unit at the
    top, below or at itself."""
    for step in chain(db, unit)[1:] or [unit]:
        query = select(Unit).where(Unit.id.in_(ids_below(db, step)), Unit.kind == kind).order_by(Unit.id)
        if found := db.scalars(query).all():
            return found
    alone = (Unit.kind == kind, Unit.kind.in_(LISTS), Unit.parent_id.is_(None))  # a list under nobody is everybody's
    return db.scalars(select(Unit).where(*alone).order_by(Unit.id)).all()


def desk_of(db: Session, unit: Unit | None) -> Unit | None:
    """Return the unit whose desk gets the messages about this unit's matters; None if no unit has a number.

    That is this unit, else the nearest one above it that has a number, else any unit that has one.
    """
    step = next((step for step in _upwards(db, unit) if step.phone), None) or topmost(db)
    if step is not None and step.phone:
        return step
    anywhere = (Unit.phone.is_not(None), Unit.kind.not_in(LISTS))
    return db.scalar(select(Unit).where(*anywhere).order_by(Unit.id).limit(1))
