"""From owed to left: claiming outbounds, putting them on the wire, and learning what became of them."""
