"""Name the rule of a unit that a page shows or stores: the general one, or one for a kind, for some hours, or both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gateway.core.incident_kinds import IncidentKind
from gateway.core.policy import POLICIES, Policy, dumps, policy_of
from gateway.core.policy_choice import Hours, Slot, hours_of
from gateway.models import policy_rule
from gateway.models.policy_rule import Applied, PolicyRule
from gateway.models.unit import Unit
from gateway.unit_of_work import UnitOfWork
from gateway.web.console.admin.policy_form import BadPolicy
from gateway.web.console.words import t

KINDS = tuple(kind for kind in IncidentKind if kind is not IncidentKind.UNKNOWN)


@dataclass(frozen=True)
class Written:
    """The two values that a unit has stored in one slot; both empty where the levels above decide."""

    name: str = ""
    own: str | None = None

    @property
    def says(self) -> bool:
        return bool(self.name or self.own)

    @property
    def policy(self) -> Policy:
        return policy_of(self.name, self.own)


def slot_in(typed: Mapping[str, str]) -> Slot:
    """Return the slot that an address or a form names. Raises BadPolicy."""
    kind, starts, ends = (typed.get(name, "").strip() for name in ("kind", "from", "to"))
    if kind and kind not in KINDS:
        raise BadPolicy("slot")
    return Slot(IncidentKind(kind) if kind else None, _hours(starts, ends))


def _hours(starts: str, ends: str) -> Hours | None:
    if not starts and not ends:
        return None
    numbers = [int(typed) if typed.isascii() and typed.isdecimal() else None for typed in (starts, ends)]
    hours = hours_of(*numbers)
    if hours is None:
        raise BadPolicy("slot")
    return hours


def address(slot: Slot) -> dict[str, str]:
    """Return the slot as the fields that `slot_in` reads."""
    hours = {} if slot.hours is None else {"from": str(slot.hours.starts), "to": str(slot.hours.ends)}
    return ({} if slot.kind is None else {"kind": str(slot.kind)}) | hours


def named(slot: Slot) -> str:
    """Return the slot in the reader's words: "kebakaran, 22-06"."""
    kind = t(f"kind.{slot.kind}") if slot.kind is not None else ""
    return ", ".join(filter(None, (kind, str(slot.hours or "")))) or t("admin_units.general")


def of_unit(uow: UnitOfWork, unit: Unit) -> Sequence[Slot]:
    """Return the general slot, and those others in which this unit has rules."""
    return [
        Slot(),
        *(policy_rule.slot_of(row) for row in policy_rule.rules_of(uow.db, [unit.id]) if policy_rule.usable(row)),
    ]


def _row(uow: UnitOfWork, unit: Unit, slot: Slot) -> PolicyRule | None:
    rows = policy_rule.rules_of(uow.db, [unit.id])
    return next((row for row in rows if policy_rule.usable(row) and policy_rule.slot_of(row) == slot), None)


def written(uow: UnitOfWork, unit: Unit, slot: Slot) -> Written:
    """Return what this unit itself says in a slot."""
    holder = unit if slot == Slot() else _row(uow, unit, slot)
    return Written(holder.policy, holder.waves) if holder is not None else Written()


def applies(uow: UnitOfWork, unit: Unit, slot: Slot) -> Applied:
    """Return what applies to this unit now, for incidents of the slot's kind."""
    return policy_rule.applying(uow.db, unit, slot.kind or IncidentKind.UNKNOWN, uow.now())


def inherited(uow: UnitOfWork, unit: Unit, slot: Slot) -> Policy:
    """Return what would apply to this unit now if it said nothing in this slot."""
    kind = slot.kind or IncidentKind.UNKNOWN
    return policy_rule.applying(uow.db, unit, kind, uow.now(), without=slot).policy


def write(uow: UnitOfWork, unit: Unit, slot: Slot, new: Written) -> None:
    """Store what this unit says in a slot, and keep the version. Incidents under way go on by theirs."""
    if slot == Slot():
        unit.policy, unit.waves = new.name, new.own
        unit.policy_was = None  # somebody has looked it through
    else:
        _write_row(uow, unit, slot, new)
    if new.says:
        policy_rule.version_of(uow.db, Applied(new.policy, unit, slot, new.name, new.own), uow.now())


def _write_row(uow: UnitOfWork, unit: Unit, slot: Slot, new: Written) -> None:
    row = _row(uow, unit, slot)
    if row is not None and not new.says:
        uow.db.delete(row)
    elif row is not None:
        row.policy, row.waves = new.name, new.own
    elif new.says:
        starts, ends = (slot.hours.starts, slot.hours.ends) if slot.hours is not None else (None, None)
        uow.db.add(PolicyRule(unit_id=unit.id, kind=slot.kind, from_hour=starts, to_hour=ends, policy=new.name,
                              waves=new.own))  # fmt: skip


def own(policy: Policy, name: str) -> Written:
    """Return a policy of one's own, over a named one for whatever a later version cannot read in it."""
    return Written(name, dumps(policy))


# --- what applies, in words -------------------------------------------------------------------------------------------


def title(applied: Applied) -> str:
    """Return the name of the policy that applies."""
    if applied.own or applied.name not in POLICIES:
        return t("admin_policy.own")
    return t(f"admin_policy.{applied.name}")


def where(applied: Applied) -> str:
    """Return one sentence on what applies here, now, and from which level."""
    if applied.unit is None:
        return t("admin_units.applies_built_in", steps=steps(applied.policy))
    return t("admin_units.applies", policy=title(applied), unit=applied.unit.name, slot=named(applied.slot))


def steps(policy: Policy) -> str:
    """Return the waves of a policy in a few words: "0 dtk: Piket satuan, Petugas terdekat (3); 30 dtk: ..."."""
    told = []
    for wave in policy.waves:
        groups = [
            t(f"admin_policy.{group.who}") + (f" ({group.most})" if group.most is not None else "")
            for group in wave.groups
        ]
        told.append(t("admin_units.step", seconds=wave.after, groups=", ".join(groups)))
    return "; ".join(told)
