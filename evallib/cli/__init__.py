"""The command line: arguments in, messages out. Nothing is computed, and nothing imports it."""
