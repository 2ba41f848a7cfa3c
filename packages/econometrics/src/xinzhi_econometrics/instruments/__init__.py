"""Two-stage least squares, and the strength of instruments."""
