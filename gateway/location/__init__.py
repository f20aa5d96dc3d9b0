"""Location: the order of trust among positions, positions in a text, and the unit that answers for a position."""
