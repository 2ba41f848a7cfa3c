"""A study file and the order of its stages."""
