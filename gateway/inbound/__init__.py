"""Take in what arrives: the in-tray of texts and calls, clarifications, and unknown numbers."""
