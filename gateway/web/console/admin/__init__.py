"""The administrator's pages, one file per page."""
