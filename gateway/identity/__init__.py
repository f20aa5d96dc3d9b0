"""Identity: callers by number, PINs, console users and their log-ins, and the audit trail of their actions."""
