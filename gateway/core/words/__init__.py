"""Read what people write: the word lists of every language, and the parsers that read texts with them."""
