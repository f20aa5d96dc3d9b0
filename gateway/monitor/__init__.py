"""The monitor of a duty desk: board, dossier of an incident, map layers, unread texts, reports, actions."""
