"""Africa's Talking: texts, calls and USSD menus over its HTTP API."""
