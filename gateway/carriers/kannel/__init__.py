"""Carry texts over Kannel: the operator's own SMPP or modem box."""
