"""`python -m evallib` is the command line."""

from evallib.cli.main import main

main()
