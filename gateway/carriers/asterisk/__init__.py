"""Carry calls over an Asterisk of one's own: a SIP trunk, or a gateway with SIM cards."""
