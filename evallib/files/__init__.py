"""What is on the disk, whatever it says: sheets read as grids, files and folders written whole or not at all. No table, no year."""
