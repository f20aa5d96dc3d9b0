"""Retention: old rows lose first their words, then their places, and at last their people; figures stay true."""
