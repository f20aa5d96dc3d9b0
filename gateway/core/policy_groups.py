"""The groups of people that a wave of a policy can ask, and which of them are no police."""

from __future__ import annotations

from enum import StrEnum


class Who(StrEnum):
    """A group that a wave asks, seen from the unit that answers for the place."""

    DESK = "desk"  # its desk
    NEAREST = "nearest"  # its nearest officers on duty
    UNIT = "unit"  # all its officers on duty
    NEIGHBOURS = "neighbours"  # officers on duty of the units with the same parent
    POLRES = "polres"  # everyone of the Polres who is not suspended, on duty or not
    POLRES_DESK = "polres_desk"
    TOP_DESK = "top_desk"  # the topmost unit's desk
    FIRST_WAVE = "first_wave"  # everybody whom wave 1 asked
    UP = "up"  # officers on duty of the unit so many `levels` above
    UP_DESK = "up_desk"  # its desk
    POLSEK = "polsek"  # officers on duty of every unit of that kind, as near in the tree as there is one
    POST = "post"
    POLDA = "polda"
    POLDA_DESK = "polda_desk"
    BRIMOB = "brimob"  # a list: desk and people on duty of every unit of that kind
    LANTAS = "lantas"
    AMBULANCE = "ambulance"
    FIRE = "fire"
    HOSPITAL = "hospital"
    VOLUNTEERS = "volunteers"  # of the neighbourhood; they never stand in for police


class By(StrEnum):
    """The ways in which a wave asks."""

    BOTH = "both"
    TEXT = "text"
    CALL = "call"


POLICE = ("polda", "polres", "polsek", "post")  # the kinds of unit that make the tree
SPECIAL = ("brimob", "lantas")  # police that a policy asks by their list only
SERVICES = ("ambulance", "fire", "hospital")  # come beside the police and never instead of them
LISTS = (*SPECIAL, *SERVICES)
KINDS_ABOVE = (Who.POLSEK, Who.POST, Who.POLDA)  # groups that are named after a kind of unit
BESIDE_POLICE = (*map(Who, SERVICES), Who.VOLUNTEERS)  # nobody of them stands in for an officer, nor one for them
LEVELLED = (Who.UP, Who.UP_DESK)
