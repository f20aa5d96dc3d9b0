"""SMSGate and CallGate: texts, and calls that come in, over an Android phone with a SIM."""
