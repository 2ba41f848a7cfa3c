"""Efficiency measurement by data envelopment: scores, slacks, targets, peers, each one proved."""
