"""Forgetting: what was kept long enough loses its words, its places, and at last its people; the figures stay true."""
