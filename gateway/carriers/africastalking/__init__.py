"""Carry texts, calls and USSD menus over Africa's Talking's HTTP API."""
