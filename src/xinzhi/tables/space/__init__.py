"""Tables of space and time: one kind of table a file."""
