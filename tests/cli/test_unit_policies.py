"""What a sheet of units says of policies: an empty column is no policy of its own, a name is one."""

from __future__ import annotations

import io

from cli.noon import Opens

from gateway.models import unit as units
from gateway.register.imports.kinds import bring_in
from gateway.register.imports.outcome import Effect, Outcome


def bring(open_uow: Opens, policy: str, kind: str = "polsek") -> Outcome:
    data = f"code,name,kind,policy\nBARAT,Polsek Barat,{kind},{policy}\n"
    return bring_in(open_uow, "units", io.BytesIO(data.encode()))


def kept(open_uow: Opens) -> tuple[str, str | None]:
    with open_uow() as uow:
        unit = units.by_code(uow.db, "BARAT")
        assert unit is not None
        return unit.policy, unit.waves


def test_a_new_unit_without_a_name_inherits(open_uow: Opens) -> None:
    bring(open_uow, "")
    assert kept(open_uow) == ("", None)


def test_a_name_is_a_policy_of_its_own(open_uow: Opens) -> None:
    for name in ("nearest_first", "ladder_110"):
        bring(open_uow, name)
        assert kept(open_uow) == (name, None)


def test_an_empty_column_leaves_what_a_known_unit_has(open_uow: Opens) -> None:
    bring(open_uow, "all_at_once")
    outcome = bring(open_uow, "")
    assert kept(open_uow) == ("all_at_once", None)
    assert outcome.effects[Effect.SAME] == 1


def test_a_name_does_not_throw_away_the_waves_that_a_unit_has(open_uow: Opens) -> None:
    bring(open_uow, "")
    with open_uow() as uow:
        unit = units.by_code(uow.db, "BARAT")
        assert unit is not None
        unit.waves = '{"ring": 60}'
    bring(open_uow, "nearest_first")
    assert kept(open_uow) == ("nearest_first", '{"ring": 60}')


def test_an_ambulance_is_a_unit_with_a_number_of_its_own(open_uow: Opens) -> None:
    outcome = bring(open_uow, "", "ambulance")
    assert outcome.effects[Effect.ADDED] == 1
