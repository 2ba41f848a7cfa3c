"""Composite indices: weights, scores, coordination of several indices, decoupling, decomposition of a product."""
