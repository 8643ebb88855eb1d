"""Evaluations of other places than the example: frameworks, units and money that the package knows nothing of."""
