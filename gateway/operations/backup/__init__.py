"""Backups: the whole gateway in one file, restored without a phone ringing before somebody says go."""
