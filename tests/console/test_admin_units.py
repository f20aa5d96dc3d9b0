"""Units and policies: the form, what it refuses, and who would be asked."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.policy import AFTER, FIELDS, POLICIES, Group, Policy, Wave, Who, dumps, policy_of, read
from gateway.models.alert import Alert
from gateway.models.incident import Incident
from gateway.models.officer import Officer
from gateway.models.unit import Unit
from gateway.web.console.admin import policy_form
from gateway.web.console.admin.policy_form import BadPolicy
from gateway.wiring import House
from tests.console.admins import admin_browser, polres_admin, trail
from tests.console.station import Browser, panic

PONTIANAK = "/admin/units/2"


@pytest.fixture
def admin(app: Flask, home: House) -> Browser:
    return admin_browser(app, home)


def form_of(policy: Policy) -> dict[str, str]:
    """The form as the page would send it back untouched."""
    fields = {name: str(getattr(policy, name)) for name in FIELDS}
    for row in policy_form.rows(policy):
        fields |= {f"{row.name}.after": row.after} if row.name != policy_form.AGAIN else {}
        fields |= {f"{row.name}.{who}": row.chosen.get(who, "") for who in policy_form.groups_of(row.name)}
    return fields


def policy_kept(home: House, unit_id: int = 2) -> Policy:
    with home.open_uow() as uow:
        unit = uow.db.get(Unit, unit_id)
        assert unit is not None
        return policy_of(unit.policy, unit.waves)


counted = st.builds(Group, st.sampled_from(policy_form.COUNTED), st.none() | st.integers(1, 1000))
whole = st.builds(Group, st.sampled_from([Who.DESK, Who.POLRES_DESK, Who.TOP_DESK]))
groups = st.lists(counted | whole, min_size=1, max_size=4, unique_by=lambda group: group.who).map(
    lambda chosen: tuple(sorted(chosen, key=lambda group: list(Who).index(group.who)))
)


@given(
    st.lists(st.integers(1, AFTER.most), max_size=7, unique=True),
    st.lists(groups, min_size=8, max_size=8),
    st.integers(1, 10),
)
def test_whatever_policy_there_is_comes_back_from_its_form(
    times: list[int], asked: list[tuple[Group, ...]], calls: int
) -> None:
    waves = tuple(Wave(after, who) for after, who in zip([0, *sorted(times)], asked, strict=False))
    policy = Policy(waves, again=asked[-1], calls=calls)
    assert policy_form.read(form_of(policy)) == policy


@pytest.mark.parametrize("name", POLICIES)
def test_the_named_policies_come_back_from_their_forms(name: str) -> None:
    assert policy_form.read(form_of(POLICIES[name])) == POLICIES[name]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"0.after": "5"}, "no_first"),
        ({"0.desk": "", "0.nearest": ""}, "no_first"),
        ({"again.top_desk": "", "again.first_wave": ""}, "no_again"),
        ({"1.after": "0"}, "order"),
        ({"2.after": "20"}, "order"),
        ({"1.after": ""}, "number"),
        ({"1.after": "-30"}, "number"),
        ({"1.after": "3601"}, "number"),
        ({"1.after": "½"}, "number"),
        ({"0.nearest": "0"}, "number"),
        ({"calls": "0"}, "number"),
        ({"ring": "9999"}, "number"),
        ({"again_every": "1"}, "number"),
        ({"en_route": ""}, "number"),
    ],
)
def test_a_form_that_would_leave_a_panic_unanswered_is_refused(changed: dict[str, str], why: str) -> None:
    with pytest.raises(BadPolicy, match=f"^{why}$"):
        policy_form.read(form_of(POLICIES["nearest_first"]) | changed)


def test_a_refused_form_changes_nothing_and_says_why(admin: Browser, home: House) -> None:
    form = form_of(POLICIES["nearest_first"]) | {"policy": "own", "again.top_desk": "", "again.first_wave": ""}
    back = admin.post(PONTIANAK, **form)
    assert "tetap ada yang dipanggil" in admin.get(back.location).text
    assert policy_kept(home) == POLICIES["nearest_first"]
    assert trail(home) == []


def test_an_order_of_its_own_is_kept_and_recorded_once(admin: Browser, home: House) -> None:
    form = form_of(POLICIES["nearest_first"]) | {"policy": "own", "0.nearest": "5", "calls": "2"}
    for _ in range(2):
        admin.post(PONTIANAK, **form)
    kept = policy_kept(home)
    assert (kept.waves[0].groups[1], kept.calls) == (Group(Who.NEAREST, 5), 2)
    assert trail(home) == [("Ibu Admin", "unit.policy", "PTK")]
    assert '<option value="own" selected>' in admin.get(PONTIANAK).text


def test_a_named_order_takes_the_place_of_its_own(admin: Browser, home: House) -> None:
    admin.post(PONTIANAK, **form_of(POLICIES["nearest_first"]) | {"policy": "own", "calls": "2"})
    admin.post(PONTIANAK, policy="all_at_once")
    assert policy_kept(home) == POLICIES["all_at_once"]


def test_it_shows_who_would_be_asked_here_now_and_those_are_asked(admin: Browser, home: House) -> None:
    first = admin.get(PONTIANAK).text.partition("Gelombang 2")[0]
    assert "Aipda Adi Pontianak" in first
    assert "Adi Kubu Raya" in first  # of the next wave: one officer of Pontianak alone is too few
    panic(home)
    with home.open_uow() as uow:
        assert {row.title for row in uow.db.query(Alert)} == {
            "Aipda Adi Pontianak",
            "Aipda Adi Kubu Raya",
            "Polres Pontianak",
        }


def test_a_preview_shows_the_changed_form_and_keeps_nothing(admin: Browser, home: House) -> None:
    with home.open_uow() as uow:
        uow.db.add(Officer(phone="+62812345009", name="Lepas Dinas", rank="Bripka", unit_id=2, on_duty=False))
    assert "Lepas Dinas" not in admin.get(PONTIANAK).text.partition("Gelombang 2")[0]
    page = admin.post(PONTIANAK, policy="all_at_once", do="preview", lat="-0.03", lon="109.33").text
    assert "Lepas Dinas" in page.partition("Gelombang 2")[0]
    assert "Belum ada yang disimpan" in page
    assert policy_kept(home) == POLICIES["nearest_first"]
    with home.open_uow() as uow:
        assert uow.db.query(Incident).count() == uow.db.query(Alert).count() == 0
    assert trail(home) == []


def test_a_point_that_another_unit_answers_for_is_told(admin: Browser) -> None:
    page = admin.post(PONTIANAK, policy="nearest_first", do="preview", lat="-0.15", lon="109.4").text
    assert "dijawab Polres Kubu Raya" in page


def test_nobody_is_asked_twice_before_the_ladder_repeats(admin: Browser) -> None:
    page = admin.get(PONTIANAK).text
    assert page.count("<li>Aipda Adi Pontianak") == 1
    assert "Aipda Adi Pontianak" in page.partition("Lalu terus, tiap")[2]


def test_an_admin_of_a_polres_changes_only_its_own_and_reads_no_others_names(app: Flask, home: House) -> None:
    kasat = polres_admin(app, home)
    assert "Kubu Raya" not in kasat.get("/admin/units").text
    assert kasat.get("/admin/units/3").status_code == 404
    assert kasat.post("/admin/units/3", policy="all_at_once").status_code == 404
    assert kasat.post("/admin/units/3", policy="all_at_once", do="preview").status_code == 404
    shown = kasat.get(PONTIANAK).text
    assert "<li>Polres Kubu Raya" in shown
    assert "Adi Kubu Raya" not in shown


def test_a_changed_table_under_a_named_order_is_not_thrown_away_in_silence(admin: Browser, home: House) -> None:
    form = form_of(POLICIES["nearest_first"]) | {"shown": "nearest_first", "policy": "nearest_first"}
    back = admin.post(PONTIANAK, **form | {"0.nearest": "9"})
    assert "pilih &#34;urutan sendiri&#34;" in admin.get(back.location).text
    admin.post(PONTIANAK, **form | {"policy": "all_at_once"})
    assert policy_kept(home) == POLICIES["all_at_once"]


def kept_json(home: House, **changed: object) -> dict[str, Any]:
    """Write the unit's own policy as another version would have: the default one, with these fields changed."""
    data = json.loads(dumps(POLICIES["nearest_first"])) | changed
    with home.open_uow() as uow:
        uow.db.get_one(Unit, 2).waves = json.dumps(data)
    return data


