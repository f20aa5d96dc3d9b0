"""Make the sheets and cards that are handed out, in three languages, from the numbers of the lines as they are set."""
