"""`python -m evallib` is the command line."""

from evallib.cli import main

main()
