"""Who may ask and who answers: applications, decisions, profiles, the roster, coverage, imports."""
