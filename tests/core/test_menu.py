"""The menu as a table: where every answer leads, and that every screen fits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.languages import CODES
from gateway.core.sentences import menu, phrases
from gateway.core.sentences.segments import SINGLE, fits, septets, to_gsm

LONGEST = {
    "code": "K7Q2",
    "time": "14:32 WITA",
    "emergency": "110",
    "text": "",
    "places": menu.numbered(["Benua Melayu Darat Selatan Sekali"] * 4, 22),
    "duties": menu.numbered(["K7Q2 12,4km Kelurahan Benua Melayu Darat"] * 5, 26),
}
screens = [(node, language) for node in menu.NODES for language in CODES]


@pytest.mark.parametrize(("node", "language"), screens)
def test_every_screen_fits_with_room_for_its_facts(node: str, language: str) -> None:
    text = phrases.say(f"ussd.{node}", language, **LONGEST)
    assert to_gsm(text) == text
    assert septets(text) <= SINGLE


@pytest.mark.parametrize("language", CODES)
def test_the_consent_is_shown_whole(language: str) -> None:
    consent = phrases.say("consent.text", language)
    assert consent in menu.screen("consent", language, text=consent)
    assert menu.screen("consent", language, text=consent).splitlines()[-2].startswith("1 ")


@pytest.mark.parametrize(("node", "language"), screens)
def test_a_screen_names_every_key_that_works_on_it(node: str, language: str) -> None:
    shown = phrases.say(f"ussd.{node}", language, **LONGEST)
    for answer in menu.NODES[node].keys:
        assert any(line.startswith(f"{answer} ") for line in shown.splitlines()), answer


@pytest.mark.parametrize("node", menu.NODES)
def test_every_way_leads_to_a_screen(node: str) -> None:
    ways = [*menu.NODES[node].keys.values(), *filter(None, [menu.NODES[node].words])]
    assert all(way.to in menu.NODES or way.to == menu.BACK for way in ways)


def reachable(node: str) -> set[str]:
    """Screens one answer away; back leads to any first screen."""
    ways = [*menu.NODES[node].keys.values(), *filter(None, [menu.NODES[node].words])]
    return {to for way in ways for to in (menu.ROOTS if way.to == menu.BACK else (way.to,))}


@pytest.mark.parametrize("node", menu.NODES)
def test_no_screen_is_a_dead_end(node: str) -> None:
    """From every screen that asks something there is a way to the end or back to a first screen."""
    seen, news = {node}, {node}
    while news:
        news = set().union(*map(reachable, news)) - seen
        seen |= news
    assert menu.NODES[node].ends or seen & {*menu.ROOTS, "told", "sent"}
    assert menu.NODES[node].ends or reachable(node) - {node}


def test_every_screen_can_be_reached() -> None:
    seen = news = set(menu.ROOTS)
    while news:
        news = set().union(*map(reachable, news)) - seen
        seen = seen | news
    assert seen == set(menu.NODES)


def test_one_on_a_first_screen_is_the_panic_and_nothing_else() -> None:
    assert {root: menu.way(root, "1") for root in menu.ROOTS} == {
        menu.CITIZEN: menu.Way("quiet", "panic"),
        menu.OFFICER: menu.Way("quiet", "panic"),
        menu.STRANGER: None,
        menu.APPLICANT: None,
    }


@pytest.mark.parametrize("language", CODES)
@pytest.mark.parametrize("root", [menu.STRANGER, menu.APPLICANT])
def test_the_first_screen_of_a_number_that_may_not_ask_says_which_number_to_ring(root: str, language: str) -> None:
    shown = menu.screen(root, language)
    assert "110" in shown
    assert not any(line.startswith("1 ") for line in shown.splitlines())


@pytest.mark.parametrize(
    ("node", "typed", "answer", "rest"),
    [
        ("citizen", "1", "1", None),
        ("citizen", "1*2*jl ampera", "1", "2*jl ampera"),
        ("citizen", "1*", "1", ""),
        ("quiet", "2*jl ampera", "2", "jl ampera"),
        ("where", "gang 5*belakang masjid", "gang 5*belakang masjid", None),
        ("where", "0*1", "0", "1"),
        ("tip", "harga *** naik", "harga *** naik", None),
        ("pin", "1234", "1234", None),
    ],
)
def test_it_tells_an_answer_from_a_star_of_somebodys_own(node: str, typed: str, answer: str, rest: str | None) -> None:
    assert menu.first_answer(node, typed) == (answer, rest)


@pytest.mark.parametrize(
    ("node", "typed", "to"),
    [
        ("citizen", " 4 ", "tip"),
        ("citizen", "9", None),
        ("citizen", "", None),
        ("citizen", "tolong", None),
        ("quiet", "ada parang", "quiet"),
        ("where", "jl ampera", "what"),
        ("nik", "0", "address"),
        ("nik", "", None),
        ("duty", "7", "noted"),
        ("language", "2", menu.BACK),
    ],
)
def test_it_knows_where_an_answer_leads(node: str, typed: str, to: str | None) -> None:
    way = menu.way(node, typed)
    assert (way.to if way else None) == to


@given(node=st.sampled_from(list(menu.NODES)), facts=st.text(max_size=400), language=st.sampled_from(CODES))
def test_whatever_is_put_on_it_a_screen_fits(node: str, facts: str, language: str) -> None:
    given_facts = dict.fromkeys(("text", "place", "name", "unit"), facts)
    shown = menu.screen(node, language, **{**LONGEST, **given_facts})
    assert fits(shown)


@given(node=st.sampled_from(list(menu.NODES)), typed=st.text(max_size=80))
def test_any_answer_is_read_to_its_end(node: str, typed: str) -> None:
    for _ in range(len(typed) + 2):
        answer, rest = menu.first_answer(node, typed)
        assert menu.way(node, answer) is None or menu.way(node, answer) in [
            *menu.NODES[node].keys.values(),
            menu.NODES[node].words,
        ]
        if rest is None:
            return
        assert len(rest) < len(typed)
        typed = rest
    raise AssertionError("never read to its end")
