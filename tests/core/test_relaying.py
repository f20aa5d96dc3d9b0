"""Whether an officer's words are for the citizen, and for which."""

import pytest

from gateway.core.intent.relaying import Relay, Relaying, relaying
from gateway.core.words.addressing import ToCitizen
from gateway.core.words.reading import read

WORDS = {
    "WARGA kami di depan pagar": "kami di depan pagar",
    "warga: kami di depan": "kami di depan",
    "bu kami di depan pagar": "bu kami di depan pagar",
    "Pak Budi kami di depan": "Pak Budi kami di depan",
    "kak tunggu ya": "kak tunggu ya",
    "K7Q bu buka pintu": "bu buka pintu",
    "WARGA K7Q kami di depan": "kami di depan",
    "bapak tenang, PIN 1234 jangan disebut": "bapak tenang, PIN **** jangan disebut",
}
NO_WORDS = (
    "pak kapolsek siap", "pak kanit mohon arahan", "bu kasat, personel kurang", "pak izin melaporkan", "pak ndan macet",
    "siap pak", "bu", "WARGA", "kami di depan pagar", "buruan", "kakap", "ndan kami di depan", "lapor pak",
)  # fmt: skip


@pytest.mark.parametrize("text", WORDS)
def test_it_finds_words_for_the_citizen(text: str) -> None:
    said = read(text, ["K7Q"]).to_citizen
    assert said is not None
    assert said.words == WORDS[text]


@pytest.mark.parametrize("text", NO_WORDS)
def test_it_takes_words_to_nobody_or_to_a_colleague_for_none(text: str) -> None:
    assert read(text, ["K7Q"]).to_citizen is None


SAID, FOREIGN = ToCitizen("kami di depan"), ToCitizen("M3P kami di depan", called=True, other="M3P")


@pytest.mark.parametrize(
    ("said", "named", "held", "over", "verdict"),
    [
        (SAID, None, ["K7Q"], [], Relaying(Relay.PASS_ON, "K7Q", ("K7Q",))),
        (SAID, None, ["K7Q"], ["M3P"], Relaying(Relay.PASS_ON, "K7Q", ("K7Q",))),  # what is open goes first
        (SAID, "M3P", ["K7Q"], ["M3P"], Relaying(Relay.PASS_ON, "M3P", ("K7Q",))),
        (SAID, None, [], ["M3P"], Relaying(Relay.PASS_ON, "M3P", ("M3P",))),
        (SAID, None, ["K7Q", "M3P"], [], Relaying(Relay.WHICH, "", ("K7Q", "M3P"))),
        (SAID, "M3P", ["K7Q", "M3P"], [], Relaying(Relay.PASS_ON, "M3P", ("K7Q", "M3P"))),
        (SAID, "M3P", ["K7Q"], [], Relaying(Relay.NOT_YOURS, "M3P", ("K7Q",))),  # asked for, not accepted
        (FOREIGN, None, ["K7Q"], [], Relaying(Relay.NOT_YOURS, "M3P", ("K7Q",))),
        (SAID, None, [], [], Relaying(Relay.NOT_YOURS)),
    ],
)
def test_it_says_whose_citizen_is_meant(
    said: ToCitizen, named: str | None, held: list[str], over: list[str], verdict: Relaying
) -> None:
    assert relaying(said, named, held, over) == verdict
