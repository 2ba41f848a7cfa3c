"""Text files to rows of cells."""
