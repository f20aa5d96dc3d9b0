"""These modules are the parts of an incident's life that dispatch.py calls: waves, recipients, updates to the caller,
closing."""
