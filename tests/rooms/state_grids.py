"""What may follow each state of the four tables, written down a second time, to be read at a glance."""

from __future__ import annotations

# A row is what a state may be followed by: x in the column of each that may.
INCIDENT = """
            open accepted en_route on_scene resolved false_alarm cancelled
open        .    x        .        .        x        x           x
accepted    x    .        x        x        x        x           .
en_route    x    .        .        x        x        x           .
on_scene    x    .        .        .        x        x           .
resolved    x    .        .        .        .        .           .
false_alarm x    .        .        .        .        .           .
cancelled   .    .        .        .        .        .           .
"""
ALERT = """
            waiting sent delivered no_answer failed accepted declined stood_down left_out
waiting     .       x    x         x         x      x        x        x          x
sent        .       .    x         x         x      x        x        x          x
delivered   .       .    .         x         x      x        x        x          x
no_answer   .       .    .         .         x      x        x        x          x
failed      .       .    .         .         .      x        x        .          x
accepted    .       .    .         x         .      .        x        .          x
declined    .       .    .         .         .      x        .        .          x
stood_down  .       .    .         .         .      x        x        .          x
left_out    .       .    .         .         .      .        .        .          .
"""
OUTBOUND = """
           owed claimed sending under_way done failed called_off
owed       .    x       .       .         x    .      x
claimed    x    .       x       .         x    x      x
sending    x    .       x       x         x    x      x
under_way  x    .       .       .         x    x      .
done       x    .       .       .         .    x      .
failed     .    .       .       .         .    .      .
called_off .    .       .       .         .    .      .
"""
ATTEMPT = """
            trying handed refused permanent unknown delivered undelivered answered ended
trying      .      x      x       x         x       .         .           .        x
handed      .      .      .       x         .       x         x           x        x
refused     .      .      .       x         .       x         x           x        x
permanent   .      .      .       .         .       x         .           x        .
unknown     .      x      .       .         .       .         .           .        x
delivered   .      .      .       .         .       .         .           .        .
undelivered .      .      .       .         .       x         .           .        .
answered    .      .      .       x         .       .         .           .        x
ended       .      .      .       .         .       .         .           .        .
"""
GRIDS = {"incident": INCIDENT, "alert": ALERT, "outbound": OUTBOUND, "attempt": ATTEMPT}


def pairs(grid: str) -> list[tuple[str, str, bool]]:
    """Every (from, to) of a grid, and whether that move is allowed."""
    head, *rows = (line.split() for line in grid.strip().splitlines())
    return [(row[0], to, mark == "x") for row in rows for to, mark in zip(head, row[1:], strict=True)]


def allowed(grid: str) -> set[tuple[str, str]]:
    """The moves that a grid allows."""
    return {(before, after) for before, after, may in pairs(grid) if may}
