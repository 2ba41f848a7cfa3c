"""Scripts that estimate the regressions again in other software."""
