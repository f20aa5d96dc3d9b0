"""Carry texts, and calls that come in, over an Android phone with a SIM (SMSGate and CallGate)."""
