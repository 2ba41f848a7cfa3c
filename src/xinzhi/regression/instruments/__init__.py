"""Two-stage least squares, and how strong the instruments are."""
