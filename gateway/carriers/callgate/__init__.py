"""Make phones ring over an Android phone with a SIM (CallGate), without a word."""
