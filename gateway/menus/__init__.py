"""What the USSD menu does and shows. The tree itself is `core.menu`, the session is `gateway.ussd`."""
