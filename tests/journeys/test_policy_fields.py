"""Every field of a policy changes something that a phone shows: the police chief who sets it must be able to see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import timedelta

import pytest
from journeys.city import Phone, Pontianak
from journeys.test_where import BY_THE_BORDER, draw_areas

from gateway.core.phone import local
from gateway.core.policy import POLICIES, Group, Policy, Wave, Who, dumps
from gateway.delivery.outcomes import CALL_AGAIN, while_ringing
from gateway.models.citizen import Citizen
from gateway.models.outbound import Outbound

ONE_OFFICER = Policy(
    (Wave(0, (Group(Who.NEAREST, 1),)),), again=(Group(Who.FIRST_WAVE),), again_every=120, ring=15, ring_again=10
)


def keep(city: Pontianak, policy: Policy) -> None:
    """This is Polsek Barat's own policy from now on."""
    with city.open() as uow:
        uow.db.merge(city.barat).waves = dumps(policy)


def seconds_rung(city: Pontianak, phone: Phone) -> int:
    """How long the phone, which rings now, has rung when it stops because nobody picks it up, in seconds."""
    began = phone.calls[-1].started
    while phone.is_ringing:
        city.forward(seconds=1)
    return int((city.clock.at - began).total_seconds())


# --- each field, and what it changes ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Story:
    """A field set to each of two `values`, and what is then seen of it: the value itself where nothing else is told."""

    told: Callable[[Pontianak], object]
    values: tuple[object, object]
    seen: tuple[object, object] | None = None


def seconds_until(city: Pontianak, seen: Callable[[], bool]) -> int:
    began = city.clock.at
    while not seen():
        city.forward(seconds=1)
    return int((city.clock.at - began).total_seconds())


def until_nudged(city: Pontianak, *words: str) -> int:
    """Seconds between the last of these texts of an officer and our asking them what they are doing."""
    city.budi.texts("TOLONG")
    for text in words:
        city.of_barat[0].texts(text)
    return seconds_until(city, lambda: "nudged" in city.timeline())


def rings(city: Pontianak) -> int:
    city.budi.texts("TOLONG")
    return seconds_rung(city, city.of_barat[0])


def rings_again(city: Pontianak) -> int:
    rings(city)
    return seconds_until(city, lambda: city.of_barat[0].is_ringing)


def is_called(city: Pontianak) -> int:
    city.budi.texts("TOLONG")
    city.forward(seconds=60)
    return len(city.of_barat[0].calls)


def asks_again(city: Pontianak) -> int:
    city.budi.texts("TOLONG")
    return seconds_until(city, lambda: city.incident.wave == 2)


def asks_the_neighbour(city: Pontianak) -> bool:
    draw_areas(city)
    city.budi.texts("TOLONG {:.4f}, {:.4f}".format(*BY_THE_BORDER))
    return city.of_kota[0].number in city.asked(wave=1)


def first_wave(city: Pontianak) -> int:
    city.budi.texts("TOLONG")
    return len(city.asked(wave=1))


def asked_for_ever(city: Pontianak) -> set[str]:
    city.budi.texts("TOLONG")
    city.forward(seconds=121)
    return city.asked(wave=2)


UNCLEAR, HARDLY = "dia datang lagi", "nanti sore jadi ngopi ga bro"


def rings_the_desk(words: str) -> Callable[[Pontianak], int]:
    """Seconds until the desk's phone rings about this unclear text."""

    def told(city: Pontianak) -> int:
        city.budi.texts(words)
        return seconds_until(city, lambda: city.desk_barat.is_ringing)

    return told


def opens(city: Pontianak) -> int:
    began = city.clock.at
    while not city.incidents:
        city.forward(seconds=5)
    return int((city.clock.at - began).total_seconds())


def opens_by_itself(city: Pontianak) -> int:
    city.budi.texts(UNCLEAR)
    return opens(city)


def opens_after_the_desk_looked(city: Pontianak) -> int:
    city.budi.texts(UNCLEAR)
    city.forward(seconds=16)
    city.desk_barat.expects_call().presses("2")
    return opens(city)


