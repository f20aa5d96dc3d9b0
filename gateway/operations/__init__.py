"""Functions for those who run Siaga: results, retention, spend, key rotation."""
