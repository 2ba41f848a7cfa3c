"""Indices of productivity: how much more is made of the same, between two periods."""
