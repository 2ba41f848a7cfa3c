"""From the rows of a file to columns: the header, the keys, the years, numbers and units."""
