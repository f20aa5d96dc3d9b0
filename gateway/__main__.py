"""`python -m gateway` is `siaga`."""

from gateway.cli import main

main(prog_name="siaga")
