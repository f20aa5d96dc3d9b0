"""Where somebody is: the location ladder, positions in a text, and which unit a position belongs to."""
