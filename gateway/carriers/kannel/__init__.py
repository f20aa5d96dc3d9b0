"""Kannel: texts over the operator's own SMPP or modem box."""
