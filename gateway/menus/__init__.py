"""The actions and screens of the USSD menu. `core.sentences.menu` has the tree itself, `gateway.ussd` the session."""
