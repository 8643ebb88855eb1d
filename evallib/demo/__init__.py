"""A synthetic county to try the kit on. Nothing else uses it."""
