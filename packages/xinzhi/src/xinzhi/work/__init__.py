"""The results folder: its lock, its cache, and the delivery of files."""
