"""Gathers who must not know of somebody's call for help, and asks `gateway.core.confidants`.

Rooms, pages and senders ask these functions; they add no condition of their own. Nothing here is ever shown.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import cos, radians

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from gateway.core.confidants import HOME_M, USER, Asker, Home, Other, left_out, normalised, user_key
from gateway.core.policy_groups import LISTS
from gateway.identity.users import Identity
from gateway.models import citizen as citizens
from gateway.models import never_asked
from gateway.models import unit as units
from gateway.models.citizen import Citizen, Person
from gateway.models.memory import remembered
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.models.user import MAY_ACT, User
from gateway.unit_of_work import UnitOfWork

BOX = HOME_M / 100_000  # degrees of latitude that hold HOME_M, with room to spare


@dataclass(frozen=True)
class Circle:
    """Those who must not know of one person's calls for help: `phones` (E.164) of officers, desks, volunteers and
    users, and the ids of `users` of the console."""

    phones: frozenset[str] = frozenset()
    users: frozenset[int] = frozenset()

    def allows(self, phone: str | None) -> bool:
        """Return whether the owner of this phone may be asked or told."""
        return phone not in self.phones


NOBODY = Circle()


def around(uow: UnitOfWork, phone: str) -> Circle:
    """Return those who must not know that the person with this number (E.164) asks for help.

    A desk whose phone such a user may pick up is one of them: `desk_for` names the desk that is told instead.
    """
    return _around(uow.db, phone)


@remembered("citizens", "persons", "officers", "users", "units", "never_asked")
def _around(db: Session, phone: str) -> Circle:
    citizen = citizens.current(db, phone)
    if citizen is None:
        return NOBODY
    asker = Asker(never_asked.named_by(db, citizen.person_id), home_of(citizen))
    named = {key for key in asker.named if not key.startswith(USER)}
    phones = named | _every_number_of(db, named | _housemates(db, citizen, asker))
    users = _users(db, asker.named, phones)
    desks = [user.unit or units.topmost(db) for user in users if user.role in MAY_ACT]
    phones |= {user.phone for user in users if user.phone} | {desk.phone for desk in desks if desk and desk.phone}
    return Circle(frozenset(phones - {phone}), frozenset(user.id for user in users))


def home_of(citizen: Citizen) -> Home:
    """Return where a citizen lives, as the register knows it."""
    place = (citizen.lat, citizen.lon) if citizen.lat is not None and citizen.lon is not None else None
    return Home(normalised(citizen.person.address or ""), place)


def _housemates(db: Session, citizen: Citizen, asker: Asker) -> set[str]:
    """Return the phones of officers, users and volunteers who live where the asker lives, by their own row of the
    register."""
    maybe = _may_live_with(asker.home)
    if maybe is None:
        return set()
    number = aliased(Citizen)
    helpers = or_(
        number.phone.in_(select(Officer.phone)),
        number.phone.in_(select(User.phone).where(User.phone.is_not(None))),
        number.volunteer_m > 0,
    )
    query = _homes().where(Citizen.person_id.in_(select(number.person_id).where(helpers)))
    query = query.where(Citizen.person_id != citizen.person_id, maybe)
    return {row.phone for row in db.execute(query) if left_out(Asker(home=asker.home), Other(home=_home(row)))}


def _every_number_of(db: Session, phones: Collection[str]) -> set[str]:
    """Return all numbers of the citizens who hold these."""
    if not phones:
        return set()
    whose = select(Citizen.person_id).where(Citizen.phone.in_(phones), Citizen.state != citizens.REPLACED)
    query = select(Citizen.phone).where(Citizen.person_id.in_(whose), Citizen.state != citizens.REPLACED)
    return set(db.scalars(query))


Columns = tuple[str, "float | None", "float | None", "str | None"]


def _homes() -> Select[*Columns]:
    """Select where citizens live. Only the address is decrypted: of thousands of officers that is what takes time."""
    query = select(Citizen.phone, Citizen.lat, Citizen.lon, Person.address)
    return query.join(Person, Person.id == Citizen.person_id).where(Citizen.state != citizens.REPLACED)


def _home(row: Sequence[object]) -> Home:
    _, lat, lon, address = row
    place = (lat, lon) if isinstance(lat, float) and isinstance(lon, float) else None
    return Home(normalised(str(address or "")), place)


def _may_live_with(home: Home) -> ColumnElement[bool] | None:
    """Return the SQL condition for rows that may be the same home: any with an address, or those near by; None where
    the register knows no home."""
    found: list[ColumnElement[bool]] = [Person.address.is_not(None)] if home.address else []
    if home.place is not None:
        lat, lon = home.place
        east = BOX / max(0.1, cos(radians(lat)))
        found.append(and_(Citizen.lat.between(lat - BOX, lat + BOX), Citizen.lon.between(lon - east, lon + east)))
    return or_(*found) if found else None


def _users(db: Session, named: Collection[str], phones: Collection[str]) -> Sequence[User]:
    names = {key.removeprefix(USER) for key in named if key.startswith(USER)}
    if not names and not phones:
        return ()
    theirs = or_(User.phone.in_(phones), func.lower(User.name).in_(names))
    return db.scalars(select(User).where(User.suspended.is_(False), theirs)).all()


# --- a desk, and a user of the console --------------------------------------------------------------------------------


def desk_for(uow: UnitOfWork, circle: Circle, unit: Unit | None) -> Unit | None:
    """Return the unit whose desk hears about this unit's matters (`units.desk_of`) and may know of this one: else the
    nearest above it, else any other; None where there is none."""
    desk = units.desk_of(uow.db, unit)
    if desk is None or circle.allows(desk.phone):
        return desk
    others = (*units.chain(uow.db, desk)[1:], *units.heads(uow.db), *units.all_units(uow.db))
    police = (other for other in others if other.kind not in LISTS)
    return next((other for other in police if other.phone and circle.allows(other.phone)), None)


def _keys(uow: UnitOfWork, who: Identity) -> set[str]:
    """Return the keys under which a user of the console may have been named."""
    numbers = {who.phone} | _every_number_of(uow.db, {who.phone}) if who.phone else set()
    return {user_key(who.name), *numbers}


def hidden(uow: UnitOfWork, who: Identity, among: Select[str]) -> frozenset[str]:
    """Return those of the numbers that `among` selects of whose calls for help this user must not know. Everything
    about them is left out of what the user sees, hears and counts."""
    return frozenset(uow.db.scalars(_naming(uow, who).where(Citizen.phone.in_(among)))) | _at_home_with(uow, who, among)


def shown(uow: UnitOfWork, who: Identity, phone: InstrumentedAttribute[str], among: Select[str]) -> ColumnElement[bool]:
    """Return the SQL condition that this user may know of the calls for help of the number in the column `phone`: not
    one of `hidden`. It costs no query of its own where the user's own number is unknown."""
    return and_(phone.not_in(_naming(uow, who)), phone.not_in(_at_home_with(uow, who, among)))


def _naming(uow: UnitOfWork, who: Identity) -> Select[str]:
    """Select the numbers of the citizens who have named this user."""
    naming = Citizen.person_id.in_(never_asked.naming(_keys(uow, who)))
    return select(Citizen.phone).where(Citizen.state != citizens.REPLACED, naming)


def _at_home_with(uow: UnitOfWork, who: Identity, among: Select[str]) -> set[str]:
    own = citizens.current(uow.db, who.phone) if who.phone else None
    maybe = _may_live_with(home_of(own)) if own is not None else None
    if own is None or maybe is None:
        return set()
    rows = uow.db.execute(_homes().where(Citizen.phone.in_(among), Citizen.person_id != own.person_id, maybe))
    me = Other(home=home_of(own))
    return {row.phone for row in rows if left_out(Asker(home=_home(row)), me)}


def hides(uow: UnitOfWork, who: Identity, phone: str) -> bool:
    """Return whether this user must not know of the calls for help of this number."""
    return phone in hidden(uow, who, select(Citizen.phone).where(Citizen.phone == phone))