def opens_for_desk_first(city: Pontianak) -> int:
    with city.open() as uow:
        uow.db.query(Citizen).filter_by(phone=city.budi.number).one().desk_first = True
    return opens_by_itself(city)


def how_many_open(city: Pontianak) -> int:
    for number in range(4):
        person = city.citizen(f"+62813910{number:05}", name=f"Warga {number}", unit=city.barat)
        person.texts(f"{UNCLEAR} {number}")
    city.forward(seconds=62)
    return len(city.incidents)


def stays_asked(city: Pontianak) -> bool:
    """Whether an officer of six who sends LEPAS is asked all the same."""
    city.of_barat[0].texts("LEPAS")
    city.budi.texts("TOLONG")
    return city.of_barat[0].number in city.asked(wave=1)


def who_leads(city: Pontianak) -> str:
    """Barat 1 needs ten minutes; Barat 2, who offers to come as well, needs six."""
    city.budi.texts("TOLONG")
    city.of_barat[0].texts("OTW 10 menit")
    city.of_barat[1].joins(city.incident.code, rest="6 menit")
    (leader,) = [alert.title for alert in city.alerts() if alert.id == city.incident.leader_id]
    return leader.removeprefix("Bripka ")


def reads_a_link(city: Pontianak) -> bool:
    city.budi.texts("TOLONG")
    return "https://" in city.of_barat[0].last_text


def reads_the_number(city: Pontianak) -> bool:
    city.budi.texts("TOLONG")
    return local(city.budi.number) in city.of_barat[0].last_text


NEAREST_TWO, HIS_DESK = Group(Who.NEAREST, 2), Group(Who.DESK)
STORIES = {
    "waves": Story(first_wave, ((Wave(0, (HIS_DESK,)),), (Wave(0, (HIS_DESK, NEAREST_TWO)),)), (1, 3)),
    "again": Story(asked_for_ever, ((Group(Who.TOP_DESK),), (HIS_DESK,)), ({"+62561700001"}, {"+62561700003"})),
    "again_every": Story(asks_again, (10, 30)),
    "ring": Story(rings, (15, 60)),
    "ring_again": Story(rings_again, (10, 30)),
    "calls": Story(is_called, (1, 2)),
    "leader_silence": Story(lambda city: until_nudged(city, "OK"), (10, 30)),
    "en_route": Story(lambda city: until_nudged(city, "OK", "OTW"), (60, 65)),
    "faster_leads": Story(who_leads, (0, 60), ("Barat 1", "Barat 2")),
    "margin_m": Story(asks_the_neighbour, (0, 500), (False, True)),
    "unclear_ring": Story(rings_the_desk(UNCLEAR), (5, 20)),
    "unclear_ring_low": Story(rings_the_desk(HARDLY), (25, 40)),
    "unclear_open": Story(opens_by_itself, (30, 90)),
    "unclear_look": Story(opens_after_the_desk_looked, (60, 120)),
    "desk_first": Story(opens_for_desk_first, (60, 120)),
    "least_on_duty": Story(stays_asked, (5, 6), (False, True)),
    "map_link": Story(reads_a_link, (1, 0), (True, False)),
    "hide_numbers": Story(reads_the_number, (0, 1), (True, False)),
    "unclear_most": Story(how_many_open, (1, 3)),
}


def test_there_is_a_story_for_every_field_and_for_nothing_else() -> None:
    assert set(STORIES) == {field.name for field in fields(Policy)} - {"kept"}


@pytest.mark.parametrize("at", [0, 1])
@pytest.mark.parametrize("name", STORIES)
def test_every_field_changes_what_phones_show(city: Pontianak, name: str, at: int) -> None:
    story = STORIES[name]
    keep(city, replace(ONE_OFFICER, **{name: story.values[at]}))  # type: ignore[arg-type] - each field has its own type
    assert story.told(city) == (story.seen or story.values)[at]


