"""The sheets and cards themselves: A4, black on white, one page each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import segno
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from segno import helpers

from gateway.core.sentences import phrases
from gateway.core.words.replies import DIGITS, Reply
from gateway.operations.leaflets.ways import Ways
from gateway.operations.results.pdf import FONT, latin

MARGIN = 15.0  # millimetres, like all lengths here
CARD = (85.6, 54.0)  # ISO 7810 ID-1
COLUMNS, ROWS = 2, 4  # cards on a page
QR = 38.0
ANSWERS = (
    Reply.ACCEPT,
    Reply.EN_ROUTE,
    Reply.ON_SCENE,
    Reply.RESOLVED,
    Reply.FALSE_ALARM,
    Reply.DECLINE,
    Reply.BACKUP,
    Reply.ON_DUTY,
    Reply.OFF_DUTY,
)
SOS = ("button", "samsung", "speed")


class Page(FPDF):
    """One page, in a font that every printer has. `say` breaks a text into lines between the margins."""

    def __init__(self, language: str, title: str = "") -> None:
        super().__init__(format="A4")
        self.language = language
        self.set_margin(MARGIN)
        self.set_auto_page_break(False)
        self.set_lang(language)
        if title:
            self.set_title(latin(title))
        self.add_page()

    def normalize_text(self, text: str) -> str:
        return super().normalize_text(latin(text))

    def words(self, key: str, **facts: object) -> str:
        return say(key, self.language, **facts)

    def say(self, text: str, size: float, *, bold: bool = False, align: str = "L", width: float = 0) -> None:
        self.set_font(FONT, "B" if bold else "", size)
        self.multi_cell(width, size * 0.45, text, align=align, new_x=XPos.LEFT, new_y=YPos.NEXT)

    def code(self, made: segno.QRCode, x: float, y: float, size: float = QR) -> None:
        """Draw a QR code with its quiet zone."""
        rows = list(made.matrix_iter(border=2))
        module = size / len(rows)
        self.set_fill_color(0)
        for down, row in enumerate(rows):
            for right, dark in enumerate(row):
                if dark:
                    self.rect(x + right * module, y + down * module, module, module, "F")


def say(key: str, language: str, **facts: object) -> str:
    return phrases.say(f"console.leaflet.{key}", language, **facts)


# --- for citizens -----------------------------------------------------------------------------------------------------


def _citizen(ways: Ways, language: str, _: str) -> Page:
    page = Page(language, say("title.citizen", language))
    page.say(page.words("title.citizen"), 24, bold=True)
    page.ln(4)
    _how(page, ways, 18)
    page.ln(2)
    page.say(page.words("then"), 13.5)
    page.ln(2)
    page.say(page.words("register"), 13.5)
    page.ln(5)
    _codes(page, ways)
    page.ln(3)
    page.say(page.words("sos.title"), 14, bold=True)
    page.ln(2)
    for phone in SOS:
        page.say(page.words(f"sos.{phone}", text=_panic(page, ways)), 12)
        page.ln(1.5)
    page.say(page.words("sos.try"), 12)
    page.ln(4)
    page.say(page.words("not", emergency=ways.emergency), 13, bold=True)
    page.ln(2)
    page.say(ways.unit, 11)
    return page


def _how(page: Page, ways: Ways, size: float, align: str = "L") -> None:
    """Say how to ask: by text where a line takes texts, by a missed call where one takes calls."""
    text = _panic(page, ways)
    if ways.texts:
        page.say(page.words("text", text=text), size, bold=True, align=align)
        page.say(page.words("to", numbers=" / ".join(ways.texts)), size * 1.3, bold=True, align=align)
        page.ln(2)
        page.say(page.words("place", text=text), size * 0.8, align=align)
        page.ln(2)
    if ways.calls:
        page.say(page.words("call", numbers=" / ".join(ways.calls)), size * 0.9, align=align)


def _codes(page: Page, ways: Ways) -> None:
    """Draw the codes that save the first number and prepare a text to it. The contact has no name of ours: it may lie
    open to somebody else's eyes."""
    number = (ways.texts or ways.calls)[0].replace("-", "")
    codes = [("save", helpers.make_mecard(name=ways.unit, phone=number))]
    if ways.texts:
        codes.append(("text", segno.make(f"SMSTO:{number}:{_panic(page, ways)}", error="m", micro=False)))
    top = page.get_y()
    for place, (key, made) in enumerate(codes):
        x = MARGIN + place * (QR + 30)
        page.code(made, x, top)
        page.set_xy(x, top + QR)
        page.say(page.words(f"qr.{key}"), 10, bold=True, width=QR, align="C")
    page.set_xy(MARGIN, top + QR + 6)


