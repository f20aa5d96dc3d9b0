"""Retention: rows that are old enough lose their words, then their places, and at last their people; figures stay
true.
"""
