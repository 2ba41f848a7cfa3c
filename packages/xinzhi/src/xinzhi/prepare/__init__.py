"""Preparation of the panel by declared steps."""
