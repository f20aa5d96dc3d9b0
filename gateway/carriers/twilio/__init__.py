"""Twilio: texts and calls over its HTTP API and TwiML."""
