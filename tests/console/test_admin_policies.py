"""Rules of a unit by kind and hour in the console: what applies here, now, and from which level."""

from __future__ import annotations

import pytest
from flask import Flask

from gateway.core.policy import POLICIES, Group, Who
from gateway.core.policy_groups import By
from gateway.models.officer import Officer
from gateway.models.policy_rule import PolicyRule, PolicyVersion
from gateway.models.unit import Unit
from gateway.web.console.admin import policy_form
from gateway.wiring import House
from tests.console.admins import admin_browser, trail
from tests.console.station import Browser, panic
from tests.console.test_admin_units import form_of

PONTIANAK = "/admin/units/2"


@pytest.fixture
def admin(app: Flask, home: House) -> Browser:
    return admin_browser(app, home)


def parent(home: House, policy: str) -> str:
    """The unit above Pontianak's, with this policy; its name."""
    with home.open_uow() as uow:
        unit = uow.db.get_one(Unit, 2)
        if unit.parent_id is None:
            above = Unit(code="ATAS", name="Polda Atas", kind="polda", policy=policy)
            uow.db.add(above)
            uow.db.flush()
            unit.parent_id = above.id
            return above.name
        above = uow.db.get_one(Unit, unit.parent_id)
        above.policy = policy
        return above.name


def test_with_none_written_the_built_in_one_is_shown_as_one_sentence(admin: Browser) -> None:
    page = admin.get(PONTIANAK).text
    assert (
        "Belum ada yang ditulis, jadi berlaku urutan bawaan: 0 dtk: Piket satuan, Petugas terdekat (3); 30 dtk" in page
    )
    assert '<option value="inherit" selected>' in page
    assert page.count(">umum</a>") == 1


def test_the_page_names_the_level_from_which_a_policy_comes(admin: Browser, home: House) -> None:
    above = parent(home, "all_at_once")
    assert f"Berlaku di sini sekarang: Semua sekaligus, dari {above} (umum)." in admin.get(PONTIANAK).text


def test_a_rule_for_a_kind_is_kept_beside_the_general_one_and_is_a_version(admin: Browser, home: House) -> None:
    admin.post(PONTIANAK, policy="ladder_110", kind="fire")
    with home.open_uow() as uow:
        (rule,) = uow.db.query(PolicyRule)
        assert (rule.unit_id, rule.kind, rule.from_hour, rule.policy) == (2, "fire", None, "ladder_110")
        assert uow.db.get_one(Unit, 2).policy == ""
        (version,) = uow.db.query(PolicyVersion)
        assert (version.unit_id, version.kind, version.number) == (2, "fire", 1)
    assert trail(home) == [("Ibu Admin", "unit.policy", "PTK")]
    page = admin.get(f"{PONTIANAK}?kind=fire").text
    assert '<option value="ladder_110" selected>' in page
    assert "Tangga 110: tiap tingkat 10 detik, dari Polres Pontianak" in page


def test_a_rule_for_hours_is_taken_back_by_inheriting_again(admin: Browser, home: House) -> None:
    night = {"from": "22", "to": "6"}
    admin.post(PONTIANAK, **form_of(POLICIES["nearest_first"]) | {"policy": "own", "calls": "2"} | night)
    assert "22-06" in admin.get(PONTIANAK).text
    admin.post(PONTIANAK, policy="inherit", **night)
    with home.open_uow() as uow:
        assert uow.db.query(PolicyRule).count() == 0
        assert uow.db.query(PolicyVersion).count() == 1  # each version is kept


@pytest.mark.parametrize("wrong", [{"kind": "dragon"}, {"from": "25", "to": "6"}, {"from": "22"}, {"to": "x"}])
def test_a_rule_for_what_does_not_exist_is_refused(admin: Browser, home: House, wrong: dict[str, str]) -> None:
    back = admin.post(PONTIANAK, policy="ladder_110", **wrong)
    assert "Jenis atau jam tidak dikenal" in admin.get(back.location).text
    with home.open_uow() as uow:
        assert uow.db.query(PolicyRule).count() == 0


def test_a_preview_of_inheriting_shows_whom_the_unit_above_would_ask(admin: Browser, home: House) -> None:
    with home.open_uow() as uow:
        uow.db.add(Officer(phone="+62812345009", name="Lepas Dinas", rank="Bripka", unit_id=2, on_duty=False))
    parent(home, "all_at_once")
    admin.post(PONTIANAK, policy="nearest_first")
    assert "Lepas Dinas" not in admin.get(PONTIANAK).text.partition("Gelombang 2")[0]
    page = admin.post(PONTIANAK, policy="inherit", do="preview").text
    assert "Lepas Dinas" in page.partition("Gelombang 2")[0]


def test_saving_is_looking_through(admin: Browser, home: House) -> None:
    with home.open_uow() as uow:
        uow.db.get_one(Unit, 2).policy_was = "nearest_first"
    admin.post(PONTIANAK, policy="inherit")
    with home.open_uow() as uow:
        assert uow.db.get_one(Unit, 2).policy_was is None


@pytest.mark.parametrize(
    ("group", "value"),
    [
        (Group(Who.UNIT), "all"),
        (Group(Who.UNIT, 3), "3"),
        (Group(Who.UNIT, None, 2000), "r2000"),
        (Group(Who.UNIT, 3, 2000), "3r2000"),
        (Group(Who.UP, levels=2), "u2"),
    ],
)
def test_a_cell_holds_how_many_how_near_and_how_far_up(group: Group, value: str) -> None:
    assert policy_form.cell(group) == value
    form = form_of(POLICIES["nearest_first"]) | {f"0.{group.who}": value}
    assert group in policy_form.read(form).waves[0].groups


@pytest.mark.parametrize("value", ["r", "r5", "0", "x", "3r999999", "u9", "r2000r3000"])
def test_a_cell_with_anything_else_is_refused(value: str) -> None:
    with pytest.raises(policy_form.BadPolicy, match=r"^number$"):
        policy_form.read(form_of(POLICIES["nearest_first"]) | {"0.unit": value})


def test_a_step_has_its_way_of_asking(admin: Browser, home: House) -> None:
    form = form_of(POLICIES["nearest_first"]) | {"policy": "own", "1.by": "text"}
    admin.post(PONTIANAK, **form)
    with home.open_uow() as uow:
        unit = uow.db.get_one(Unit, 2)
        kept = policy_form.read(form)
        assert [wave.by for wave in kept.waves] == [By.BOTH, By.TEXT, By.BOTH, By.BOTH]
        assert '"by": "text"' in (unit.waves or "")


def test_an_incident_names_the_version_that_it_runs_by(admin: Browser, home: House) -> None:
    admin.post(PONTIANAK, policy="nearest_first")
    code = panic(home)
    admin.post(PONTIANAK, policy="all_at_once")
    assert "Urutan: Terdekat dulu, Polres Pontianak, versi 1" in admin.get(f"/incidents/{code}").text
