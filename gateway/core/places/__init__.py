"""Places as plain values: reading them out of texts and links, naming them, measuring between them."""
