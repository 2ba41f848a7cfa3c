"""The study file: read with the place of every key, names checked, values quoted in messages."""
