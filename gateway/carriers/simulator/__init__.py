"""The simulated line of the demo, and the phones that are on it."""