def _panic(page: Page, ways: Ways) -> str:
    return ways.text(page.words("word"))


def _poster(ways: Ways, language: str, _: str) -> Page:
    page = Page(language, say("title.poster", language))
    page.set_y(30)
    page.say(page.words("title.poster"), 54, bold=True, align="C")
    page.ln(12)
    _how(page, ways, 27, "C")
    page.ln(10)
    page.say(page.words("then"), 18, align="C")
    page.ln(8)
    page.say(page.words("not", emergency=ways.emergency), 20, bold=True, align="C")
    page.ln(8)
    page.say(ways.unit, 16, align="C")
    return page


# --- for officers and desks -------------------------------------------------------------------------------------------


def answer(reply: Reply, language: str) -> str:
    """Return an answer with what it means, and its digit where it has one: "OK = saya berangkat (atau angka 1)"."""
    digit = next((key for key, meant in DIGITS.items() if meant is reply), "")
    told = say(f"answer.{reply.value}", language)
    return f"{told} ({say('digit', language, digit=digit)})" if digit else told


def _officer(ways: Ways, language: str, _: str) -> Page:
    page = Page(language, say("title.officer", language))
    lines = [say("answers", language), *(answer(reply, language) for reply in ANSWERS)]
    lines += [say("keys", language), say("yes", language)]
    numbers = ways.texts or ways.calls
    head = f"{ways.unit}  {numbers[0] if numbers else ''}".strip()
    _cards(page, head, lines, 6.3)
    return page


def _cards(page: Page, head: str, lines: list[str], size: float) -> None:
    """Draw the same card as often as the page takes it, each with a line to cut along."""
    wide, high = CARD
    page.set_draw_color(150)
    for place in range(COLUMNS * ROWS):
        left = MARGIN + place % COLUMNS * (wide + 4)
        top = MARGIN + place // COLUMNS * (high + 4)
        page.rect(left, top, wide, high)
        page.set_xy(left + 3, top + 3)
        if head:
            page.say(head, size + 1, bold=True, width=wide - 6)
        for line in lines:
            page.set_x(left + 3)
            page.say(line, size, width=wide - 6)
            page.set_y(page.get_y() + 0.5)


def _desk(ways: Ways, language: str, address: str) -> Page:
    page = Page(language, say("title.desk", language))
    page.say(f"{page.words('title.desk')}: {ways.unit}", 22, bold=True)
    page.ln(6)
    for name in ("emergency", "look", "settled", "reopen"):
        page.say(page.words(f"desk.{name}"), 15, bold=name == "emergency")
        page.ln(3)
    page.ln(3)
    page.say(page.words("desk.monitor", address=address), 13)
    page.ln(2)
    page.say(page.words("desk.never"), 15, bold=True)
    page.ln(6)
    page.say(page.words("answers"), 13)
    page.ln(2)
    for reply in ANSWERS:
        page.say(answer(reply, language), 13)
        page.ln(1)
    page.ln(2)
    page.say(page.words("keys"), 13)
    return page


# --- for one person alone ---------------------------------------------------------------------------------------------


def _private(ways: Ways, language: str, _: str) -> Page:
    """One small card that names nothing and nobody: whoever finds it learns little."""
    page = Page(language)
    page.set_draw_color(150)
    page.rect(MARGIN, MARGIN, *CARD)
    page.set_xy(MARGIN + 5, MARGIN + 8)
    for name in ("quiet", "safe", "duress"):
        page.set_x(MARGIN + 5)
        page.say(page.words(f"private.{name}", text=ways.text(page.words("word"))), 10, width=CARD[0] - 10)
        page.set_y(page.get_y() + 4)
    return page


@dataclass(frozen=True)
class Sheet:
    """One kind of paper. `for_citizens`: it needs a number that takes texts or calls; `counter`: it is made at the
    counter, and never laid out."""

    draw: Callable[[Ways, str, str], Page]
    for_citizens: bool = False
    counter: bool = False


SHEETS: Mapping[str, Sheet] = {
    "citizen": Sheet(_citizen, for_citizens=True),
    "poster": Sheet(_poster, for_citizens=True),
    "officer": Sheet(_officer),
    "desk": Sheet(_desk),
    "private": Sheet(_private, counter=True),
}


class NoNumber(ValueError):  # noqa: N818 - named for what is missing
    """No line takes texts or calls of this unit's people, so there is nothing to tell them."""


def make(name: str, ways: Ways, language: str, monitor: str) -> bytes:
    """Return a sheet as PDF. `monitor` is the address of the monitor. Raises NoNumber."""
    sheet = SHEETS[name]
    if sheet.for_citizens and not (ways.texts or ways.calls):
        raise NoNumber(say("none", language))
    return bytes(sheet.draw(ways, language, monitor).output())
