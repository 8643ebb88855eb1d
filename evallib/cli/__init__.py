"""The command line: arguments in, messages out. Nothing is computed, and nothing imports it."""

import gc

gc.set_threshold(100_000)  # what a command imports is no garbage, and to look it through again and again takes a tenth of its time
