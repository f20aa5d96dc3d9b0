"""Places as plain values: read them from texts and links, name them, and measure distances between them."""
