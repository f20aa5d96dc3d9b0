"""Imports of an operator's files: units, areas, officers, citizens, places, cells."""
