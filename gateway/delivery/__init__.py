"""Bring owed texts and calls out: claim outbounds, put them on the wire, and learn what became of them."""
