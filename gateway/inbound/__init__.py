"""What came in: the in-tray of texts and calls, clarifications, and numbers that are on no list."""
