"""Ask for help while the database is away: from a snapshot on the disk, straight through the lines."""
