"""Which rows of a file are data, and what the others are: totals, notes, headings, text."""
