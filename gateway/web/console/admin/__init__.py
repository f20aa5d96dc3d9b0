"""The administrator's pages, one file a page."""
