"""What a stored policy means: what cannot be used never leaves a panic unanswered, and nothing is lost on the way."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.policy import DEFAULT, FIELDS, POLICIES, Group, Who, dumps, loads, policy_of, read

USUAL = POLICIES[DEFAULT]
ALL_AT_ONCE = POLICIES["all_at_once"]


def stored(**changed: object) -> str:
    """The default policy's JSON with these fields changed."""
    return json.dumps(json.loads(dumps(USUAL)) | changed)


def faults(own: str, name: str = DEFAULT) -> list[str]:
    return [fault.words for fault in read(name, own)[1]]


@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_comes_back_from_its_json_without_a_fault(name: str) -> None:
    assert read(DEFAULT, dumps(POLICIES[name])) == (POLICIES[name], [])


def test_a_field_that_only_a_newer_version_knows_changes_nothing_else() -> None:
    own = json.dumps(json.loads(dumps(ALL_AT_ONCE)) | {"whistle": 7})
    assert policy_of("nearest_first", own) == ALL_AT_ONCE
    assert faults(own) == ["no field 'whistle' is known here; it is kept"]


def test_what_a_newer_version_has_written_is_written_again() -> None:
    data = json.loads(dumps(USUAL)) | {"whistle": [7, {"loud": None}]}
    data["waves"][0] |= {"until": 20}
    data["waves"][0]["groups"][1] |= {"within_m": 900}
    data["waves"][1]["groups"].append({"who": "drones", "most": 2})
    data["again"].append({"who": "drones"})
    assert json.loads(dumps(loads(json.dumps(data)))) == data


def test_an_unknown_group_is_skipped_and_the_others_are_asked() -> None:
    policy = loads(stored(waves=[{"after": 0, "groups": [{"who": "drones"}, {"who": "desk"}]}]))
    assert policy.waves[0].groups == (Group(Who.DESK),)


@pytest.mark.parametrize(
    "groups", [[], None, "desk", [{"who": "drones"}], [7], [{"who": "first_wave"}], {"who": "desk"}]
)
def test_a_wave_that_asks_nobody_asks_whom_the_default_asks(groups: object) -> None:
    own = stored(waves=[{"after": 0, "groups": groups}, {"after": 9, "groups": []}])
    assert loads(own).waves[0].groups == USUAL.waves[0].groups
    assert loads(own).waves[1].groups == USUAL.waves[1].groups
    assert "wave 1 asks nobody, so it asks desk, nearest" in faults(own)


def test_a_wave_beyond_those_of_the_default_asks_whom_it_asks_again() -> None:
    waves = [{"after": n, "groups": [{"who": "desk"}]} for n in range(6)]
    assert loads(stored(waves=[*waves, {}])).waves[6].groups == USUAL.again


@pytest.mark.parametrize("again", [[], None, [{"who": "drones"}]])
def test_after_the_last_wave_somebody_is_asked_whatever_is_stored(again: object) -> None:
    assert loads(stored(again=again)).again == USUAL.again


@pytest.mark.parametrize("own", ["{", "[]", "null", "7", '"desk"', "[" * 100_000])
def test_what_cannot_be_read_is_the_policy_that_the_unit_is_named_after(own: str) -> None:
    assert policy_of("nearest_first", own) == USUAL
    assert policy_of("all_at_once", own) == ALL_AT_ONCE
    assert len(faults(own)) == 1


@pytest.mark.parametrize("waves", [[], None, 5, {}])
def test_without_waves_those_of_the_default_count(waves: object) -> None:
    own = stored(waves=waves, ring=60)
    assert (loads(own).waves, loads(own).ring) == (USUAL.waves, 60)


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", [None, "soon", "25", 25.5, True, [], {}, -1, 10**9, float("nan")])
def test_a_number_that_cannot_be_used_is_that_fields_default_and_the_others_count(name: str, value: object) -> None:
    other = "calls" if name != "calls" else "ring"
    own = stored(**{name: value, other: FIELDS[other].least})
    policy = loads(own)
    assert (getattr(policy, name), getattr(policy, other)) == (getattr(USUAL, name), FIELDS[other].least)
    (fault,) = faults(own)
    assert fault.startswith(f"{name} is ")
    assert fault.endswith(f"so {getattr(USUAL, name)} counts")


@pytest.mark.parametrize("name", FIELDS)
def test_a_number_that_an_older_version_did_not_write_is_its_default_and_no_fault(name: str) -> None:
    own = json.dumps({key: value for key, value in json.loads(stored()).items() if key != name})
    assert read(DEFAULT, own) == (USUAL, [])


def test_a_wave_whose_time_cannot_be_used_comes_when_the_default_says() -> None:
    waves = [{"after": 0, "groups": [{"who": "desk"}]}, {"after": "soon", "groups": [{"who": "polres", "most": 0}]}]
    policy = loads(stored(waves=waves))
    assert policy.waves[1].after == USUAL.waves[1].after
    assert policy.waves[1].groups == (Group(Who.POLRES),)
    assert faults(stored(waves=waves)) == [
        "wave 2: after is 'soon', not 0 to 3600 seconds, so 30 counts",
        "wave 2: polres: most is 0, not 1 to 1000 people, so all of them count",
    ]


def test_an_unknown_name_is_the_default_policy_and_is_named() -> None:
    assert policy_of("nearest_frist") == USUAL
    assert len(read("nearest_frist", None)[1]) == 1


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(list(Who)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["waves", "again", "after", "groups", "who", "most", "x", *FIELDS]), inner, max_size=4
        )
    ),
)


@given(st.dictionaries(st.sampled_from(["waves", "again", "x", *FIELDS]), anything))
def test_whatever_is_stored_somebody_is_asked_at_once_and_for_ever(data: dict[str, object]) -> None:
    policy = loads(json.dumps(data))
    assert all(policy.groups(number) for number in range(1, len(policy.waves) + 2))
    assert all(whole.allows(getattr(policy, name)) for name, whole in FIELDS.items())
    assert loads(dumps(policy)) == policy
