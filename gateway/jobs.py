"""The jobs that a worker runs from the queue. Each carries one id, may run twice, and calls one method of the sweep."""

from __future__ import annotations

from gateway.wiring import house


def deliver(incident_id: int) -> None:
    """Send all outbounds of this incident that are due."""
    house().sweep.deliver_incident(incident_id)


def send(outbound_id: int) -> None:
    """Send this one outbound."""
    house().sweep.deliver_one(outbound_id)


def wave(incident_id: int) -> None:
    """Ask this incident's next wave."""
    house().sweep.wave(incident_id)


def locate(lookup_id: int) -> None:
    """Run this look-up outside."""
    house().sweep.look_up(lookup_id)
