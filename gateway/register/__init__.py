"""The register of citizens and officers: applications, decisions, profiles, the roster, coverage, imports."""
