"""Hold the events of an Asterisk: the process `switch` speaks to the phones, and to web by signed hooks alone."""
