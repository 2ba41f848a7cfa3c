"""Cluster bootstrap by weighted sums, wild cluster bootstrap, permutation of entities."""
