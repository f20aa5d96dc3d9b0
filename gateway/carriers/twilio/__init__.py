"""Carry texts and calls over Twilio's HTTP API and TwiML."""
