"""What a duty desk sees and does: the board, one incident's dossier, map layers, unread texts, actions."""
