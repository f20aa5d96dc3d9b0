"""One citizen: the identity, the profile that the desk completes, and the decisions.

Every look at this page is audited, because it shows the identity number. The citizen types the PINs; only their hashes
are stored, and no page shows them again, not even to the user who has just sent the form.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from gateway.core.sentences import phrases
from gateway.core.sentences.refusal import Refusal
from gateway.location import home_unit
from gateway.models.citizen import PENDING, Citizen
from gateway.register import applications, decisions, profiles, shared_homes
from gateway.register.decisions import REFUSE, RESTORE, SUSPEND, VERIFY
from gateway.register.profiles import BadProfile, Profile
from gateway.unit_of_work import UnitOfWork
from gateway.web.console import basemap, maps
from gateway.web.console.access import ADMIN, allow, me, reading, writing
from gateway.web.console.admin import citizens, scope
from gateway.web.console.admin.citizens import found
from gateway.web.console.admin.scope import say
from gateway.web.console.words import has, language, t

page = Blueprint("admin_citizen", __name__, url_prefix="/admin/citizens/<int:citizen_id>")
DECISIONS = (VERIFY, REFUSE, SUSPEND, RESTORE)
DECIDE: Mapping[str, Callable[[UnitOfWork, str, str, str], Citizen]] = {
    "refuse": decisions.refuse,
    "suspend": decisions.suspend,
    "restore": decisions.restore,
}
NEED_A_REASON = ("refuse", "suspend")
SECRET = {name for pair in profiles.PINS.items() for name in pair}
Keep = Callable[[UnitOfWork, Citizen, Profile, str, int | None], object]


@page.get("")
@allow(ADMIN)
def show(citizen_id: int) -> str:
    """Show one citizen with the identity, so that the user can compare it with the card."""
    with writing() as uow:
        return _render(uow, found(uow, citizen_id))


@page.post("/profile")
@allow(ADMIN)
def amend(citizen_id: int) -> ResponseReturnValue:
    """Store the profile without a decision."""
    return _settle(citizen_id, profiles.amend) or say("profile.kept", _here(citizen_id))


@page.post("/verify")
@allow(ADMIN)
def verify(citizen_id: int) -> ResponseReturnValue:
    """Store the profile as it stands on the page, and let the number ask for officers."""
    try:
        answer = _settle(citizen_id, _verify)
    except (decisions.WrongState, decisions.NotOnTheRegister):
        return say("admin_citizens.decided", _here(citizen_id))
    return answer or say("admin_citizens.done_verify", _after(citizen_id))


def _after(citizen_id: int) -> str:
    """Return the way on after a decision: the next application, where the button says so, else the list."""
    if request.form.get("then") != "next":
        return url_for("admin_citizens.show_applications")
    with reading() as uow:
        following = citizens.next_waiting(uow, citizen_id)
    return _here(following) if following else url_for("admin_citizens.show_applications")


def _verify(uow: UnitOfWork, row: Citizen, profile: Profile, by: str, unit_id: int | None) -> None:
    profiles.verify(uow, row, profile, by, unit_id, me().unit_id)


def _settle(citizen_id: int, keep: Keep) -> ResponseReturnValue | None:
    """Read the form before the transaction and store it inside.

    If that is impossible, return the page with the faults.
    """
    with reading() as uow:
        row = found(uow, citizen_id)
        stored = (row.pin_hash, row.duress_hash)
    typed = {name: request.form.getlist(name)[-1] for name in (*profiles.FIELDS, *SECRET) if name in request.form}
    try:
        profile = profiles.read(typed, stored, request.form.get("reason", ""), "rang" in request.form)
        with writing() as uow:
            keep(uow, found(uow, citizen_id), profile, me().name, _chosen_unit(uow))
    except BadProfile as error:
        with writing() as uow:
            return _render(uow, found(uow, citizen_id), typed, error.reasons), 409
    with writing() as uow:
        shared_homes.leave_out(uow)
    return None


def _chosen_unit(uow: UnitOfWork) -> int | None:
    return scope.chosen_unit(uow, request.form.get("unit", ""))


@page.post("/<decision>")
@allow(ADMIN)
def decide(citizen_id: int, decision: str) -> ResponseReturnValue:
    """Refuse, suspend or restore the citizen."""
    if decision not in DECIDE:
        abort(404)
    back, reason = _here(citizen_id), request.form.get("reason", "").strip()
    if decision in NEED_A_REASON and not reason:
        return say("admin_citizens.needs_reason", back)
    try:
        with writing() as uow:
            DECIDE[decision](uow, found(uow, citizen_id).phone, me().name, reason)
    except decisions.NoUnit:
        return say("admin_citizens.needs_unit", back)
    except (decisions.WrongState, decisions.NotOnTheRegister):
        return say("admin_citizens.decided", back)
    waiting = url_for("admin_citizens.show_applications")
    return say(f"admin_citizens.done_{decision}", waiting if decision == "refuse" else back)


def _here(citizen_id: int) -> str:
    return url_for("admin_citizen.show", citizen_id=citizen_id)


# --- the page ---------------------------------------------------------------------------------------------------


def _render(
    uow: UnitOfWork, row: Citizen, typed: Mapping[str, str] | None = None, wrong: Sequence[Refusal] = ()
) -> str:
    kept = {name: _shown(getattr(row if hasattr(row, name) else row.person, name)) for name in _FIELDS}
    return render_template(
        "admin_citizen.html",
        row=row,
        identity=(identity := decisions.look_at_identity(uow, row, me().name)),
        doubts=[phrases.say(f"nik.{doubt}", language()) for doubt in identity.doubts] + _known(uow, row),
        strikes=decisions.strikes(uow, [row.id]).get(row.id, 0),
        units=scope.units(uow),
        unit_id=request.form.get("unit") or _proposed_unit(uow, row),
        told={**kept, **{name: words for name, words in (typed or {}).items() if name not in SECRET}},
        wrong=[(why.about, explain(why)) for why in wrong],
        following=citizens.next_waiting(uow, row.id) if row.state == PENDING else None,
        waiting=citizens.waiting(uow),
        may={decision.name for decision in DECISIONS if row.state in decision.of},
        has_map=maps.is_installed(),
        tiles=basemap.address(),
    )


def _proposed_unit(uow: UnitOfWork, row: Citizen) -> str:
    """Return the id of the citizen's unit as the list of units names it, or of the one that their places name: the
    user sees it before verifying, and may choose another."""
    unit = home_unit.of_citizen(uow, row)
    return str(unit.id) if unit is not None else ""


_FIELDS = [name for name in profiles.FIELDS if name not in SECRET]


def _shown(value: object) -> str:
    """Return a value as a person types it."""
    return str(int(value)) if isinstance(value, bool) else "" if value is None else str(value)


def explain(why: Refusal) -> str:
    """Return the reason why a field is not accepted, in the reader's language and worded for a form."""
    return t(f"profile.not_{why.key}") if has(f"profile.not_{why.key}") else why.say(language())


def _known(uow: UnitOfWork, row: Citizen) -> list[str]:
    """Return a sentence if another person is verified under the same identity number, else none."""
    person = row.person
    known = applications.person_with(uow, person.national_id, besides=person) if person.national_id else None
    if known is None:
        return []
    same = known.name.casefold() == person.name.casefold()
    return [t("profile.known_same" if same else "profile.known_other")]
