"""What was achieved: cases -> figures -> a report, and the report as a table, CSV, JSON and PDF."""
