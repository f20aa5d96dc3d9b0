"""What `siaga check` says about the policies that units have."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import cast

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from gateway.core.policy import POLICIES, dumps
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
