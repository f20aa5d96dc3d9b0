"""The weekly roster: which officers are on duty when, and the hours in which a unit has nobody."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from gateway.core import shifts
from gateway.core.shifts import Hole, Turn
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.register import coverage, roster
from gateway.register.coverage import Cover
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin import scope
from gateway.web.console.admin.scope import say
from gateway.web.console.words import t

page = Blueprint("admin_shifts", __name__, url_prefix="/admin/shifts")
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EVERY_DAY = "all"
# how most units divide the day
COMMON = tuple(Turn(0, *hours) for hours in ((360, 480), (840, 480), (1320, 480), (0, 1440)))


class BadForm(ValueError):  # noqa: N818 - named for the form
    """The form describes no turn; the text is a key of `console.admin_shifts` and says what is missing."""


@dataclass(frozen=True)
class Line:
    """One officer in the table. `says` is what the roster says for now; None without turns."""

    officer: Officer
    days: Sequence[Sequence[Turn]]
    says: bool | None

    @property
    def turns(self) -> list[Turn]:
        return [turn for day in self.days for turn in day]


@page.get("")
@allow(ADMIN)
def show() -> str:
    """Show one unit's roster, or the holes of all units of this admin."""
    asked = request.args.get("unit", "")
    return _roster_of(_whole(asked)) if asked else _overview()


def _overview() -> str:
    with reading() as uow:
        units = scope.units(uow)
        answering = {unit.id for unit in coverage.answering(uow, units)}
        covers = [one for one in coverage.covers(uow, units) if one.turns or one.unit.id in answering]
    covers.sort(key=_urgency)
    return render_template("admin_shifts.html", units=units, covers=covers, **_words())


def _urgency(cover: Cover) -> int:
    """Return the rank for sorting: units with holes first, then those without a roster, then complete ones."""
    return 0 if cover.holes else 2 if cover.turns else 1


def _roster_of(unit_id: int, why: str = "") -> str:
    """Return the page of one unit; with `why` it shows the form again as it was sent."""
    with reading() as uow:
        unit = scope.unit(uow, unit_id)
        (cover,) = coverage.covers(uow, [unit])
        shown = {"units": scope.units(uow), "lines": _lines(uow, unit), "now": uow.now()}
    return render_template(
        "admin_shifts_unit.html", unit=unit, cover=cover, why=why, sent=request.form, common=COMMON, **shown, **_words()
    )


def _lines(uow: UnitOfWork, unit: Unit) -> list[Line]:
    query = select(Officer).where(Officer.unit_id == unit.id, Officer.suspended.is_(False))
    people = uow.db.scalars(query.order_by(Officer.name, Officer.id)).all()
    turns, says = roster.turns_of(uow, [one.id for one in people]), roster.says(uow, people)
    return [Line(one, _by_day(turns.get(one.id, ())), says.get(one.id)) for one in people]


def _by_day(turns: Collection[Turn]) -> list[list[Turn]]:
    return [[turn for turn in turns if turn.weekday == day] for day in range(len(DAYS))]


# --- words ----------------------------------------------------------------------------------------------------


def _words() -> Mapping[str, object]:
    """Return the functions that templates need to write times of the week."""
    return {"days": DAYS, "hours": hours, "hole_text": _hole_text}


def hours(turn: Turn) -> str:
    """Return a turn's hours as "06.00–14.00"; a whole day from midnight is "24 jam"."""
    if turn.minutes < shifts.DAY:
        return f"{_time(turn.starts)}–{_time(turn.ends)}"
    return t("admin_shifts.all_day") if turn.starts == 0 else f"{_time(turn.starts)} + {t('admin_shifts.all_day')}"


def _hole_text(unit: Unit, hole: Hole) -> str:
    return t("admin_shifts.hole", unit=unit.name, since=_moment(hole.begins), until=_moment(hole.ends))


