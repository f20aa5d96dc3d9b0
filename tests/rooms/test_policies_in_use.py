"""What `siaga check` says about the policies that units have."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import cast

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gateway.core.policy import POLICIES, dumps
from gateway.models.policy_rule import PolicyRule
from gateway.models.unit import Unit
from gateway.register import coverage
from gateway.unit_of_work import UnitOfWork


def said(engine: Engine, own: str | None, name: str = "nearest_first") -> list[str]:
    """What is said about a unit with these two columns."""
    with Session(engine) as db, db.begin():
        db.add(Unit(code="BRT", name="Polsek Barat", kind="polsek", policy=name, waves=own))
        db.flush()
        return coverage.policies(cast(UnitOfWork, SimpleNamespace(db=db)))


def stored(**changed: object) -> str:
    return json.dumps(json.loads(dumps(POLICIES["nearest_first"])) | changed)


MEND = "open /admin/units/1, look its policy through and save it"
UPDATE = "update this machine, or save another policy at /admin/units/1"


def test_a_good_policy_is_not_spoken_of(engine: Engine) -> None:
    assert said(engine, stored()) == []


def test_no_policy_of_its_own_is_not_spoken_of(engine: Engine) -> None:
    assert said(engine, None) == []


def test_a_value_out_of_bounds_is_named_with_what_counts_and_what_to_do(engine: Engine) -> None:
    (sentence,) = said(engine, stored(ring=9999))
    assert sentence == f"BRT (Polsek Barat): ring is 9999, not 15 to 60 seconds, so 25 counts: {MEND}"


def test_what_only_a_newer_version_knows_is_named(engine: Engine) -> None:
    sentences = said(engine, stored(whistle=7, again=[{"who": "drones"}, {"who": "desk"}]))
    assert sentences == [
        f"BRT (Polsek Barat): again: no group 'drones' is known here; it is skipped: {UPDATE}",
        f"BRT (Polsek Barat): no field 'whistle' is known here; it is kept: {UPDATE}",
    ]


def test_an_empty_wave_is_named(engine: Engine) -> None:
    (sentence,) = said(engine, stored(waves=[{"after": 0, "groups": []}]))
    assert sentence == f"BRT (Polsek Barat): wave 1 asks nobody, so it asks desk, nearest: {MEND}"


def test_json_that_cannot_be_read_is_named(engine: Engine) -> None:
    (sentence,) = said(engine, "{")
    assert sentence.endswith(f"cannot be read, so the one that it is named after counts: {MEND}")


def test_a_name_that_is_no_policy_is_named(engine: Engine) -> None:
    (sentence,) = said(engine, None, "nearest_frist")
    assert sentence.startswith("BRT (Polsek Barat): 'nearest_frist' is no policy, so nearest_first counts")


def said_of(engine: Engine, *rows: Unit | PolicyRule) -> list[str]:
    """What is said about these units and rules; the first unit has the id 1."""
    with Session(engine) as db, db.begin():
        for row in rows:
            db.add(row)
            db.flush()
        return coverage.policies(
            cast(UnitOfWork, SimpleNamespace(db=db, now=lambda: datetime(2026, 11, 22, tzinfo=UTC)))
        )


def polres(**policy: str) -> Unit:
    return Unit(code="PTK", name="Polres", kind="polres", **policy)


def barat(**policy: str) -> Unit:
    return Unit(code="BRT", name="Polsek Barat", kind="polsek", parent_id=1, **policy)


def test_a_unit_whose_answer_changed_when_it_began_to_inherit_is_named_with_what_it_inherits(engine: Engine) -> None:
    (sentence,) = said_of(engine, polres(policy="all_at_once"), barat(policy_was="nearest_first"))
    told = "its policy was nearest_first and is now that of PTK (Polres), which it inherits"
    assert sentence == f"BRT (Polsek Barat): {told}: open /admin/units/2, look its policy through and save it"


def test_a_unit_that_has_a_policy_of_its_own_again_is_not(engine: Engine) -> None:
    mended = barat(policy_was="nearest_first", policy="nearest_first")
    assert said_of(engine, polres(policy="all_at_once"), mended) == []


def test_a_fault_in_a_rule_for_a_kind_is_named_with_the_kind(engine: Engine) -> None:
    rule = PolicyRule(unit_id=1, kind="fire", from_hour=22, to_hour=6, policy="", waves="{")
    (sentence,) = said_of(engine, polres(), rule)
    assert sentence.startswith("PTK (Polres): fire 22-6: its own policy cannot be read")


def test_a_rule_for_a_kind_that_only_a_newer_version_knows_is_named_and_left_aside(engine: Engine) -> None:
    (sentence,) = said_of(engine, polres(), PolicyRule(unit_id=1, kind="flood", policy="all_at_once"))
    assert sentence.startswith("PTK (Polres): flood: no such kind or hours are known here; it is left aside")


def test_a_way_of_asking_that_is_not_known_is_named(engine: Engine) -> None:
    (sentence,) = said(engine, stored(waves=[{"after": 0, "by": "pigeon", "groups": [{"who": "desk"}]}]))
    assert sentence.startswith("BRT (Polsek Barat): wave 1: by is 'pigeon', not both, text, call, so both counts")
