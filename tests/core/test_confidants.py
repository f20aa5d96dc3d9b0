"""Who may know of a call for help."""

from __future__ import annotations

import pytest

from gateway.core.confidants import Asker, Home, Other, Why, left_out, may_know, normalised, user_key

HERE, BESIDE, NEXT_STREET = (-0.02, 109.30), (-0.02020, 109.30010), (-0.0204, 109.30)
ANI = Asker(frozenset({"+6281210000001", user_key("Joko")}), Home("jalan ampera 12", HERE))


@pytest.mark.parametrize(
    ("other", "why"),
    [
        (Other(), None),
        (Other(frozenset({"+6281210000002"})), None),
        (Other(frozenset({"+6281210000001"})), Why.NAMED),
        (Other(frozenset({"+6281210000009", user_key("JOKO ")})), Why.NAMED),
        (Other(frozenset({"joko"})), None),  # a name is no key
        (Other(home=Home("jalan ampera 12")), Why.SAME_ADDRESS),
        (Other(home=Home("jalan ampera 21")), None),
        (Other(home=Home("")), None),
        (Other(home=Home("", BESIDE)), Why.SAME_HOME),  # 25 m
        (Other(home=Home("jalan ampera 21", HERE)), Why.SAME_HOME),
        (Other(home=Home("", NEXT_STREET)), None),  # 44 m
    ],
)
def test_who_was_named_or_lives_there_may_not_know(other: Other, why: Why | None) -> None:
    assert left_out(ANI, other) is why
    assert may_know(ANI, other) is (why is None)


def test_who_named_nobody_and_has_no_home_leaves_nobody_out() -> None:
    assert may_know(Asker(), Other(frozenset({"+6281210000001"}), Home("jalan ampera 12", HERE)))
    assert may_know(Asker(), Other())


@pytest.mark.parametrize(
    ("typed", "other", "same"),
    [
        ("Jl. Ampera No. 12", "jalan ampera 12", True),
        ("Jln Ampera no 012, Kel. Kota Baru, Kec. Pontianak Kota", "JALAN AMPERA NOMOR 12", True),
        ("Jl Ampera Gg 3 No.7 RT 02/RW 05", "Jalan Ampera Gang 3 nomor 7 RT 2 RW 5 78116", True),
        ("Jl. Ampera 12", "Jl. Ampera 12A", False),
        ("Jl. Ampera 12", "Jl. Ampera 21", False),
        ("Dusun Melati RT 01 RW 02", "dusun melati rt1 rw2", True),
    ],
)
def test_an_address_reads_the_same_however_it_is_typed(typed: str, other: str, same: bool) -> None:
    assert (normalised(typed) == normalised(other) != "") is same


@pytest.mark.parametrize("typed", ["", "Pontianak", "Jalan Ampera", "Kecamatan Pontianak Kota 78116"])
def test_a_street_or_a_town_is_no_home(typed: str) -> None:
    assert normalised(typed) == ""
