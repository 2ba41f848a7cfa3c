"""One preparation step a file."""
