"""The numerals of each language: one file a language, one function `cardinal` in it. gateway.core.languages names
them."""
