"""Make everything that we say: phrases in every language, alert texts, call scripts, and how long a text may be."""
