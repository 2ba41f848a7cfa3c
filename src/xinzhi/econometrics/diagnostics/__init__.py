"""One test a file."""
