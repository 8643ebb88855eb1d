"""evallib: evaluate a department's yearly performance, with every number open to be checked."""

__version__ = "1.0.0"