def test_editing_a_policy_drops_nothing_that_a_newer_version_has_written(admin: Browser, home: House) -> None:
    data = kept_json(home, whistle={"loud": [1]})
    data["waves"][1] |= {"until": 50, "groups": [*data["waves"][1]["groups"], {"who": "drones", "most": 2}]}
    data["again"].append({"who": "drones"})
    kept_json(home, **data)
    assert admin.get(PONTIANAK).status_code == 200
    admin.post(PONTIANAK, **form_of(policy_kept(home)) | {"policy": "own", "ring": "60"})
    with home.open_uow() as uow:
        assert json.loads(uow.db.get_one(Unit, 2).waves or "") == data | {"ring": 60}


def test_a_page_of_an_older_version_leaves_alone_what_it_did_not_show(admin: Browser, home: House) -> None:
    kept_json(home, ring=55)
    form = {name: value for name, value in form_of(policy_kept(home)).items() if name != "ring"}
    admin.post(PONTIANAK, **form | {"policy": "own", "calls": "2"})
    assert (policy_kept(home).ring, policy_kept(home).calls) == (55, 2)


def test_a_page_shows_what_counts_where_the_stored_value_cannot_be_used(admin: Browser, home: House) -> None:
    kept_json(home, ring=9999, waves=[])
    assert 'name="ring" type="number" min="15" max="60" value="25"' in admin.get(PONTIANAK).text
    admin.post(PONTIANAK, **form_of(policy_kept(home)) | {"policy": "own"})
    with home.open_uow() as uow:
        assert read("nearest_first", uow.db.get_one(Unit, 2).waves) == (POLICIES["nearest_first"], [])
