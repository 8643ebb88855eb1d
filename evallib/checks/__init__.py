"""What must hold beyond the shape of a single row. Problems out; nothing is changed, read or printed. Pure."""
