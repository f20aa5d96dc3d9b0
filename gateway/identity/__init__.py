"""Who somebody is: callers by number, PINs, users and their log-ins, and the audit trail of what they did."""
