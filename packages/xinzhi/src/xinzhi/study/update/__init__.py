"""A newer delivery of the files of a study: which file it replaces, what differs, and how to go back."""
