"""Point to grid to unit."""
