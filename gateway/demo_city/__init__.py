"""A small made-up Pontianak for the demo: schematic areas, invented names and numbers. Nothing here is real."""
