"""A report on paper: A4, black on white, with the numbers that a chief asks for first on the first page."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from anyascii import anyascii
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from gateway.operations.results import signature, words
from gateway.operations.results.plots import PLOTS
from gateway.operations.results.results import Results
from gateway.operations.results.sections import SECTIONS

FONT = "Helvetica"  # every PDF reader has it; it covers Latin-1, other letters are transliterated
WIDTHS = (96, 28, 28, 38)  # millimetres: name, now, before, bar
SLOW_WIDTHS = (13, 31, 29, 19, 24, 24, 24, 26)
MISSED_WIDTHS = (13, 40, 30, 107)
LINE = 5.2
BAR = 2.6
WHITE = 255
HEAD, RULE, BARS = (235, 238, 242), (200, 205, 212), (70, 110, 160)  # RGB


class Paper(FPDF):
    """A PDF document with page numbers and text in any alphabet."""

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(FONT, size=8)
        self.cell(0, 6, f"Siaga  {self.page_no()}/{{nb}}", align="R")

    def normalize_text(self, text: str) -> str:
        return super().normalize_text(latin(text))

    def say(self, text: str, size: float, bold: bool = False) -> None:
        self.set_font(FONT, "B" if bold else "", size)
        self.cell(0, size * 0.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def latin(text: str) -> str:
    """Return the text with letters that the font cannot print replaced by letters that it can."""
    return "".join(each if ord(each) < 256 else anyascii(each) for each in text)


def as_pdf(report: Results, language: str) -> bytes:
    paper = Paper(format="A4")
    paper.set_margin(10)
    paper.set_auto_page_break(True, margin=15)
    paper.set_creation_date(report.made_at)
    paper.set_title(latin(words.say("title", language)))
    paper.set_lang(language)
    paper.set_draw_color(RULE)
    paper.add_page()
    paper.say(words.say("title", language), 16, bold=True)
    paper.ln(2)
    for line in words.introduction(report, language):
        paper.say(line, 10)
    for section in SECTIONS:
        if section == words.SIDE_BY_SIDE:
            _plots(paper, report, language)
            _side_by_side(paper, report, language)
            continue
        _section(paper, report, section, language)
        if section == "to_close":  # the table of the slowest follows the times
            _slowest(paper, report, language)
            _missed(paper, report, language)
    return signature.signed(bytes(paper.output()) + f"%{signature.PLACE}\n".encode(), report.head)


def _section(paper: Paper, report: Results, section: str, language: str) -> None:
    figures = words.shown(report, section)
    if not figures:
        return
    rows = [[words.heading(section, language), words.say("now", language), words.say("before", language), ""]]
    for one in figures:
        told = (words.told(value, one.unit, language) for value in (one.value, one.before))
        rows.append([words.label(report, one, language), *told, ""])
    meaning = words.meaning(section, language)
    _keep_together(paper, len(rows) + (2 if meaning else 0))
    if meaning:
        paper.set_font(FONT, "I", 8)
        paper.multi_cell(0, 4, meaning, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    _table(paper, rows, WIDTHS, "LRRL", [None, *(words.part(report, one) for one in figures)])


def _plots(paper: Paper, report: Results, language: str) -> None:
    for name, draw in PLOTS.items():
        if drawn := draw(report, language):
            paper.ln(4)
            _keep_together(paper, 12)
            paper.say(words.say(f"plot.{name}", language), 10, bold=True)
            paper.image(drawn.encode(), w=paper.epw)
            if name == "density":
                paper.set_font(FONT, size=8)
                told = ", ".join(f"{area} {number}" for area, number in words.crowds(report))
                paper.multi_cell(
                    0, 4, f"{words.located(report, language)}\n{told}", new_x=XPos.LMARGIN, new_y=YPos.NEXT
                )


def _side_by_side(paper: Paper, report: Results, language: str) -> None:
    """Print the units below each other, each figure in a column; headings are as high as they need to be."""
    rows = words.side_by_side(report, language)
    paper.ln(4)
    paper.say(words.heading(words.SIDE_BY_SIDE, language), 10, bold=True)
    paper.set_font(FONT, size=7)
    paper.set_fill_color(WHITE)  # a table's cells are filled with whatever was drawn with last
    widths = (30, *[15] * (len(rows[0]) - 1))
    with paper.table(rows, col_widths=widths, line_height=3.5, text_align="LEFT"):
        pass  # the rows are drawn at the end of the block


def _keep_together(paper: Paper, rows: int) -> None:
    paper.ln(4)
    if paper.will_page_break(min(rows, 12) * LINE):
        paper.add_page()


def _table(
    paper: Paper, rows: Sequence[Sequence[str]], widths: Sequence[int], aligns: str, bars: Sequence[float | None] = ()
) -> None:
    """Print rows of cells, the first as heading.

    `widths` are millimetres; a bar (0 to 1) fills part of the last column.
    """
    for number, (row, bar) in enumerate(zip_longest(rows, bars)):
        if paper.will_page_break(LINE):
            paper.add_page()
        paper.set_font(FONT, "" if number else "B", 9)
        paper.set_fill_color(HEAD)
        top = paper.get_y()
        for cell, width, align in zip(row, widths, aligns, strict=True):
            paper.cell(width, LINE, _fit(paper, latin(cell), width - 2), border="B", align=align, fill=not number)
        if bar:
            paper.set_fill_color(BARS)
            room = widths[-1] - 4
            left = paper.l_margin + sum(widths) - room
            paper.rect(left, top + (LINE - BAR) / 2, max(room * bar, 0.2), BAR, style="F")
        paper.ln(LINE)


def _fit(paper: Paper, text: str, width: float) -> str:
    """Return the text, shortened if it is too wide for its cell."""
    if paper.get_string_width(text) <= width:
        return text
    while text and paper.get_string_width(f"{text}...") > width:
        text = text[:-1]
    return f"{text}..."


def _slowest(paper: Paper, report: Results, language: str) -> None:
    if not report.slowest:
        return
    rows = [[words.say(name, language) for name in words.SLOWEST_COLUMNS]]
    rows += [words.slow(report, case, language) for case in report.slowest]
    _keep_together(paper, len(rows) + 1)
    paper.say(words.heading("slowest", language), 10, bold=True)
    paper.ln(1)
    _table(paper, rows, SLOW_WIDTHS, "L" * len(SLOW_WIDTHS))


def _missed(paper: Paper, report: Results, language: str) -> None:
    """Print the cases that missed a promise; a reason takes the lines that it needs."""
    if not report.missed:
        return
    rows = [[words.say(name, language) for name in words.MISSED_COLUMNS], *words.misses(report, language)]
    _keep_together(paper, len(rows) + 1)
    paper.say(words.heading("missed", language), 10, bold=True)
    paper.set_font(FONT, size=8)
    paper.set_fill_color(WHITE)
    with paper.table(rows, col_widths=MISSED_WIDTHS, line_height=4, text_align="LEFT"):
        pass  # the rows are drawn at the end of the block
    if more := words.unlisted(report, language):
        paper.say(more, 8)
