"""The addresses of what rows of the audit trail are about, as far as the reader may open them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any

from flask import url_for
from sqlalchemy import select

from gateway.core.languages import LANGUAGES
from gateway.core.sentences import phrases
from gateway.identity import users
from gateway.identity.audit_acts import ABOUT, About
from gateway.models import citizen as citizens
from gateway.models.audit import Audit
from gateway.models.citizen import Citizen
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.monitor import board
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.access import me
from gateway.web.console.admin.scope import below, sees_all

Links = Mapping[int, str]  # by the row's id
Rows = Sequence[Audit]


def of(uow: UnitOfWork, rows: Iterable[Audit]) -> Links:
    """Return the addresses by the rows' ids, with one query for each kind of subject; a row without one is left out."""
    kinds: dict[About, list[Audit]] = {}
    for row in rows:
        kinds.setdefault(ABOUT.get(row.what, About.NOTHING), []).append(row)
    return {number: address for about, those in kinds.items() for number, address in _OF[about](uow, those).items()}


def _incidents(uow: UnitOfWork, rows: Rows) -> Links:
    """Codes are given again: a row from before its code's newest incident was opened is about an older one."""
    columns = select(Incident.code, Incident.opened_at, board.ever_visible(uow, me()).label("seen"))
    found = uow.db.execute(columns.where(_among(Incident.code, rows)).order_by(Incident.opened_at)).all()
    newest = {one.code: one for one in found}
    return {
        row.id: url_for("incident.show", code=row.subject)
        for row in rows
        if (one := newest.get(row.subject)) is not None and one.seen and one.opened_at <= row.at
    }


def _citizens(uow: UnitOfWork, rows: Rows) -> Links:
    query = below(select(Citizen).where(Citizen.state != citizens.REPLACED), Citizen.unit_id)
    found = uow.db.scalars(query.where(_among(Citizen.phone, rows)))
    return _by_id(rows, {one.phone: one.id for one in found}, "admin_citizen.show", "citizen_id")


def _officers(uow: UnitOfWork, rows: Rows) -> Links:
    found = uow.db.scalars(below(select(Officer), Officer.unit_id).where(_among(Officer.phone, rows)))
    return _by_id(rows, {one.phone: one.id for one in found}, "admin_officer.show", "officer_id")


def _units(endpoint: str, uow: UnitOfWork, rows: Rows) -> Links:
    found = uow.db.scalars(below(select(Unit), Unit.id).where(_among(Unit.code, rows)))
    return _by_id(rows, {one.code: one.id for one in found}, endpoint, "unit_id")


def _users(uow: UnitOfWork, rows: Rows) -> Links:
    ids = {user.name: user.id for user in users.everyone(uow, me().scope)}
    return {
        row.id: url_for("admin_users.show", _anchor=f"user-{ids[row.subject]}") for row in rows if row.subject in ids
    }


def _wordings(uow: UnitOfWork, rows: Rows) -> Links:
    """The pages of the phrases are open to admins of every unit only."""
    asked, known = {row.id: row.subject.partition("/") for row in rows if sees_all()}, phrases.keys()
    return {
        number: url_for("admin_phrases.show_one", language=language, key=key)
        for number, (language, _, key) in asked.items()
        if language in LANGUAGES and key in known
    }


def _nothing(uow: UnitOfWork, rows: Rows) -> Links:
    return {}


def _among(column: Any, rows: Rows) -> Any:
    return column.in_({row.subject for row in rows})


def _by_id(rows: Rows, ids: Mapping[str, int], endpoint: str, name: str) -> Links:
    values: dict[int, dict[str, Any]] = {row.id: {name: ids[row.subject]} for row in rows if row.subject in ids}
    return {number: url_for(endpoint, **value) for number, value in values.items()}


_OF: Mapping[About, Callable[[UnitOfWork, Rows], Links]] = {
    About.INCIDENT: _incidents,
    About.CITIZEN: _citizens,
    About.OFFICER: _officers,
    About.UNIT: partial(_units, "admin_unit_form.show"),
    About.POLICY: partial(_units, "admin_units.show_unit"),
    About.USER: _users,
    About.WORDING: _wordings,
    About.NOTHING: _nothing,
}
