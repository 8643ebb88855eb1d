"""Forms that people have, imported: blocks, rows and money found in them become the tables of a year."""
