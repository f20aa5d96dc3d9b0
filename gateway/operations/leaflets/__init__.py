"""What is handed out on paper: sheets and cards in three languages, from the numbers of the lines as they are set."""
