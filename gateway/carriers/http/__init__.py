"""Carry texts, and USSD menus, over a company whose wire format the settings describe."""