@pytest.mark.parametrize("after", [20, 40])
def test_a_wave_is_asked_when_its_policy_says(city: Pontianak, after: int) -> None:
    keep(city, replace(ONE_OFFICER, waves=(*ONE_OFFICER.waves, Wave(after, (HIS_DESK,)))))
    assert asks_again(city) == after


# --- how long a call rings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ring", [15, 25, 60])
def test_a_call_rings_as_long_as_the_units_policy_says(city: Pontianak, ring: int) -> None:
    keep(city, replace(ONE_OFFICER, ring=ring, calls=1))
    city.budi.texts("TOLONG")
    city.of_barat[0].expects_call()
    assert "no_answer" not in city.timeline()
    assert seconds_rung(city, city.of_barat[0]) == ring
    city.forward(seconds=1)
    assert "no_answer" in city.timeline()
    assert city.alerts(wave=1)[0].state == "no_answer"


def test_the_next_call_to_the_same_officer_rings_as_long(city: Pontianak) -> None:
    keep(city, replace(ONE_OFFICER, ring=60, ring_again=10, calls=2, again_every=600))
    city.budi.texts("TOLONG")
    assert seconds_rung(city, city.of_barat[0]) == 60
    city.forward(seconds=11)
    assert seconds_rung(city, city.of_barat[0]) == 60


def test_a_desk_that_is_rung_about_an_unclear_text_is_rung_as_its_own_policy_says(city: Pontianak) -> None:
    keep(city, replace(POLICIES["nearest_first"], ring=40, unclear_open=120))
    city.budi.texts("besok rapat jam sembilan")
    city.forward(seconds=30)
    city.desk_barat.expects_call()
    assert seconds_rung(city, city.desk_barat) == 40


def test_a_call_whose_end_nobody_reports_counts_as_ringing_until_it_cannot_ring_any_more(city: Pontianak) -> None:
    keep(city, replace(ONE_OFFICER, ring=60, calls=1))
    city.budi.texts("TOLONG")
    with city.open() as uow:
        (call,) = uow.db.query(Outbound).filter_by(kind="call")
        assert call.ends_by is not None
        assert call.ends_by > city.clock.at + timedelta(seconds=60)


@pytest.mark.parametrize(("ring", "again_after"), [(None, 30), (15, 30), (25, 30), (60, 65)])
def test_a_call_that_nobody_knows_of_is_not_placed_again_while_the_first_may_ring(
    ring: int | None, again_after: int
) -> None:
    assert while_ringing(CALL_AGAIN, ring) == timedelta(seconds=again_after)


# --- what another version, or a typing error, has left in the database ------------------------------------------------


def keep_json(city: Pontianak, text: str, name: str = "nearest_first") -> None:
    with city.open() as uow:
        unit = uow.db.merge(city.barat)
        unit.policy, unit.waves = name, text


def test_a_unit_that_asks_everybody_still_does_with_a_field_of_a_newer_version(city: Pontianak) -> None:
    keep_json(city, json.dumps(json.loads(dumps(POLICIES["all_at_once"])) | {"whistle": 7}))
    city.budi.texts("TOLONG")
    everybody = {phone.number for phone in (*city.of_barat, *city.of_kota)}
    assert everybody < city.asked(wave=1)


@pytest.mark.parametrize("text", ["rubbish", '{"waves": [{"after": 0, "groups": []}]}', '{"waves": []}', "[]"])
def test_a_policy_that_would_ask_nobody_asks_whom_the_default_asks(city: Pontianak, text: str) -> None:
    keep_json(city, text)
    city.budi.texts("TOLONG")
    assert city.asked(wave=1) == {city.desk_barat.number, *(phone.number for phone in city.of_barat[:3])}


def test_a_group_that_only_a_newer_version_knows_is_skipped_and_the_others_are_asked(city: Pontianak) -> None:
    keep_json(city, '{"waves": [{"after": 0, "groups": [{"who": "drones"}, {"who": "polres_desk"}]}]}')
    city.budi.texts("TOLONG")
    assert city.asked(wave=1) == {city.desk_polres.number}
