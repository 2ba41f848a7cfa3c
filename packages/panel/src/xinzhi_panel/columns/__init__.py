"""What a column of data is, by its heading and unit, and whether its values can be."""
