"""Results in, figures with their words out. Only here is matplotlib known. No file is read or written."""
