"""Personal data: where it stands, what is handed to the person whose it is, and what is erased at their request."""
