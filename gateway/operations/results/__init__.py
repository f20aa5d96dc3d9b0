"""Results: incidents become cases, cases become figures, and figures a report as table, CSV, JSON or PDF."""