def _moment(minute: int) -> str:
    return f"{t('admin_shifts.' + DAYS[minute // shifts.DAY])} {_time(minute % shifts.DAY)}"


def _time(minute: int) -> str:
    hour, rest = divmod(minute, shifts.HOUR)
    return t("admin_shifts.time", hour=f"{hour:02}", minute=f"{rest:02}")


# --- changes --------------------------------------------------------------------------------------------------


@page.post("/<int:unit_id>/give")
@allow(ADMIN)
def give(unit_id: int) -> ResponseReturnValue:
    """Give the ticked officers a turn on each of the ticked days."""
    with writing() as uow:
        scope.unit(uow, unit_id)
        try:
            turns, people = _turns_sent(), _officers_sent(uow, unit_id)
        except BadForm as error:
            return _roster_of(unit_id, why=str(error)), 409
        for officer in people:
            roster.add_turns(uow, officer, turns, me().name)
    return _back(unit_id, "do.done")


def _turns_sent() -> list[Turn]:
    """Return the turns that the form describes. Raises BadForm."""
    ticked = request.form.getlist("day")
    days = range(len(DAYS)) if EVERY_DAY in ticked else sorted(_whole(day, len(DAYS)) for day in ticked)
    if not days:
        raise BadForm("no_day")
    try:
        begins, ends = map(shifts.minute_of, _hours_sent())
    except ValueError as error:
        raise BadForm("no_time") from error
    return [shifts.between(day, begins, ends) for day in days]


def _hours_sent() -> list[str]:
    """Return the hours of the pressed button ("6-14"), else those typed into the two fields."""
    if "hours" in request.form:
        return request.form["hours"].split("-")
    return [request.form.get("from", ""), request.form.get("until", "")]


def _officers_sent(uow: UnitOfWork, unit_id: int) -> list[Officer]:
    """Return the ticked officers in the order of their ids, in which everybody locks them.

    Raises BadForm; answers 404 for another unit's officer.
    """
    ids = sorted({_whole(officer_id) for officer_id in request.form.getlist("officer")})
    if not ids:
        raise BadForm("no_officer")
    return [_officer(uow, unit_id, officer_id) for officer_id in ids]


def _officer(uow: UnitOfWork, unit_id: int, officer_id: int) -> Officer:
    officer = scope.found(uow, Officer, officer_id)
    if officer.unit_id != unit_id:
        abort(404)
    return officer


@page.post("/<int:unit_id>/take")
@allow(ADMIN)
def take(unit_id: int) -> ResponseReturnValue:
    """Take away one turn (`turn`) or all turns of an officer (`clear`)."""
    changes: Mapping[str, Callable[[UnitOfWork, int, str], bool]] = {"turn": _drop, "clear": _clear}
    wanted = next((name for name in changes if name in request.form), None)
    if wanted is None:
        abort(400)
    with writing() as uow:
        scope.unit(uow, unit_id)
        changes[wanted](uow, unit_id, request.form[wanted])
    return _back(unit_id, f"admin_shifts.done_{wanted}")


def _drop(uow: UnitOfWork, unit_id: int, told: str) -> bool:
    """Remove a turn; `told` is the officer's id, the weekday and the minute it begins, with points between."""
    officer_id, weekday, starts = (_whole(part) for part in f"{told}..".split(".")[:3])
    return roster.drop_turn(uow, _officer(uow, unit_id, officer_id), weekday, starts, me().name)


def _clear(uow: UnitOfWork, unit_id: int, told: str) -> bool:
    return roster.set_turns(uow, _officer(uow, unit_id, _whole(told)), (), me().name)


def _whole(typed: str, below: int = 2**31) -> int:
    """Return a number that our own page wrote; answer 400 for anything else."""
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 11 and int(typed) < below):
        abort(400)
    return int(typed)


def _back(unit_id: int, key: str) -> ResponseReturnValue:
    return say(key, url_for("admin_shifts.show", unit=unit_id))
