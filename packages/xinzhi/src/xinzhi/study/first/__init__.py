"""The first study file, made from the headings of a file of data."""
