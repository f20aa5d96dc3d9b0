"""What an operator brings in as files: units, areas, officers, citizens, places, cells."""
