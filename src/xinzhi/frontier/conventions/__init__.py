"""Which conventions reproduce the scores of another program."""
