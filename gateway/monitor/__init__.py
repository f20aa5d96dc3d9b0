"""The monitor of a duty desk: the board, an incident's dossier, map layers, unread texts, reports, the desk's
actions.
"""
