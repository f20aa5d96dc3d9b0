"""Doors of the worker: each job carries one id, may run twice, and is one line into the rounds."""

from __future__ import annotations

from gateway.wiring import house


def deliver(incident_id: int) -> None:
    """Something is owed for this incident."""
    house().sweep.deliver_incident(incident_id)


def send(outbound_id: int) -> None:
    """This is owed."""
    house().sweep.deliver_one(outbound_id)


def wave(incident_id: int) -> None:
    """This incident's wave is due."""
    house().sweep.wave(incident_id)


def locate(lookup_id: int) -> None:
    """Something is to be looked up outside."""
    house().sweep.look_up(lookup_id)
