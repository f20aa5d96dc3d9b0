"""Draw the screen of a simulated feature phone, in words. They are Indonesian, because people read them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from gateway.carriers.simulator.phones import CallState, Quirk, ScreenText, SimCall, UssdSession
from gateway.core.messages import Ending

WIDTH = 24
TEXTS_SHOWN = 3
AILMENTS = {Quirk.FINE: "", Quirk.OFF: " (mati)", Quirk.BUSY: " (sibuk)", Quirk.REFUSES: " (tak terhubung)"}
LIVE_TITLES = {
    ("in", CallState.RINGING): "PANGGILAN MASUK",
    ("out", CallState.RINGING): "MEMANGGIL",
    ("in", CallState.TALKING): "BICARA",
    ("out", CallState.TALKING): "BICARA",
}
PAST_TITLES = {
    ("in", Ending.NO_ANSWER): "Tak terjawab",
    ("in", Ending.CANCELLED): "Tak terjawab",
    ("in", Ending.BUSY): "Tak terjawab, sibuk",
    ("in", Ending.REJECTED): "Ditolak",
    ("out", Ending.REJECTED): "Ditolak, tanpa biaya",
    ("out", Ending.CANCELLED): "Batal memanggil",
}


def draw(
    phone: str, quirk: Quirk, call: SimCall | None, session: UssdSession | None, texts: Sequence[ScreenText]
) -> str:
    """Return the newest call, the USSD session while it is the newest thing, and the last texts, newest first."""
    blocks = [[phone + AILMENTS[quirk]]]
    if quirk is not Quirk.OFF:
        blocks += [list(_call_lines(call))] if call else []
        blocks += [[session.screen or "USSD..."]] if session and _newest(session, call, texts) else []
        blocks += [[_heading(text), text.body] for text in reversed(texts[-TEXTS_SHOWN:])]
    rule = "\n" + "-" * WIDTH + "\n"
    return rule.join("\n".join(_narrow(line) for line in block) for block in blocks)


def _call_lines(call: SimCall) -> Iterator[str]:
    if call.state is CallState.ENDED:
        title = PAST_TITLES.get((call.direction, call.ending or Ending.COMPLETED), "Panggilan selesai")
    else:
        title = LIVE_TITLES[call.direction, call.state]
    yield f"{title} {call.other}"
    yield from call.said
    if call.listening_until:
        yield "[tekan tombol]"


def _newest(session: UssdSession, call: SimCall | None, texts: Sequence[ScreenText]) -> bool:
    others = [text.at for text in texts[-1:]] + ([call.ended or call.started] if call else [])
    return session.open or all(session.touched >= at for at in others)


def _heading(text: ScreenText) -> str:
    return f"{'Dari' if text.direction == 'in' else 'Ke'} {text.other}:"


def _narrow(line: str) -> str:
    """Return a line wrapped between words only: a word too long for the screen sticks out rather than being cut."""
    kept = (textwrap.wrap(part, WIDTH, break_long_words=False, break_on_hyphens=False) for part in line.splitlines())
    return "\n".join("\n".join(part) for part in kept)
